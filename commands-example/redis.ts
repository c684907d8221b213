/**
 * The same learning platform in several processes: this one defers, others work, and some of those
 * are killed in the middle: `npm run example:redis`. It needs a redis-server, and starts one of its
 * own.
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
import { indexHalfWay } from "./scenario/index-half-way.ts";
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

// Meanwhile a worker of its own goes through files, one by one. It is killed as well, and another
// goes on.
const indexingHalfWay = indexHalfWay(environment);

// Half-way, when the second mail has come and its sender waits for an answer, another learner signs
// up; and before that answer is given, the sender is killed. What it had begun is done once more.
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
const indexing = await indexingHalfWay;
await indexing.job.result();
await sendNightlyReport(adapter);
await importSources(adapter);
await Promise.all([killing.survivor.stop(), indexing.next.stop()]);
await printReports(database);
const worked = await allChecksPass({ database, ...services });
const recovered = await allRecoveryChecksPass({ killing, indexing, mailServer });
process.exitCode = worked && recovered ? 0 : 1;

await adapter.close();
await Promise.all([services.stop(), postgresServer.stop(), redis.stop()]);
