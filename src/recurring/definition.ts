import { readTimestamp } from "../adapters/job-record.ts";
import { fieldText } from "../adapters/payload.ts";
import { seconds, type Duration } from "../support/duration.ts";
import type { PreparedJob } from "../job/defer/prepared-job.ts";
import { templateOf, type JobTemplate } from "./occurrence-job.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";
import type { ScheduleText } from "./schedule/schedule-text.ts";
import { Schedule } from "./schedule/schedule.ts";

/** What happens when an occurrence is due and the job of the last one has not ended. */
export type Overlap = "allow" | "skip" | "wait";

/** Which of the occurrences that were missed are made up for. */
export type CatchUp = "none" | "latest" | "all";

/** What may be said of a recurring job, beside its schedule and what it runs. */
export interface RecurringOptions {
  /** Of a schedule that names none. @default the `timeZone` of `configure`, else "UTC" */
  readonly timeZone?: string;
  /** What operators read. */
  readonly description?: string;
  /**
   * Each job waits up to so long, always the same for an occurrence, so that not all start at once:
   * seconds, or "5 minutes".
   */
  readonly jitter?: Duration;
  /** No occurrence before that. */
  readonly startAt?: Date;
  /** No occurrence after that. */
  readonly endAt?: Date;
  /** `false`: defined, and listed, and never run. @default true */
  readonly enabled?: boolean;
  /**
   * While the last occurrence's job has not ended: `"allow"` enqueues another beside it, `"skip"`
   * leaves the occurrence out, `"wait"` makes it wait for that job (`prereqJobs`).
   *
   * @default "allow"
   */
  readonly overlap?: Overlap;
  /** Of occurrences missed by more than a minute: none, the latest, or all. @default "latest" */
  readonly catchUp?: CatchUp;
  /** How old a missed occurrence may be. @default "1 hour" */
  readonly catchUpWithin?: Duration;
}

/** A recurring job as it is kept: plain JSON, the same in each process that defines the same. */
export interface Definition extends JobTemplate {
  readonly key: string;
  /** As `Schedule` writes it. */
  readonly schedule: string;
  /** As somebody wrote it, where that is another text. */
  readonly written?: string;
  readonly description?: string;
  /** Seconds. */
  readonly jitter?: number;
  /** Epoch seconds. */
  readonly startAt?: number;
  readonly endAt?: number;
  readonly isDisabled?: true;
  readonly overlap?: Exclude<Overlap, "allow">;
  readonly catchUp?: Exclude<CatchUp, "latest">;
  /** Seconds. */
  readonly catchUpWithin?: number;
}

/**
 * Bytes of a definition as JSON. A document, which takes 64 KB, has one for each release that runs just
 * now, and the last runs.
 */
const MOST_BYTES = 10 * 1024;

/** How old a missed occurrence may be where nothing is said, in seconds. */
export const CATCH_UP_WITHIN = 3_600;

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

/** Whether it was given one: a class that waits for more calls (`debounce`) gives each of its jobs one. */
function hasOwnTime({ scheduledAt, record, declarations }: PreparedJob): boolean {
  const { wait } = declarations.hooks;
  if (scheduledAt === undefined || wait === undefined) return scheduledAt !== undefined;
  const made = readTimestamp(record.created_at) ?? 0;
  return Math.abs(scheduledAt.getTime() / 1000 - made - wait) > 1;
}

/** A definition with another schedule, or other options; those that are not given stay. */
export function rescheduled(
  definition: Definition,
  changes: RecurringOptions & { readonly schedule?: ScheduleText },
): Definition {
  const { schedule, timeZone = "UTC", ...options } = changes;
  const {
    schedule: before,
    written,
    description,
    jitter,
    startAt,
    endAt,
    isDisabled,
    overlap,
    catchUp,
    catchUpWithin,
    ...job
  } = definition;
  const kept = keptOptions(definition.key, {
    description,
    jitter,
    startAt: startAt === undefined ? undefined : new Date(startAt * 1000),
    endAt: endAt === undefined ? undefined : new Date(endAt * 1000),
    enabled: isDisabled !== true,
    overlap,
    catchUp,
    catchUpWithin,
    ...options,
  } as RecurringOptions);
  const scheduled =
    schedule === undefined
      ? { schedule: before, ...(written === undefined ? {} : { written }) }
      : scheduleFields(definition.key, schedule, timeZone);
  return ofBearableSize({ ...job, ...scheduled, ...kept });
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

function scheduleFields(
  key: string,
  schedule: ScheduleText,
  timeZone: string,
): Pick<Definition, "schedule" | "written"> {
  const text = String(Schedule.parse(schedule, { timeZone, seed: key }));
  return {
    schedule: text,
    ...(typeof schedule === "string" && schedule !== text ? { written: schedule } : {}),
  };
}

function keptOptions(key: string, options: RecurringOptions): Partial<Definition> {
  const { description, overlap = "allow", catchUp = "latest", enabled = true } = options;
  const jitter = lengthOf(key, "jitter", options.jitter) ?? 0;
  const within = lengthOf(key, "catchUpWithin", options.catchUpWithin) ?? CATCH_UP_WITHIN;
  checkOneOf(key, "overlap", overlap, ["allow", "skip", "wait"]);
  checkOneOf(key, "catchUp", catchUp, ["none", "latest", "all"]);
  const startAt = timeOf(key, "startAt", options.startAt);
  const endAt = timeOf(key, "endAt", options.endAt);
  return {
    ...(description === undefined ? {} : { description }),
    ...(jitter === 0 ? {} : { jitter }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
    ...(enabled ? {} : { isDisabled: true as const }),
    ...(overlap === "allow" ? {} : { overlap }),
    ...(catchUp === "latest" ? {} : { catchUp }),
    ...(within === CATCH_UP_WITHIN ? {} : { catchUpWithin: within }),
  };
}

function checkKey(key: unknown): asserts key is string {
  if (typeof key !== "string" || key.trim() === "" || key.length > 200 || /\p{Cc}/u.test(key)) {
    throw new TypeError(
      "Cannot define a recurring job: its key must be a text of 1 to 200 characters without control characters, " +
        'such as "nightly-report"',
    );
  }
}

function checkOneOf(key: string, option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw new InvalidRecurringJobError(
      key,
      `its ${option} must be one of ${allowed.map((one) => `"${one}"`).join(", ")}`,
    );
  }
}

function lengthOf(key: string, option: string, value: Duration | undefined): number | undefined {
  return value === undefined ? undefined : seconds(value, `${option} of recurring job "${key}"`);
}

function timeOf(key: string, option: string, value: Date | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw new InvalidRecurringJobError(key, `its ${option} must be a valid Date`);
  }
  return value.getTime() / 1000;
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
