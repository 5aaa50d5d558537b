/** The server's API as functions of records. */
import { hydrate } from "baked-orm/frontend";
import { Post } from "./models";

/** The server said no. `useForm` shows `errors`: each beside its field, those of `base` above them. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: object;

  constructor(status: number, answer: { message: string; errors?: object }) {
    super(answer.message);
    this.status = status;
    this.errors = answer.errors ?? { base: answer.message };
  }
}

async function request(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(path, init).catch(() => {
    throw new Refused(0, { message: "The server cannot be reached." });
  });
  const answer = await response.json().catch(() => {
    throw new Refused(response.status, { message: "The server's answer cannot be read." });
  });
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

export async function loadPosts(): Promise<Post[]> {
  return hydrate<Post[]>(await request("/api/posts"));
}

export async function loadPost(id: string | bigint): Promise<Post> {
  return Post.fromJSON(await request(`/api/posts/${id}`));
}

/** Sends what changed, and the version that it was changed from; answers the post as it is now. */
export async function savePost(post: Post): Promise<Post> {
  const answer = await request(`/api/posts/${post.id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(post.patch()),
  });
  return Post.fromJSON(answer);
}
