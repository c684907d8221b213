import type { Duration } from "../../support/duration.ts";

/** A schedule as it may be given: a cron or an English phrase, or an interval. */
export type ScheduleText = string | { readonly every: Duration };

/** How a schedule is read. */
export interface ScheduleOptions {
  /**
   * The time zone of what names none, such as `"Europe/Amsterdam"` or `"+05:30"`.
   *
   * @default "UTC"
   */
  readonly timeZone?: string;
  /**
   * From what `~` in a cron (`"0~59 3 * * *"`: some minute after three) makes its choice: each text
   * has another, and the same in every process.
   *
   * @default the schedule's text
   */
  readonly seed?: string;
}
