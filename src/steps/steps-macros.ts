import { checkInteger } from "../job/checks/checks.ts";
import { defineTrait, type DeclaringClass, type Trait } from "../job/declare/declarations.ts";
import { warnOfMilliseconds } from "../job/declare/likely-milliseconds.ts";
import { note } from "../job/declare/note-declaration.ts";
import { seconds, type Duration } from "../support/duration.ts";

/** For jobs that consist of steps. */
export abstract class StepsMacros {
  /**
   * How long one run may take of a job that consists of steps, in **seconds** or as a string such
   * as `"5 minutes"`; `false`: any time, where a parent has a limit. Then its step ends at the next
   * `advance`, or before the next step, and the job goes on from there behind what else waits in
   * its queue. No attempt is spent. @default any time
   */
  static maxRunTime(this: DeclaringClass, duration: Duration | false): void {
    const where = `maxRunTime of ${this.name}`;
    const most = duration === false ? Infinity : seconds(duration, where);
    if (most === 0) {
      throw new RangeError(`Cannot use 0 as ${where}: give more, or false for any time`);
    }
    warnOfMilliseconds(duration, where);
    note(this, maxRunTimeTrait, most);
  }

  /**
   * How often a job may go on from its checkpoint. One that would have to be put back once more
   * fails with `ResumptionLimitError`, and its failures count from then on, whatever it has done in
   * between; `false`: any number of times, where a parent has a limit. @default any number
   */
  static maxResumptions(this: DeclaringClass, most: number | false): void {
    if (most !== false) {
      checkInteger(most, `maxResumptions of ${this.name}`, 0);
    }
    note(this, maxResumptionsTrait, most === false ? Infinity : most);
  }
}

export const maxRunTimeTrait: Trait<number> = defineTrait<number>({
  name: "maxRunTime",
  undeclared: Infinity,
});

export const maxResumptionsTrait: Trait<number> = defineTrait<number>({
  name: "maxResumptions",
  undeclared: Infinity,
});
