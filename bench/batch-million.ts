// What batches cost on Redis: jobs that are made by streaming, as one batch, and the same number without, thrice in turns. Says how much
// memory the process takes at most, what Redis takes beside the jobs, for each, how fast both are drained (medians), and what is left.
// Run: npx tsx bench/batch-million.ts [--jobs 1000000]
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RedisServer } from "../test/support/redis-server.ts";

const { values: options } = parseArgs({
  options: { jobs: { type: "string", default: "1000000" } },
});

spawnSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
const server = await RedisServer.start();
const app = fileURLToPath(new URL("batch-million/app.mjs", import.meta.url));
const child = spawn(process.execPath, [app, server.url, options.jobs], { stdio: "inherit" });
[process.exitCode] = await once(child, "exit");
await server.dispose();
