import { loadPost } from "./api";
import type { Post } from "./models";
import { PostForm } from "./PostForm";
import { useLoaded } from "./useLoaded";

export function PostPage({ id, isEditing }: { id: string; isEditing: boolean }) {
  const { value: post, setValue: setPost, problem } = useLoaded(() => loadPost(id));
  if (problem) return <p role="alert">{problem}</p>;
  if (!post) return <p>Loading ...</p>;
  if (!isEditing) return <PostView post={post} />;
  return (
    <PostForm
      post={post}
      onSaved={(saved) => {
        setPost(saved);
        location.hash = `#/posts/${id}`;
      }}
    />
  );
}

function PostView({ post }: { post: Post }) {
  return (
    <article>
      <h1>{post.title}</h1>
      <small>{post.byline}</small>
      <p className="body">{post.body}</p>
      <a className="button" href={`#/posts/${post.id}/edit`}>
        Edit
      </a>
      <h2>{post.comments.length === 1 ? "1 comment" : `${post.comments.length} comments`}</h2>
      {post.comments.map((comment) => (
        <blockquote key={String(comment.id)}>
          {comment.body}
          <small>
            {comment.name}, {comment.createdAt.toLocaleString("en", { dateStyle: "medium" })}
          </small>
        </blockquote>
      ))}
    </article>
  );
}
