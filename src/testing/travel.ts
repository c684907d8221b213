import { types } from "node:util";
import { describe } from "../job/checks/checks.ts";
import { wireName } from "../job/declare/registry.ts";
import { recurring } from "../recurring/recurring.ts";
import type { RecurringJob } from "../recurring/recurring-job.ts";
import { SteppedScheduler } from "../recurring/scheduler/stepped-scheduler.ts";
import { clock } from "../support/clock.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { isValidDate } from "../support/realms.ts";
import type { RecordedJob } from "./recorded-job.ts";
import type { TestAdapter } from "./test-adapter.ts";
import type { TestedClass } from "./tested-class.ts";
import { moveClockTo } from "./travelled-time.ts";
import { testAdapter } from "./use-test-adapter.ts";

/**
 * Lets the time come, and performs what falls due until then, each at its time and in that order:
 * jobs that wait already, scheduled ones, retries, occurrences of recurring jobs that classes
 * declare or `recurring.define` defined, and what all these enqueue.
 *
 * The library's clock is moved, until `restore()` of what `useTestAdapter` returned, or the next
 * `useTestAdapter()`. `Date` stays as it is. An error that no rule of a job's class takes care of
 * ends it at that time: travelled on from there, the job's retries fall due as they would for a
 * worker.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 * import { performedJobs, travelTo, useTestAdapter } from "mandate/testing";
 *
 * class Remind extends Command {
 *   call() {}
 * }
 *
 * using _ = useTestAdapter();
 * await Remind.defer({ wait: "2 days" });
 * await travelTo(new Date(Date.now() + 3 * 86_400_000));
 * console.log(performedJobs(Remind).length);
 * // Output: 1
 * ```
 *
 * @returns how many runs there were.
 * @throws {TypeError} if it is no valid Date.
 * @throws {RangeError} if that time is over.
 * @throws the first error that no rule of a job's class takes care of.
 */
export async function travelTo(date: Date): Promise<number> {
  const adapter = testAdapter("travel");
  if (!isValidDate(date)) {
    const found = types.isDate(date) ? "an invalid Date" : describe(date);
    throw new TypeError(`Cannot travel to ${found}: give travelTo a valid Date`);
  }
  const until = date.getTime() / 1000;
  if (until < clock.now()) {
    throw new RangeError(
      `Cannot travel to ${date.toISOString()}: it is ${new Date(clock.now() * 1000).toISOString()}, and time does not go back. ` +
        "Call useTestAdapter() to begin anew",
    );
  }
  return new Journey(adapter).to(until);
}

/**
 * Lets so much time pass, as `travelTo` does.
 *
 * @param duration In **seconds** or as a string: `"3 days"`.
 * @returns how many runs there were.
 * @throws {InvalidDurationError} if it is no duration.
 * @throws the first error that no rule of a job's class takes care of.
 */
export async function travel(duration: Duration): Promise<number> {
  const adapter = testAdapter("travel");
  return new Journey(adapter).to(clock.now() + seconds(duration));
}

/**
 * The recurring jobs that there are: what classes declare, and what `recurring.define` defined.
 * They tell key, schedule and next runs.
 *
 * @param which Those that run a job of a class. @default all
 * @returns them in the order of their keys.
 */
export async function recurringJobs(which?: TestedClass): Promise<readonly RecurringJob[]> {
  await new SteppedScheduler(testAdapter("look at recurring jobs")).look();
  const name = which && wireName(which);
  const jobs: RecurringJob[] = [];
  for await (const job of recurring.jobs()) {
    if (name === undefined || job.className === name) jobs.push(job);
  }
  return jobs.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

/** From one moment at which something falls due to the next. */
class Journey {
  readonly #adapter: TestAdapter;
  readonly #scheduler: SteppedScheduler;
  #runs = 0;

  constructor(adapter: TestAdapter) {
    this.#adapter = adapter;
    this.#scheduler = new SteppedScheduler(adapter);
  }

  async to(until: number): Promise<number> {
    for (;;) {
      const done = await this.#performDue();
      const next = Math.min(await this.#scheduler.look(), this.#nextOfJobs(done));
      if (next > until) break;
      moveClockTo(Math.max(next, clock.now()));
      await this.#scheduler.claimDue();
    }
    moveClockTo(until);
    return this.#runs;
  }

  /**
   * What is due now, and what that enqueues to run at once.
   *
   * @returns the time up to which nothing is left: meanwhile more may have fallen due.
   */
  async #performDue(): Promise<number> {
    const early = new Set(this.#waiting());
    for (;;) {
      const now = clock.now();
      // One that requeues itself would do so for ever.
      const due = this.#waiting().filter(
        (job) => dueTime(job) <= now && (job.moment.kind !== "requeue" || early.has(job)),
      );
      const ran = await this.#adapter.perform(due.toSorted(byDueTime));
      this.#runs += ran;
      // None, or all wait for others.
      if (ran === 0) return now;
    }
  }

  #nextOfJobs(done: number): number {
    const later = this.#waiting()
      .map(dueTime)
      .filter((at) => at > done);
    return Math.min(this.#adapter.nextTurn(), ...later);
  }

  /** Also those whose error was thrown to the test. */
  #waiting(): readonly RecordedJob[] {
    const waiting = this.#adapter.waiting();
    const jids = new Set(waiting.map(({ moment }) => moment.jid));
    const failed = this.#adapter.retrying().filter(({ moment }) => !jids.has(moment.jid));
    return [...waiting, ...failed];
  }
}

/** Those of one time stay as they are. */
function byDueTime(one: RecordedJob, other: RecordedJob): number {
  const [at, otherAt] = [dueTime(one), dueTime(other)];
  return at === otherAt ? 0 : at - otherAt;
}

/** Epoch seconds. */
function dueTime({ moment }: RecordedJob): number {
  return moment.at ?? -Infinity;
}
