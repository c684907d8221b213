// Loaded by `mandate worker`: makes its process the application.
import { writeSync } from "node:fs";
import { configure, consoleLogger } from "mandate";
import { boot } from "../application/boot.ts";
import { connectDatabase } from "../database/database.ts";
import { tellRuns } from "../scenario/timeline.ts";

await boot(connectDatabase(process.env["DATABASE_URL"]), process.env);
configure({
  logger: consoleLogger({ level: "warn" }),
  // Written at once: what a worker has begun is known, however it ends.
  middleware: { perform: [tellRuns((run) => writeSync(1, `${JSON.stringify(run)}\n`))] },
});
