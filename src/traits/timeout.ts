import { defineTrait, type DeclaringClass, type Trait } from "../job/declare/declarations.ts";
import type { Run } from "../job/declare/hooks.ts";
import { warnOfMilliseconds } from "../job/declare/likely-milliseconds.ts";
import { note } from "../job/declare/note-declaration.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { TimeLimit, TimeoutError } from "./time-limit.ts";

export abstract class TimeoutMacro {
  /**
   * How long a run may take, in **seconds** or as a string such as `"5 minutes"`, callbacks and
   * middleware included; `false`: any time, where a parent has a timeout. When it is over
   * `this.signal` is aborted, and as soon as the run has ended, however it did, the job fails with
   * `TimeoutError`. A run that does not end keeps its slot, and the log says so. Called inline
   * nothing is timed. @default none
   */
  static timeout(this: DeclaringClass, duration: Duration | false): void {
    const where = `timeout of ${this.name}`;
    const timeout = duration === false ? false : seconds(duration, where);
    if (timeout === 0) {
      throw new RangeError(`Cannot use 0 as ${where}: give more, or false for any time`);
    }
    warnOfMilliseconds(duration, where);
    note(this, timeoutTrait, timeout);
  }
}

const timeoutTrait: Trait<number | false> = defineTrait<number | false>({
  name: "timeout",
  undeclared: false,
  hooks: (timeout) =>
    timeout === false
      ? undefined
      : {
          aroundRun(run, next) {
            limitTime(run, timeout);
            return next();
          },
        },
});

function limitTime(run: Run, timeout: number): void {
  const { className } = run;
  const limit = new TimeLimit(timeout, {
    onElapsed: () => run.interrupt((options) => new TimeoutError(className, timeout, options)),
    onOverdue(overdue) {
      const text = `${className} still runs ${overdue} s after its timeout of ${timeout} s, and keeps its slot`;
      run.log("warn", { timeout, overdue }, text);
    },
  });
  run.atEnd(() => limit.end());
}
