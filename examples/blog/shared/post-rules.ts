/** What makes a post valid, in the browser and on the server. */
import { validates } from "baked-orm/frontend";

export const postRules = {
  title: [validates("presence"), validates("length", { maximum: 60 })],
  body: [validates("presence")],
  publishedOn: [
    validates("presence", {
      if: (post) => post.status === "published",
      message: "is needed for a published post",
    }),
  ],
};
