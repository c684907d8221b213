import { setTimeout } from "node:timers/promises";
import type { JobHandle } from "mandate";
import { IndexSources, type IndexResult } from "../commands/import/index-sources.ts";
import { printText } from "./killing.ts";
import { WorkerProcess } from "./worker-process.ts";

/** Some forty files: they take four seconds. */
export const indexedFolder = "src/adapters/memory";
/** More than a second has passed by then: so often a checkpoint is written. */
const HALF_WAY = 18;

/** What became of a job whose worker was killed in the middle of its steps. */
export interface Indexing {
  readonly job: JobHandle<IndexResult>;
  readonly killed: WorkerProcess;
  readonly next: WorkerProcess;
}

/** Has a worker index files, kills it half-way, and starts another one in its place. */
export async function indexHalfWay(environment: NodeJS.ProcessEnv): Promise<Indexing> {
  const start = (name: string): WorkerProcess => new WorkerProcess(name, environment, ["imports"]);
  const [first, second] = [start("worker 3"), start("worker 4")];
  const job = await IndexSources.defer(indexedFolder);
  while (((await job.progress())?.done ?? 0) < HALF_WAY) await setTimeout(50);
  const [killed, next] = first.begun.length > 0 ? [first, second] : [second, first];

  killed.kill();
  await killed.exit;
  printText(`${killed.name} is killed, with ${HALF_WAY} files indexed and more to do`);
  return { job, killed, next };
}
