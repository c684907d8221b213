import type { DeathHandler, ErrorHandler } from "../job/settings/run-environment.ts";
import type { Duration } from "../support/duration.ts";
import type { Queues } from "../worker/queue-order.ts";

/**
 * The settings of the program `mandate`, as in `mandate.config.ts`.
 *
 * What stands on the command line counts more. Paths are relative to the working directory.
 */
export interface ProgramConfig {
  /** Which commands to load: files, folders or globs. @default [] */
  readonly require?: string | readonly string[];
  /** The queues to serve, and in which order. @default "*" */
  readonly queues?: Queues;
  /** How many jobs may run at the same time, in each process. @default 10 */
  readonly concurrency?: number;
  /**
   * How long a stopping worker lets running jobs go on: **seconds**, or a string such as
   * `"1 minute"`.
   *
   * @default "25 seconds"
   */
  readonly timeout?: Duration;
  /**
   * How long a worker may be silent, in **seconds** or as a string, before others take its jobs: so
   * long those of one that was killed wait.
   *
   * @default "60 seconds" where jobs outlive the process
   */
  readonly leaseTtl?: Duration;
  /**
   * For how long (**seconds**, or a string) the event loop may be blocked before a warning names
   * who may have done it.
   *
   * @default "1 second"
   */
  readonly blockedAfter?: Duration;
  /**
   * What becomes of a job whose class is not loaded: `"leave"` leaves it to others for good,
   * `"retry"` for 10 minutes.
   *
   * @default "retry"
   */
  readonly onUnknownJob?: "retry" | "leave";
  /**
   * Called as `(error, job)` for each failure that no rule of a job's class took care of.
   *
   * @default []
   */
  readonly errorHandlers?: readonly ErrorHandler[];
  /** Called as `(job, error)` for each job that is out of retries, or not retried. @default [] */
  readonly deathHandlers?: readonly DeathHandler[];
  /** How many processes to start and to keep alive. @default none but the program's own */
  readonly processes?: number;
  /**
   * Where the jobs are: `redis://…` (`rediss://…` with TLS), `postgres://…` or `sqlite:FILE`.
   *
   * @default `MANDATE_URL` or `REDIS_URL`
   */
  readonly url?: string;
  /** As `url`, of Redis alone. */
  readonly redisUrl?: string;
  /** What operators see beside the worker's identity. @default "" */
  readonly tag?: string;
  /** Whether to log at level "debug". @default false */
  readonly verbose?: boolean;
  /**
   * Where to say that the worker is well: a port to answer HTTP on, or a file to touch.
   *
   * @default nowhere
   */
  readonly health?: number | string;
  /**
   * After how long (**seconds**, or a string) without an answer of the store a worker no longer
   * counts as live.
   *
   * @default "60 seconds"
   */
  readonly healthTimeout?: Duration;
  /**
   * Files of recurring jobs to read: Solid Queue's, sidekiq-cron's or sidekiq-scheduler's.
   *
   * @default []
   */
  readonly recurring?: string | readonly string[];
  /**
   * Also jobs that sidekiq-cron or sidekiq-scheduler has in the same Redis under the same key, so
   * that each occurrence comes twice as long as both schedule it.
   *
   * @default false
   */
  readonly recurringBesideRuby?: boolean;
}

/** What a configuration may depend on. */
export interface ProgramContext {
  /**
   * As given by `--environment`, or by `NODE_ENV`, `APP_ENV` or `RAILS_ENV`; else `"development"`.
   */
  readonly environment: string;
}

/** What `mandate.config.ts` exports: the settings, or a function that makes them. */
export type ProgramConfigFile =
  ProgramConfig | ((context: ProgramContext) => ProgramConfig | Promise<ProgramConfig>);

/**
 * Gives a configuration of the program `mandate` its types, and changes nothing.
 *
 * @example
 * ```ts
 * // mandate.config.ts
 * import { defineConfig } from "mandate";
 *
 * export default defineConfig(({ environment }) => ({
 *   require: "src/commands",
 *   queues: ["critical", "default"],
 *   concurrency: environment === "production" ? 25 : 5,
 * }));
 * ```
 */
export function defineConfig<Config extends ProgramConfigFile>(config: Config): Config {
  return config;
}
