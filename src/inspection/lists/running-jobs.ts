import type { Adapter } from "../../adapters/adapter.ts";
import { heldJobs } from "./held-jobs.ts";
import type { PassOptions } from "./pass.ts";
import type { RunningEntry } from "../entries/running-entry.ts";
import { matcherOf, type JobSelection } from "./selection.ts";
import { cancelJob } from "../figures/stats.ts";

/** What our workers hold, as one list to select from: Ruby cannot be told to end a job. */
export class RunningJobs {
  readonly #adapter: Adapter;

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  /** How many are selected. */
  async count(selection: JobSelection): Promise<number> {
    return (await this.#selected(selection)).length;
  }

  /** Cancels the selected ones. @returns how many had not ended. */
  async cancelAll(selection: JobSelection, options: PassOptions = {}): Promise<number> {
    const { onProgress, signal } = options;
    const selected = await this.#selected(selection);
    let [seen, done] = [0, 0];
    for (const { id } of selected) {
      signal?.throwIfAborted();
      seen += 1;
      done += id !== undefined && (await cancelJob(id, this.#adapter)) ? 1 : 0;
      onProgress?.({ seen, done, total: selected.length });
    }
    return done;
  }

  async #selected(selection: JobSelection): Promise<readonly RunningEntry[]> {
    const matches = matcherOf(selection, await this.#adapter.store.now());
    const all = await heldJobs(this.#adapter);
    return all.filter((entry) => entry.library === "mandate" && matches(entry));
  }
}
