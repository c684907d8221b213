import { readTimestamp } from "../adapters/job-record.ts";
import { fieldText } from "../adapters/payload.ts";
import { describeType } from "../job/checks/checks.ts";
import { hasPreparedBrand } from "../job/defer/prepared-brand.ts";
import type { PreparedJob } from "../job/defer/prepared-job.ts";
import { templateIn, templateOf, type JobTemplate } from "./occurrence-job.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";
import {
  checkKey,
  keptOptions,
  optionsOf,
  type KeptOptions,
  type RecurringOptions,
} from "./recurring-options.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { Schedule } from "./schedule/schedule.ts";

/** A recurring job as it is kept: plain JSON, the same in each process that defines the same. */
export interface Definition extends JobTemplate, KeptOptions {
  readonly key: string;
  /** As `Schedule` writes it. */
  readonly schedule: string;
  /** As somebody wrote it, where that is another text. */
  readonly written?: string;
  /** By which it was read, where it does not name one; "UTC" is left out. */
  readonly timeZone?: string;
}

/**
 * Bytes of a definition as JSON. A document, which takes 64 KB, has one for each release that runs
 * just now, and the last runs.
 */
const MOST_BYTES = 10 * 1024;

/**
 * @param job What each occurrence runs: prepared, and to run at once.
 * @throws {InvalidScheduleError} if the schedule is none.
 * @throws {InvalidRecurringJobError} if job and options do not make a recurring job.
 */
export function define(
  key: string,
  schedule: ScheduleText,
  job: PreparedJob,
  options: RecurringOptions & { readonly timeZone: string },
): Definition {
  checkKey(key);
  if (!hasPreparedBrand(job)) {
    throw new InvalidRecurringJobError(
      key,
      `its job is ${describeType(job)}. Give what prepare() returns, as in Report.prepare(42)`,
    );
  }
  if (hasOwnTime(job) || job.prereqs.length > 0) {
    throw new InvalidRecurringJobError(
      key,
      "its job has a time or prerequisites of its own. Prepare one that runs at once",
    );
  }
  return ofBearableSize({
    key,
    ...scheduleFields(key, schedule, options.timeZone),
    ...templateOf(key, job),
    ...keptOptions(key, options),
  });
}

/**
 * Whether it was given one: a class that waits for more calls (`debounce`) gives each of its jobs
 * one.
 */
function hasOwnTime({ scheduledAt, record, declarations }: PreparedJob): boolean {
  const { wait } = declarations.hooks;
  if (scheduledAt === undefined || wait === undefined) return scheduledAt !== undefined;
  const made = readTimestamp(record.created_at) ?? 0;
  return Math.abs(scheduledAt.getTime() / 1000 - made - wait) > 1;
}

/**
 * A definition with another schedule, or other options; those that are not given stay.
 *
 * @throws {InvalidScheduleError} if the schedule is none.
 * @throws {InvalidRecurringJobError} if an option has a value that it cannot have.
 */
export function rescheduled(
  definition: Definition,
  { schedule, timeZone, ...changes }: RecurringOptions & { readonly schedule?: ScheduleText },
): Definition {
  const { key, schedule: text, written, timeZone: zone } = definition;
  const isSame = schedule === undefined && timeZone === undefined;
  return ofBearableSize({
    key,
    ...(isSame
      ? ({ schedule: text, written, timeZone: zone } as ScheduleFields)
      : scheduleFields(key, schedule ?? written ?? text, timeZone ?? zone ?? "UTC")),
    ...templateIn(definition),
    ...keptOptions(key, { ...optionsOf(definition), ...changes }),
  });
}

function ofBearableSize(definition: Definition): Definition {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > MOST_BYTES) {
    throw new InvalidRecurringJobError(
      definition.key,
      `with its arguments and its description it takes ${bytes} bytes, and ${MOST_BYTES} is the most. ` +
        "Keep what is large elsewhere, and give its job what to find it by",
    );
  }
  return definition;
}

type ScheduleFields = Pick<Definition, "schedule" | "written" | "timeZone">;

function scheduleFields(key: string, schedule: ScheduleText, timeZone: string): ScheduleFields {
  const text = String(Schedule.parse(schedule, { timeZone, seed: key }));
  return {
    schedule: text,
    ...(typeof schedule === "string" && schedule !== text ? { written: schedule } : {}),
    ...(timeZone === "UTC" ? {} : { timeZone }),
  };
}

/** The name of the class that a definition's jobs are of, or of what wraps it. */
export function classNameOf({ payload }: Definition): string {
  const [name, wrapped, args] = ["class", "wrapped", "args"].map((field) => parsed(payload, field));
  if (name === "MandateJob" && Array.isArray(args)) {
    return String(args[0]);
  }
  return String(wrapped ?? name);
}

function parsed(payload: string, field: string): unknown {
  const text = fieldText(payload, field);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
