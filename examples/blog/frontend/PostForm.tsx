import { useForm } from "baked-orm/react";
import { type ReactNode, useState } from "react";
import { PostStatusValues } from "../db/schema";
import { loadPost, Refused, savePost } from "./api";
import type { Post } from "./models";

type Name = "title" | "body" | "status" | "publishedOn";

export function PostForm({ post, onSaved }: { post: Post; onSaved: (saved: Post) => void }) {
  // A copy: what is typed stays here until it is saved.
  const [draft, setDraft] = useState(() => post.clone());
  const [theirs, setTheirs] = useState<Post>();
  const form = useForm(draft, {
    onSubmit: async () => {
      try {
        onSaved(await savePost(draft));
      } catch (error) {
        if (error instanceof Refused && error.status === 409) setTheirs(await loadPost(post.id));
        // The form shows what it says.
        throw error;
      }
    },
  });

  /** Makes the same changes to the version that the server has now. */
  const keepMine = (current: Post) => {
    const mine = current.clone();
    for (const [name, { now }] of Object.entries(draft.changedAttributes())) mine[name] = now;
    setDraft(mine);
    setTheirs(undefined);
  };

  const row = (name: Name, label: string, control: ReactNode) => (
    <div data-changed={form.record.changed(name)}>
      <label htmlFor={name}>{label}</label>
      {control}
      {form.errors(name).map((message) => (
        <em key={message}>{message}</em>
      ))}
    </div>
  );

  return (
    <form onSubmit={form.submit}>
      <h1>Edit the post</h1>
      {form.errors("base").map((message) => (
        <p role="alert" key={message}>
          {message}
        </p>
      ))}
      {theirs && (
        <aside>
          <h2>Their version</h2>
          <strong>{theirs.title}</strong>
          <small>
            {theirs.byline}, {theirs.status}
          </small>
          <p className="body">{theirs.body}</p>
          <button type="button" onClick={() => onSaved(theirs)}>
            Take theirs
          </button>
          <button type="button" onClick={() => keepMine(theirs)}>
            Keep my changes
          </button>
        </aside>
      )}
      {row("title", "Title", <input id="title" {...form.field("title")} />)}
      {row("body", "Text", <textarea id="body" rows={6} {...form.field("body")} />)}
      {row(
        "status",
        "Status",
        <select id="status" {...form.field("status")}>
          {PostStatusValues.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>,
      )}
      {row(
        "publishedOn",
        "Published on",
        <input id="publishedOn" type="date" {...form.field("publishedOn")} />,
      )}
      <footer>
        <button type="submit" disabled={!form.isDirty || form.isSubmitting}>
          Save
        </button>
        <button type="button" disabled={!form.isDirty} onClick={form.reset}>
          Undo my changes
        </button>
        <a href={`#/posts/${post.id}`}>Back</a>
        <small>{form.isDirty ? "Not saved yet" : "Nothing changed"}</small>
      </footer>
    </form>
  );
}
