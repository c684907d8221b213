/**
 * The same learning platform in three processes: this one defers, two others work, and one of those is
 * killed in the middle: `npm run example:redis`. It needs a redis-server, and starts one of its own.
 *
 * The workers are the program `mandate worker`; what it loads is in `worker/`.
 */
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { configure, processes } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { boot } from "./application/boot.ts";
import { SendWelcomeEmail } from "./commands/user/send-welcome-email.ts";
import { connectDatabase } from "./database/database.ts";
import { allChecksPass, findUser } from "./scenario/checks.ts";
import { killWhoRuns, type Killing } from "./scenario/killing.ts";
import { importSources } from "./scenario/import-sources.ts";
import { learners, printReports, signUpLearners } from "./scenario/learners.ts";
import { sendNightlyReport } from "./scenario/nightly-report.ts";
import { noJobsLeft } from "./scenario/no-jobs-left.ts";
import { allRecoveryChecksPass } from "./scenario/recovery-checks.ts";
import { printRun, printTimelineHeader } from "./scenario/timeline.ts";
import { WorkerProcess } from "./scenario/worker-process.ts";
import { PostgresServer } from "./services/postgres-server.ts";
import { RedisServer } from "./services/redis-server.ts";
import { startServices } from "./services/services.ts";

console.log("Starting Redis, Postgres, a mail server, an HTTP API, and two workers…\n");
const redis = await RedisServer.start();
const services = await startServices();
const postgresServer = await PostgresServer.start(services.postgres);
const environment = {
  ...services.environment,
  DATABASE_URL: postgresServer.url,
  REDIS_URL: redis.url,
};
const database = connectDatabase(environment.DATABASE_URL);
const adapter = new RedisAdapter({ url: environment.REDIS_URL });
await boot(database, environment);
configure({ adapter });

let killing: Killing | undefined;
const workers = ["worker 1", "worker 2"].map((name) => {
  const worker = new WorkerProcess(name, environment);
  return worker.on("ended", (run) => {
    const isSecond = killing?.lost.some(({ jid }) => jid === run.jid);
    printRun(run, `${name}${isSecond ? ", once more" : ""}: `);
  });
});
while ((await processes()).length < workers.length) await setTimeout(50);
printTimelineHeader("worker: ");

// Half-way, when the second mail has come and its sender waits for an answer, another learner signs up;
// and before that answer is given, the sender is killed. What it had begun is done once more.
const { mailServer } = services;
mailServer.beforeAnswer = async ({ to }) => {
  if (mailServer.mailbox.length < 2) return;
  mailServer.beforeAnswer = async () => {};
  const { id } = await findUser(database, to);
  const job = { command: SendWelcomeEmail.commandName, argument: `gid://academy/User/${id}` };
  killing = await killWhoRuns(job, workers, () => signUpLearners(database, learners.slice(-1)));
};
await signUpLearners(database, learners.slice(0, -1));
await noJobsLeft(adapter);

assert.ok(killing, "No worker was killed");
await sendNightlyReport(adapter);
await importSources(adapter);
await killing.survivor.stop();
await printReports(database);
const worked = await allChecksPass({ database, ...services });
const recovered = await allRecoveryChecksPass({ killing, mailServer });
process.exitCode = worked && recovered ? 0 : 1;

await adapter.close();
await Promise.all([services.stop(), postgresServer.stop(), redis.stop()]);
