/** `bun run example`: the API, and the page that Bun bundles for the browser. */
import { connect, disconnect } from "baked-orm";
import { answerError, api } from "./api";
import page from "./frontend/index.html";

await connect();

const server = Bun.serve({
  port: Bun.env.PORT ?? 3000,
  routes: { ...api, "/": page },
  error: answerError,
});
console.log(`The blog is at ${server.url}`);

/** In development PostgreSQL stays up for the next start; an example leaves nothing running. */
async function shutDown(): Promise<void> {
  await server.stop(true);
  await disconnect();
  await Bun.$`${process.execPath} ../../bin/bake db stop`;
  process.exit();
}
process.once("SIGINT", shutDown);
process.once("SIGTERM", shutDown);
