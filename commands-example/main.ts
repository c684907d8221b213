/**
 * A small learning platform that defers work and does it, all in this process: `npm run example`.
 * Its jobs are in memory; by `npm run example -- --on sqlite` (or postgres, or redis) they are
 * there.
 *
 * Its commands are in `commands/`, what they work with in `application/`, and the learners in
 * `scenario/`.
 */
import { parseArgs } from "node:util";
import { configure } from "mandate";
import { startWorker } from "mandate/worker";
import { boot } from "./application/boot.ts";
import { openDatabase } from "./database/database.ts";
import { allChecksPass } from "./scenario/checks.ts";
import { importSources } from "./scenario/import-sources.ts";
import { printReports, signUpLearners } from "./scenario/learners.ts";
import { sendNightlyReport } from "./scenario/nightly-report.ts";
import { noJobsLeft } from "./scenario/no-jobs-left.ts";
import { printTimelineHeader, timeline } from "./scenario/timeline.ts";
import { openStore } from "./services/open-store.ts";
import { startServices } from "./services/services.ts";

const { values } = parseArgs({ options: { on: { type: "string", default: "memory" } } });

console.log("Starting Postgres, a mail server and an HTTP API in this process…\n");
const services = await startServices();
const database = openDatabase(services.postgres);
await boot(database, services.environment);

const store = await openStore(values.on, services);
const { adapter } = store;
configure({ adapter, middleware: { perform: [timeline] } });
const worker = await startWorker({ queues: ["mailers", "default", "external", "low"] });
printTimelineHeader();
await signUpLearners(database);
await noJobsLeft(adapter);
await sendNightlyReport(adapter);
await importSources(adapter);
await worker.stop();

await printReports(database);
process.exitCode = (await allChecksPass({ database, ...services })) ? 0 : 1;
await store.close();
await services.stop();
