import { deferAll, DuplicateJobError } from "mandate";
import { newJid } from "../../src/support/jid.ts";
import { LIMITED, mayNotRun } from "./job-holds.ts";
import { Random } from "./random.ts";
import type { Rate } from "./rates.ts";
import { Work, type Kind } from "./work.ts";

/** What was enqueued. */
export interface Sent {
  readonly number: number;
  readonly jid: string;
  readonly kind: Kind;
  /** Numbers of the jobs that it has to wait for. */
  readonly prereqs: readonly number[];
  /** How often such jobs may begin. */
  readonly rate: Rate | undefined;
}

/** Milliseconds that a job takes at most. */
const LONGEST = 30;

/** Jobs of every kind: most are plain, some fail or come again, wait for a time or for others, have a priority, or take turns. */
export class Load {
  protected readonly random: Random;
  readonly sent: Sent[] = [];
  /** Whose enqueueing failed: Redis may have them. */
  readonly uncertain = new Set<number>();

  constructor(random: Random) {
    this.random = random;
  }

  /**
   * @param mayTryAgain Where enqueueing failed: whether the same jobs are to be sent again.
   * @returns the error if they were not accepted.
   */
  async send(
    count: number,
    mayTryAgain: (error: unknown) => Promise<boolean> = async () => false,
  ): Promise<Error | undefined> {
    const first = this.sent.length;
    const prepared = Array.from({ length: count }, () => this.make(first));
    for (;;) {
      try {
        await deferAll(prepared);
        return undefined;
      } catch (error) {
        if (error instanceof DuplicateJobError) {
          // All others are there.
          return undefined;
        }
        if (await mayTryAgain(error)) continue;
        for (let number = first; number < this.sent.length; number += 1) {
          this.uncertain.add(number);
        }
        return error as Error;
      }
    }
  }

  /** @param first Number of the first of its call. */
  protected make(first: number): ReturnType<typeof Work.prepare> {
    const { random } = this;
    const prereqs = random.chance(0.05) ? this.#earlier(first, 1 + random.below(3)) : [];
    const { number, jid, kind } = this.note(prereqs);
    return Work.set({
      jid,
      ...(random.chance(0.05) ? { queue: LIMITED } : {}),
      ...(random.chance(0.3) ? { priority: random.below(5) - 2 } : {}),
      ...(random.chance(0.3) ? { fairKey: `tenant ${random.below(1 + random.below(4))}` } : {}),
      ...(random.chance(0.05) ? { wait: random.next() * 2 } : {}),
      ...(prereqs.length > 0
        ? { prereqJobs: prereqs.map((index) => this.sent[index]?.jid ?? "") }
        : {}),
    }).prepare(number, kind, this.milliseconds());
  }

  /** Another job is sent. */
  protected note(prereqs: readonly number[] = [], rate?: Rate): Sent {
    const { random } = this;
    const kind = random.chance(0.05) ? "flaky" : random.chance(0.05) ? "again" : "plain";
    const sent = { number: this.sent.length, jid: newJid(), kind, prereqs, rate } as const;
    this.sent.push(sent);
    return sent;
  }

  /** How long a job is to take. */
  protected milliseconds(): number {
    return this.random.chance(0.1) ? 0 : this.random.below(LONGEST);
  }

  /** Some of the latest, in batches before this one or in it. */
  #earlier(first: number, count: number): number[] {
    const oldest = Math.max(0, first - 200);
    const range = this.sent.length - oldest;
    if (range === 0) {
      return [];
    }
    const picked = Array.from({ length: count }, () => oldest + this.random.below(range));
    return [...new Set(picked)].filter((number) => this.#isSure(number));
  }

  /** One that waits for what is not there, or becomes another, is nothing to judge by. */
  #isSure(number: number): boolean {
    return !this.uncertain.has(number) && !mayNotRun(this.sent[number]?.jid ?? "");
  }
}
