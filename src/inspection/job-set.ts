import type { Adapter } from "../adapters/adapter.ts";
import type { SetName } from "../adapters/job-store.ts";
import { settings } from "../job/settings.ts";
import type { JobEntry } from "./job-entry.ts";
import { JobList } from "./job-list.ts";

/** One of the sets: scheduled, retry, dead or blocked. */
export class JobSet extends JobList {
  /** Which. */
  readonly name: SetName;

  /** @internal */
  constructor(adapter: Adapter, name: SetName) {
    super(adapter, { set: name });
    this.name = name;
  }

  /** Puts a job on its queue now. @returns `false` if it is not here. */
  async retry(jid: string): Promise<boolean> {
    return (await (await this.find(jid))?.retry()) ?? false;
  }

  /** Moves a job to the dead set. @returns `false` if it is not here. */
  async kill(jid: string): Promise<boolean> {
    return (await (await this.find(jid))?.kill()) ?? false;
  }

  /**
   * Puts all jobs on their queues. What comes meanwhile, such as a job that fails again, is left.
   *
   * @returns how many.
   */
  retryAll(): Promise<number> {
    return this.#all((entry) => entry.retry());
  }

  /** Moves all jobs to the dead set. @returns how many. */
  killAll(): Promise<number> {
    return this.#all((entry) => entry.kill());
  }

  async #all(deed: (entry: JobEntry) => Promise<boolean>): Promise<number> {
    let left = await this.size();
    let count = 0;
    for await (const entry of this.each()) {
      if (left === 0) {
        break;
      }
      left -= 1;
      count += (await deed(entry)) ? 1 : 0;
    }
    return count;
  }
}

/** Jobs that wait for a time. @param adapter @default the one of `configure` */
export function scheduledSet(adapter: Adapter = settings().adapter): JobSet {
  return new JobSet(adapter, "scheduled");
}

/** Jobs that failed and will run again. @param adapter @default the one of `configure` */
export function retrySet(adapter: Adapter = settings().adapter): JobSet {
  return new JobSet(adapter, "retry");
}

/** Jobs that wait for a person. @param adapter @default the one of `configure` */
export function deadSet(adapter: Adapter = settings().adapter): JobSet {
  return new JobSet(adapter, "dead");
}

/** Jobs that wait for other jobs. @param adapter @default the one of `configure` */
export function blockedSet(adapter: Adapter = settings().adapter): JobSet {
  return new JobSet(adapter, "blocked");
}
