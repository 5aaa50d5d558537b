/** The blog's API: the routes of Bun.serve, and what its errors look like to the browser. */
import { HydrationError, RecordNotFoundError, StaleRecordError, ValidationError } from "baked-orm";
import type { BunRequest } from "bun";
import { Post } from "./models/post";

/** What a request may change; `patch()` of the browser's record sends no more than this anyway. */
const permitted = Post.permit("title", "body", "status", "publishedOn");

const author = { only: ["id", "name"] } as const;

async function find(id: string): Promise<Post> {
  if (!/^\d{1,18}$/.test(id)) throw new RecordNotFoundError("Post", id);
  return await Post.includes("author", "comments").find(BigInt(id));
}

export const api = {
  "/api/posts": {
    async GET() {
      const posts = await Post.includes("author").order({ publishedOn: "DESC", id: "DESC" });
      return Response.json(
        posts.map((post) => post.serialize({ except: ["body"], include: { author } })),
      );
    },
  },
  "/api/posts/:id": {
    async GET(request: BunRequest<"/api/posts/:id">) {
      const post = await find(request.params.id);
      return Response.json(post.serialize({ include: { author, comments: true } }));
    },
    async PATCH(request: BunRequest<"/api/posts/:id">) {
      const post = await find(request.params.id);
      // Throws when somebody saved the post since the browser read it: the patch carries its lockVersion.
      permitted.assign(post, await request.json());
      await post.save();
      return Response.json(post.serialize({ include: { author, comments: true } }));
    },
  },
};

/** For `error` of Bun.serve. The JSON of a ValidationError is what `applyErrors` and `useForm` read. */
export function answerError(error: unknown): Response {
  if (error instanceof ValidationError) return Response.json(error, { status: 422 });
  if (error instanceof StaleRecordError) {
    return refuse(409, "Somebody else saved this post since you opened it.");
  }
  if (error instanceof RecordNotFoundError) return refuse(404, "There is no such post.");
  if (error instanceof HydrationError || error instanceof SyntaxError) {
    return refuse(400, error.message);
  }
  console.error(error);
  return refuse(500, "Something went wrong.");
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}
