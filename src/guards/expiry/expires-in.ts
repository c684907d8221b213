import { timestamp } from "../../adapters/job-record.ts";
import { checkDate } from "../../job/checks/last-date.ts";
import { defineTrait, type DeclaringClass, type Trait } from "../../job/declare/declarations.ts";
import type { Making } from "../../job/declare/hooks.ts";
import { warnOfMilliseconds } from "../../job/declare/likely-milliseconds.ts";
import { note } from "../../job/declare/note-declaration.ts";
import { expiryOf } from "../../job/record/recorded-expiry.ts";
import { clock } from "../../support/clock.ts";
import { seconds, type Duration } from "../../support/duration.ts";

/** The option of one `defer`. */
export interface ExpiresInOption {
  /**
   * By when the job has to have started, from when it is due: a number of **seconds**, or a string
   * such as `"1 hour"`; `false`: any time. @default what `expiresIn` of its class says
   */
  readonly expiresIn?: Duration | false | undefined;
}

export abstract class ExpiresInMacro {
  /**
   * Discards a job that has not started in that time (**seconds**, or a string such as
   * `"1 hour"`), counted from when it is due; `false` takes back what a parent declared. The
   * moment is fixed once, as the job is deferred, and holds for retries too: after it no run
   * begins, though one that has begun may take its time. @default never
   */
  static expiresIn(this: DeclaringClass, time: Duration | false): void {
    note(this, expiresInTrait, readExpiresIn(time, this.name));
  }
}

const expiresInTrait: Trait<number | false> = defineTrait<number | false>({
  name: "expiresIn",
  undeclared: false,
  option: {
    name: "expiresIn",
    read: (given, where) => readExpiresIn(given as Duration | false, where),
  },
  hooks: (time) =>
    time === false
      ? undefined
      : {
          onMake: (making) => addExpiry(making, time),
          onEntry: (entry, { record }) => {
            const expiresAt = expiryOf(record);
            if (expiresAt !== undefined) entry.expiresAt = expiresAt;
          },
        },
});

/** As Sidekiq Pro has it: the option, and the moment that follows from it. */
function addExpiry({ record, due }: Making, time: number): void {
  record.expires_in = time;
  record.expiry = timestamp((due ?? clock.now()) + time);
}

function readExpiresIn(time: Duration | false, className: string): number | false {
  if (time === false) {
    return false;
  }
  const where = `expiresIn of ${className}`;
  const read = checkDate(seconds(time, where), where);
  if (read === 0) {
    throw new RangeError(`Cannot use 0 as ${where}: give more, or false for any time`);
  }
  warnOfMilliseconds(time, where);
  return read;
}
