import type { Adapter } from "../../adapters/adapter.ts";
import type { SetName } from "../../adapters/job-store.ts";
import { settings } from "../../job/settings/settings.ts";
import { JobList } from "./job-list.ts";
import type { PassOptions } from "./pass.ts";
import type { JobSelection } from "./selection.ts";

/** One of the sets: scheduled, retry, dead, blocked or finished. */
export class JobSet extends JobList {
  /** Which set. */
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
   * Puts all jobs, or those selected, on their queues. What comes meanwhile, such as a job that
   * fails again, is left.
   *
   * @returns how many.
   *
   * @example
   * ```ts
   * import { retrySet } from "mandate";
   *
   * const count = await retrySet().retryAll(
   *   { command: "SendWelcomeEmail", errorClass: "SmtpBusyError" },
   *   { onProgress: ({ seen, total }) => console.log(`${seen} of ${total}`) },
   * );
   * console.log(`${count} run again`);
   * ```
   */
  retryAll(selection: JobSelection = {}, options: PassOptions = {}): Promise<number> {
    return this.pass(selection, options, (entries) => {
      const moves = entries.map((entry) => entry.toRun());
      return this.adapter.store.moveAll({ set: this.name }, moves, "queue");
    });
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

/**
 * Jobs that are done, or were discarded, of classes that keep theirs (`keepFinished`). `retry` runs
 * one anew, unless a job of its jid is there. @param adapter @default the one of `configure`
 */
export function finishedSet(adapter: Adapter = settings().adapter): JobSet {
  return new JobSet(adapter, "finished");
}
