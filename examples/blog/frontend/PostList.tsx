import { loadPosts } from "./api";
import { useLoaded } from "./useLoaded";

export function PostList() {
  const { value: posts, problem } = useLoaded(loadPosts);
  if (problem) return <p role="alert">{problem}</p>;
  return (
    <ul className="posts">
      {posts?.map((post) => (
        <li key={String(post.id)}>
          <a href={`#/posts/${post.id}`}>{post.title}</a>
          <small>{post.byline}</small>
        </li>
      ))}
    </ul>
  );
}
