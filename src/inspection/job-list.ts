import type { Adapter } from "../adapters/adapter.ts";
import type { Place } from "../adapters/job-store.ts";
import { JobEntry } from "./job-entry.ts";

const PAGE = 100;

/** What a queue and the sets have in common: jobs that wait in one place. */
export abstract class JobList {
  /** @internal */
  protected readonly adapter: Adapter;
  readonly #place: Place;

  /** @internal */
  constructor(adapter: Adapter, place: Place) {
    this.adapter = adapter;
    this.#place = place;
  }

  /** How many jobs there are. */
  size(): Promise<number> {
    return this.adapter.store.size(this.#place);
  }

  /**
   * All jobs, page by page: queues in the order in which they will run, scheduled and retry by due time, dead newest
   * first. Jobs that move meanwhile may be missed or seen twice; those that stay are seen.
   */
  async *each(): AsyncGenerator<JobEntry, void, void> {
    let cursor: string | undefined;
    do {
      const page = await this.adapter.store.page(this.#place, cursor, PAGE);
      for (const stored of page.jobs) {
        yield new JobEntry(this.adapter, this.#place, stored);
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  [Symbol.asyncIterator](): AsyncGenerator<JobEntry, void, void> {
    return this.each();
  }

  /** @returns the job with that jid; `undefined` if it is not here. */
  async find(jid: string): Promise<JobEntry | undefined> {
    const stored = await this.adapter.store.find(this.#place, jid);
    return stored === undefined ? undefined : new JobEntry(this.adapter, this.#place, stored);
  }

  /** Deletes a job; what waited for it is released. @returns `false` if it is not here. */
  async delete(jid: string): Promise<boolean> {
    return (await (await this.find(jid))?.delete()) ?? false;
  }

  /** Deletes all jobs. @returns how many. */
  clear(): Promise<number> {
    return this.adapter.store.clear(this.#place);
  }
}
