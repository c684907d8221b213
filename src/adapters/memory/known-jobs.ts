import type { Entry } from "../adapter.ts";
import type { FailedPrereq } from "../bury.ts";
import { ENDS_KEPT, JIDS_KEPT, MOST_ENDS, type Unsuccessful } from "../ends.ts";
import { Job } from "./job.ts";
import { RecentMap } from "./recent-map.ts";

/** Jobs by jid; and what is remembered of those that are over. */
export class KnownJobs {
  readonly #byJid = new Map<string, Job>();
  readonly #ends: RecentMap<Unsuccessful>;
  /** Jids that make no second job. */
  readonly #over: RecentMap<true>;

  /** @param now Epoch seconds. */
  constructor(now: () => number) {
    this.#ends = new RecentMap({ now, seconds: ENDS_KEPT, most: MOST_ENDS });
    this.#over = new RecentMap({ now, seconds: JIDS_KEPT, most: Infinity });
  }

  find(jid: string): Job | undefined {
    return this.#byJid.get(jid);
  }

  has(jid: string): boolean {
    return this.#byJid.has(jid);
  }

  /** Whether a job of that jid is there, or was lately, so that this one makes none. */
  isKnown({ jid, remembered }: Entry): boolean {
    return this.#byJid.has(jid) || (remembered === true && this.#over.get(jid) === true);
  }

  /** @returns the job of an entry; `undefined` if that makes none. */
  admit(entry: Entry, now: number): Job | undefined {
    const { jid, delay, remembered } = entry;
    const job = this.isKnown(entry) ? undefined : new Job(entry);
    if (job !== undefined) {
      if (delay !== undefined) {
        job.at = now + delay;
      }
      this.#byJid.set(jid, job);
    }
    const known = remembered === true ? this.#byJid.get(jid) : undefined;
    if (known !== undefined) {
      known.isRemembered = true;
      this.#ends.delete(jid);
    }
    return job;
  }

  /** A job is over. */
  remove({ jid, isRemembered }: Job, ended: Unsuccessful | undefined): void {
    this.#byJid.delete(jid);
    // What a person took away, or cancelled, was not run to its end: its jid is free again.
    if (isRemembered && ended !== "cancelled" && ended !== "deleted") {
      this.#over.set(jid, true);
    }
    if (ended !== undefined) {
      this.#ends.set(jid, ended);
    }
  }

  /** Forgets what is remembered of those that are over. */
  clear(): void {
    this.#ends.clear();
    this.#over.clear();
  }

  /** The job begins anew: how the job ended before is of no interest any more. */
  forgetEnd(jid: string): void {
    this.#ends.delete(jid);
  }

  /** How a job ended that is over, without success. */
  endOf(jid: string): Unsuccessful | undefined {
    return this.#ends.get(jid);
  }

  /** Whether anything is remembered of a job that is over. */
  remembers(jid: string): boolean {
    return this.#over.get(jid) === true || this.#ends.get(jid) !== undefined;
  }

  /** The first of these that is over without success, as far as that is known. */
  firstFailed(jids: readonly string[], isDead: (job: Job) => boolean): FailedPrereq | undefined {
    for (const jid of jids) {
      const job = this.find(jid);
      const ended = job === undefined ? this.endOf(jid) : isDead(job) ? "dead" : undefined;
      if (ended !== undefined) {
        return { jid, ended };
      }
    }
    return undefined;
  }
}
