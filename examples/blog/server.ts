/** `bun run example`: the API, and the page that Bun bundles for the browser. */
import { connect } from "baked-orm";
import { answerError, api } from "./api";
import page from "./frontend/index.html";

await connect();

const server = Bun.serve({
  port: Bun.env.PORT ?? 3000,
  routes: { ...api, "/": page },
  error: answerError,
});
console.log(`The blog is at ${server.url}`);
