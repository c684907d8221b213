import type { JobFilter } from "./job-filter.ts";
import type { RecordedJob } from "./recorded-job.ts";

/** Jobs run when they are enqueued, as long as this holds. */
export class Performing {
  /** Jobs that may run, but wait for others. */
  readonly blocked: Set<RecordedJob> = new Set();
  readonly #filter: JobFilter | undefined;
  readonly #running = new Set<Promise<unknown>>();

  constructor(filter?: JobFilter) {
    this.#filter = filter;
  }

  /** The jobs among them that run. */
  accepted(jobs: readonly RecordedJob[]): readonly RecordedJob[] {
    const filter = this.#filter;
    return filter === undefined ? jobs : jobs.filter(({ handle }) => filter.accepts(handle));
  }

  track<Output>(running: Promise<Output>): Promise<Output> {
    const ended = running.catch(() => undefined).finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return running;
  }

  /** Resolves when nothing runs any more: also what a block has not awaited. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }
}
