import type { Schedule } from "../schedule/schedule.ts";

/** A recurring job as a file defines it. */
export interface RecurringDefinition {
  readonly key: string;
  readonly schedule: Schedule;
  /** The command or job: its name on the wire. */
  readonly className: string;
  readonly args: readonly unknown[];
  /** Whether the last argument is Ruby's keywords. */
  readonly hasKeywords: boolean;
  /** Whether the keys of arguments are symbols to Ruby. */
  readonly hasSymbolKeys: boolean;
  /**
   * What each occurrence has behind its arguments: its time as a number, or a map that has it as
   * `scheduled_at`.
   */
  readonly appends: "time" | "metadata" | undefined;
  /** Whether it is one of Active Job's, as the file says; `undefined` where it does not. */
  readonly isActiveJob: boolean | undefined;
  readonly queue: string | undefined;
  /** The smaller, the sooner. */
  readonly priority: number | undefined;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
  /** How many seconds after it became known its first occurrence is due, at the earliest. */
  readonly firstIn: number | undefined;
  /** What is written into each job's record: Sidekiq's `retry`, `tags` and such. */
  readonly jobOptions: Readonly<Record<string, unknown>>;
  /** Where it stands: file and line. */
  readonly place: string;
}

/** What a file defines. */
export interface RecurringFile {
  readonly definitions: readonly RecurringDefinition[];
  /**
   * What stands there and has no effect, or is read as written and may not be meant, with its
   * place.
   */
  readonly remarks: readonly string[];
}

/** Where a file is, and what it is read for. */
export interface RecurringFileContext {
  /** Its name, for messages. */
  readonly file: string;
  readonly environment: string;
  /** Environment variables, which its ERB tags may look at. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The time zone of schedules that name none. */
  readonly timeZone: string;
}
