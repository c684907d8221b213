import { describe } from "../job/checks/checks.ts";
import { warnOfMilliseconds } from "../job/declare/likely-milliseconds.ts";
import { seconds, type Duration } from "../support/duration.ts";
import { InvalidRecurringJobError } from "./recurring-errors.ts";

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

/** The names of them. */
export const RECURRING_OPTIONS: readonly string[] =
  "timeZone description jitter startAt endAt enabled overlap catchUp catchUpWithin".split(" ");

/** Options as they are kept: plain JSON, without those that are as usual. */
export interface KeptOptions {
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

/** How old a missed occurrence may be where nothing is said, in seconds. */
export const CATCH_UP_WITHIN = 3_600;

/** @throws {InvalidRecurringJobError} if one has a value that it cannot have. */
export function keptOptions(key: string, options: RecurringOptions): KeptOptions {
  const { description, overlap = "allow", catchUp = "latest", enabled = true } = options;
  const jitter = lengthOf(key, "jitter", options.jitter) ?? 0;
  const within = lengthOf(key, "catchUpWithin", options.catchUpWithin) ?? CATCH_UP_WITHIN;
  checkOneOf(key, "overlap", overlap, ["allow", "skip", "wait"]);
  checkOneOf(key, "catchUp", catchUp, ["none", "latest", "all"]);
  const startAt = timeOf(key, "startAt", options.startAt);
  const endAt = timeOf(key, "endAt", options.endAt);
  if (startAt !== undefined && endAt !== undefined && endAt < startAt) {
    throw new InvalidRecurringJobError(
      key,
      "its endAt is before its startAt, so that it is never due",
    );
  }
  if (typeof enabled !== "boolean") {
    throw new InvalidRecurringJobError(
      key,
      `its enabled must be true or false, found ${describe(enabled)}`,
    );
  }
  if (description !== undefined && typeof description !== "string") {
    throw new InvalidRecurringJobError(
      key,
      `its description must be a text, found ${describe(description)}`,
    );
  }
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

/** What was kept, as options. */
export function optionsOf(kept: KeptOptions): RecurringOptions {
  const { isDisabled, startAt, endAt, ...same } = kept;
  return {
    ...same,
    enabled: isDisabled !== true,
    ...(startAt === undefined ? {} : { startAt: new Date(startAt * 1000) }),
    ...(endAt === undefined ? {} : { endAt: new Date(endAt * 1000) }),
  };
}

export function checkKey(key: unknown): asserts key is string {
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
  const where = `${option} of recurring job "${key}"`;
  warnOfMilliseconds(value, where);
  return value === undefined ? undefined : seconds(value, where);
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
