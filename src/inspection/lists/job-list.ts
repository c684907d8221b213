import { inspect } from "node:util";
import type { Adapter } from "../../adapters/adapter.ts";
import type { Place } from "../../adapters/job-store.ts";
import { printable } from "../../support/printable.ts";
import { JobEntry } from "../entries/job-entry.ts";
import { pageOf, type JobPage, type PageOptions } from "./job-page.ts";
import { look, pages, pass, type PassOptions, type Reading } from "./pass.ts";
import { RunningEntry } from "../entries/running-entry.ts";
import { matcherOf, type JobSelection } from "./selection.ts";

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

  /** @internal One line, where it is printed. */
  [inspect.custom](): string {
    return printable(
      "queue" in this.#place ? `Queue ${this.#place.queue}` : `JobSet ${this.#place.set}`,
    );
  }

  /** How many jobs there are. */
  size(): Promise<number> {
    return this.adapter.store.size(this.#place);
  }

  /**
   * All jobs, or those selected, page by page: queues in the order in which they will run,
   * scheduled and retry by due time, dead newest first. Jobs that move meanwhile may be missed or
   * seen twice; those that stay are seen.
   *
   * @param selection Looked for page by page: all there are may have to be read.
   * @param signal Ends it between two pages, with an error; else leaving the loop does.
   */
  async *each(
    selection: JobSelection = {},
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<JobEntry, void, void> {
    const matches = matcherOf(selection, await this.adapter.store.now());
    for await (const page of pages(this.#reading, signal)) {
      yield* page.filter(matches);
    }
  }

  /**
   * A page of all jobs, or of those selected, in the order of `each`: for lists that are turned
   * over from one request to the next. It ends early once `lookAt` jobs were looked at, so that it
   * may have few jobs, or none, and a cursor; the next one goes on there.
   *
   * @throws {UnknownOptionError} if there is no such field or option.
   * @throws {RangeError} if `limit` or `lookAt` is no integer of at least 1.
   *
   * @example
   * ```ts
   * import { retrySet } from "mandate";
   *
   * const first = await retrySet().page({ command: "SendInvoice" }, { limit: 20 });
   * const { cursor } = first;
   * const second = cursor && (await retrySet().page({ command: "SendInvoice" }, { limit: 20, cursor }));
   * ```
   */
  page(selection: JobSelection = {}, options: PageOptions = {}): Promise<JobPage> {
    return pageOf(this.#reading, selection, options);
  }

  [Symbol.asyncIterator](): AsyncGenerator<JobEntry, void, void> {
    return this.each();
  }

  /** How many are selected. All jobs are read for it, unless all are meant. */
  async count(selection: JobSelection = {}, options: PassOptions = {}): Promise<number> {
    return look(this.#reading, { selection, options }, (entries) => entries.length);
  }

  /** @returns the job with that jid; `undefined` if it is not here. */
  async find(jid: string): Promise<JobEntry | undefined> {
    const stored = await this.adapter.store.find(this.#place, jid);
    return stored === undefined ? undefined : new JobEntry(this.adapter, this.#place, stored);
  }

  /**
   * Deletes a job; what waited for it goes on by its `prereqFailure`.
   *
   * @returns `false` if it is not here.
   */
  async delete(jid: string): Promise<boolean> {
    return (await (await this.find(jid))?.delete()) ?? false;
  }

  /**
   * Deletes the selected jobs; what waited for them goes on by its `prereqFailure`. In a long queue
   * they are taken out by the hundred: in the middle of a million jobs that holds Redis for some 15
   * ms.
   *
   * @param selection `{}` for all of them.
   * @returns how many.
   */
  deleteAll(selection: JobSelection, options: PassOptions = {}): Promise<number> {
    return this.pass(selection, options, (entries) =>
      this.adapter.store.deleteAll(
        this.#place,
        entries.map(({ stored }) => stored),
      ),
    );
  }

  /**
   * Cancels the selected jobs: deletes them, as `deleteAll` does, and cancels those that a worker
   * has taken meanwhile.
   *
   * @param selection `{}` for all of them.
   * @returns how many.
   */
  cancelAll(selection: JobSelection, options: PassOptions = {}): Promise<number> {
    return this.pass(selection, options, (entries) => this.#cancel(entries));
  }

  async #cancel(entries: readonly JobEntry[]): Promise<number> {
    const { store } = this.adapter;
    const stored = entries.map((entry) => entry.stored);
    const deleted = await store.deleteAll(this.#place, stored, "cancelled");
    return deleted === entries.length
      ? deleted
      : deleted + (await cancelMoved(this.adapter, entries));
  }

  /** Moves all jobs, or those selected, to the dead set. @returns how many. */
  killAll(selection: JobSelection = {}, options: PassOptions = {}): Promise<number> {
    return this.pass(selection, options, (entries) => {
      const moves = entries.map((entry) => entry.toBury());
      return this.adapter.store.moveAll(this.#place, moves, "dead");
    });
  }

  /** Deletes all jobs. @returns how many. */
  clear(): Promise<number> {
    return this.adapter.store.clear(this.#place);
  }

  get #reading(): Reading {
    return { adapter: this.adapter, place: this.#place };
  }

  /** @internal */
  protected pass(
    selection: JobSelection,
    options: PassOptions,
    act: (entries: readonly JobEntry[]) => Promise<number>,
  ): Promise<number> {
    return pass(this.#reading, { selection, options }, act);
  }
}

async function isKnown(adapter: Adapter, jid: string): Promise<boolean> {
  const status = await adapter.status(jid);
  return status !== "finished" && status !== "cancelled" && status !== "unknown";
}

/** Cancels jobs that have left their place. @returns how many were cancelled. */
async function cancelMoved(adapter: Adapter, entries: readonly JobEntry[]): Promise<number> {
  const running = new Set((await adapter.store.running()).map((job) => new RunningEntry(job).id));
  let cancelled = 0;
  for (const { id, queueName } of entries) {
    const isThere = id !== undefined && (running.has(id) || (await isKnown(adapter, id)));
    cancelled += isThere && (await adapter.store.cancel(id, queueName)) ? 1 : 0;
  }
  return cancelled;
}
