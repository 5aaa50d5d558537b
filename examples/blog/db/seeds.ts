import { Author } from "../models/author";
import { Post } from "../models/post";

/** A blog to start with; run again, it leaves what is there. */
export default async function seeds() {
  if (await Post.exists()) return;
  const ada = await Author.create({ name: "Ada Byron", email: "ada@example.com" });
  const grace = await Author.create({ name: "Grace Murray", email: "grace@example.com" });
  const notes = await Post.create({
    authorId: ada.id,
    title: "Notes on the engine",
    body: "It weaves algebraic patterns, just as the loom weaves flowers and leaves.",
    status: "published",
    publishedOn: new Date("2026-09-01"),
  });
  await notes.create("comments", { name: "Charles", body: "Nobody has understood it better." });
  await notes.create("comments", { name: "Mary", body: "And the Bernoulli numbers?" });
  await Post.create({
    authorId: grace.id,
    title: "A moth in the relay",
    body: "First actual case of bug being found.",
    status: "published",
    publishedOn: new Date("2026-09-09"),
  });
  await Post.create({
    authorId: grace.id,
    title: "Compilers for everybody",
    body: "Nobody believed that a computer could write programs.",
  });
}
