import type { FailedPrereq } from "../bury.ts";
import { ENDS_KEPT, MOST_ENDS, type Unsuccessful } from "../ends.ts";
import type { Job } from "./job.ts";
import { RecentMap } from "./recent-map.ts";

/** Jobs by jid; and what is remembered of those that are over. */
export class KnownJobs {
  readonly #byJid = new Map<string, Job>();
  readonly #ends: RecentMap<Unsuccessful>;

  /** @param now Epoch seconds. */
  constructor(now: () => number) {
    this.#ends = new RecentMap({ now, seconds: ENDS_KEPT, most: MOST_ENDS });
  }

  find(jid: string): Job | undefined {
    return this.#byJid.get(jid);
  }

  has(jid: string): boolean {
    return this.#byJid.has(jid);
  }

  add(job: Job): void {
    this.#byJid.set(job.jid, job);
  }

  /** A job is over. */
  remove({ jid }: Job, ended: Unsuccessful | undefined): void {
    this.#byJid.delete(jid);
    if (ended !== undefined) {
      this.#ends.set(jid, ended);
    }
  }

  /** It begins anew: how it ended is of no interest any more. */
  forgetEnd(jid: string): void {
    this.#ends.delete(jid);
  }

  /** How a job ended that is over, without success. */
  endOf(jid: string): Unsuccessful | undefined {
    return this.#ends.get(jid);
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
