import { join } from "node:path";
import { defineConfig } from "mandate";

/** How the workers of `npm run example:redis` work, as `mandate worker` reads it. */
export default defineConfig({
  require: join(import.meta.dirname, "application.ts"),
  queues: ["mailers", "default", "external", "low"],
  concurrency: 5,
  // How long a worker that was killed is waited for. A minute, unless told otherwise: here somebody
  // watches.
  leaseTtl: "5 seconds",
});
