import { seconds, type Duration } from "../support/duration.ts";
import { ConfigurationError } from "../support/errors.ts";
import { timestamp, type TimeUnit } from "./job-record.ts";

/** How a store writes times, and what it keeps of the dead: options of each adapter. */
export interface StoreOptions {
  /**
   * How times are written into records: as seconds with a fraction, which every Sidekiq reads, or
   * as the milliseconds of Sidekiq 8, which earlier ones misread. Both are read. @default
   * `configure`'s, else "seconds"
   */
  readonly timestamps?: TimeUnit | undefined;
  /** How many dead jobs are kept; the oldest are forgotten. @default `configure`'s, else 10000 */
  readonly deadMaxJobs?: number | undefined;
  /**
   * For how long dead jobs are kept: **seconds**, or a string such as `"90 days"`.
   *
   * @default `configure`'s, else 180 days
   */
  readonly deadTimeout?: Duration | undefined;
}

/** Names of these options, in their order. */
export const STORE_OPTIONS = ["timestamps", "deadMaxJobs", "deadTimeout"] as const;

// Sidekiq 8.1 `lib/sidekiq/config.rb`.
const DEAD_MAX_JOBS = 10_000;
const DEAD_TIMEOUT = 180 * 24 * 60 * 60;

/** What one adapter goes by: its own options, else what it was given by `useDefaults`. */
export class StoreSettings {
  readonly #options: StoreOptions;
  /** How times are written into records. */
  timestamps: TimeUnit = "seconds";
  /** How many dead jobs are kept. */
  deadMaxJobs: number = DEAD_MAX_JOBS;
  /** For how many seconds. */
  deadTimeout: number = DEAD_TIMEOUT;

  /**
   * @param adapter The name of the adapter's class, for messages.
   * @throws {ConfigurationError} if a value is none that the option takes.
   */
  constructor(adapter: string, options: StoreOptions = {}) {
    check(adapter, options);
    this.#options = options;
    this.useDefaults({});
  }

  /** For the options that the adapter was not given. */
  useDefaults(defaults: StoreOptions): void {
    const { timestamps, deadMaxJobs, deadTimeout } = this.#options;
    this.timestamps = timestamps ?? defaults.timestamps ?? "seconds";
    this.deadMaxJobs = deadMaxJobs ?? defaults.deadMaxJobs ?? DEAD_MAX_JOBS;
    this.deadTimeout = seconds(deadTimeout ?? defaults.deadTimeout ?? DEAD_TIMEOUT);
  }

  /** Epoch seconds as this store's records carry them. */
  timestamp(time: number): number {
    return timestamp(time, this.timestamps);
  }
}

function check(adapter: string, { timestamps, deadMaxJobs, deadTimeout }: StoreOptions): void {
  if (timestamps !== undefined && timestamps !== "seconds" && timestamps !== "milliseconds") {
    throw new ConfigurationError(
      `Cannot use "timestamps" of ${adapter}: expected "seconds" or "milliseconds", found ${String(timestamps)}`,
    );
  }
  if (deadMaxJobs !== undefined && !(Number.isSafeInteger(deadMaxJobs) && deadMaxJobs >= 0)) {
    throw new ConfigurationError(
      `Cannot use "deadMaxJobs" of ${adapter}: expected an integer from 0 on, found ${String(deadMaxJobs)}`,
    );
  }
  if (deadTimeout !== undefined) {
    seconds(deadTimeout, `deadTimeout of ${adapter}`);
  }
}
