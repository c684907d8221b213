import type { DependencyContainer } from "tsyringe";
import type { Adapter } from "../adapters/adapter.ts";
import type { TimeUnit } from "../adapters/job-record.ts";
import type { WireFormats } from "../adapters/wire-format.ts";
import type { EncryptionOptions } from "../encryption/keyring.ts";
import type { GlobalIdVerifier } from "../globalid/global-id-verifier.ts";
import type { ContextAttributes } from "../job/surroundings/context-attributes.ts";
import type { DefaultJobOptions } from "../job/declare/job-options.ts";
import type { FinishedLimit } from "../traits/keep-finished.ts";
import type { Middleware } from "../job/around/middleware.ts";
import type { DeathHandler, ErrorHandler } from "../job/settings/run-environment.ts";
import type { ArgumentFilter } from "../job/settings/settings.ts";
import type { QueueConfiguration } from "./queues.ts";
import type { ConfiguredRecurringJobs } from "../recurring/configured-jobs.ts";
import type { Duration } from "../support/duration.ts";
import type { Logger } from "../support/logger.ts";

/** What `configure` takes. What is left out stays as it is. */
export interface Configuration {
  /** The application's name in global ids: `gid://NAME/User/1`. @default "app" */
  readonly appName?: string;
  /**
   * Rails's `secret_key_base`: signed global ids are signed and verified with a key made of it.
   *
   * @default none
   */
  readonly secretKeyBase?: string;
  /**
   * The same where Rails is older than 7.0, or has a verifier of its own.
   *
   * @default one for `secretKeyBase`
   */
  readonly globalIdVerifier?: GlobalIdVerifier;
  /**
   * Where jobs wait.
   *
   * @default the store that `MANDATE_URL` names (`memory:`, `redis://…`, `rediss://…`) or
   *   `REDIS_URL`, else memory
   */
  readonly adapter?: Adapter;
  /** The parent of the containers that `inject` resolves from. @default tsyringe's own */
  readonly container?: DependencyContainer;
  /** pino's shape. @default lines for people on a terminal, JSON elsewhere */
  readonly logger?: Logger;
  /**
   * Stands around every enqueue, or every run; the first is outermost. Each list replaces its
   * former.
   */
  readonly middleware?: {
    readonly enqueue?: readonly Middleware[];
    readonly perform?: readonly Middleware[];
  };
  /** The queue of classes that name none. @default "default" */
  readonly defaultQueue?: string;
  /** Retries of classes that do not say. @default 25 */
  readonly retry?: number;
  /**
   * Sidekiq's `default_job_options`: the job options of classes that do not declare their own.
   * `retry` in it is `retry` of every class, and may be `false`. Replaces what was configured
   * before. @default none
   */
  readonly jobOptions?: DefaultJobOptions;
  /**
   * Called as `(error, job)` for each failure that no rule of a job's class took care of, in every
   * worker that this process starts from then on. `job` is `undefined` where a payload could not be
   * read. @default []
   */
  readonly errorHandlers?: readonly ErrorHandler[];
  /**
   * Called as `(job, error)` for each job that is out of retries, or not retried, likewise.
   *
   * @default []
   */
  readonly deathHandlers?: readonly DeathHandler[];
  /**
   * How jobs are written down: for TypeScript, or so that Rails performs them.
   *
   * @default the adapter's, else "native"
   */
  readonly wireFormat?: WireFormats;
  /**
   * How times are written into records: as seconds with a fraction, which every Sidekiq reads, or
   * as the milliseconds of Sidekiq 8, which earlier ones misread. Both are read. An adapter's own
   * option goes before it.
   *
   * @default "seconds"
   */
  readonly timestamps?: TimeUnit;
  /**
   * How long an enqueue may wait for its store: **seconds**, or a string such as `"2 seconds"`.
   *
   * @default 5 seconds
   */
  readonly enqueueTimeout?: Duration;
  /**
   * The context attributes that travel with jobs. Where Ruby shares them, in the order of its
   * `Sidekiq::CurrentAttributes.persist`. @default none
   */
  readonly contextAttributes?: readonly ContextAttributes<object>[];
  /** Whether log lines show arguments, or a function that says what they show. @default true */
  readonly logArguments?: boolean | ArgumentFilter;
  /**
   * Keeps jobs that are done or discarded, where operators see them (`finishedSet`), of classes
   * that do not say: so many of each (`1_000`, for a week at most), for so long (`"2 days"`, 10,000
   * of each at most), or both (`{ count, age }`).
   *
   * @default false
   */
  readonly keepFinished?: FinishedLimit;
  /**
   * How many dead jobs are kept; the oldest are forgotten. Sidekiq's `dead_max_jobs`. An adapter's
   * own option goes before it.
   *
   * @default 10000
   */
  readonly deadMaxJobs?: number;
  /**
   * For how long dead jobs are kept: **seconds**, or a string such as `"90 days"`. Sidekiq's
   * `dead_timeout_in_seconds`. An adapter's own option goes before it.
   *
   * @default 180 days
   */
  readonly deadTimeout?: Duration;
  /**
   * What becomes of a plain object that looks like a record (it has an id) and that no model
   * registered with `is`, no `reference` and no `byValue` speaks for: it travels as a copy, and a
   * warning says so once for each class and place; it is refused; or nothing is said.
   *
   * @default "warn"
   */
  readonly rows?: "warn" | "refuse" | "allow";
  /**
   * Keys for the arguments of classes that say `encryptArguments()`. Replaces those that were
   * configured before. @default none
   */
  readonly encryption?: EncryptionOptions;
  /**
   * The time zone of recurring jobs whose schedule names none: `"Europe/Amsterdam"`, `"+05:30"`.
   * @default "UTC"
   */
  readonly timeZone?: string;
  /**
   * Recurring jobs by their keys, each with `command`, `schedule` and what `this.recurring` takes.
   * Workers that start from then on see to them. Replaces what was configured before. @default none
   */
  readonly recurring?: ConfiguredRecurringJobs;
  /**
   * Limits of queues by their names, each with `concurrency`, `rate`, or both; `false` for none.
   * And `fairness`: whose each job is, so that those of different owners take turns. Workers that
   * start from then on see to them. What was said at run time, by `queue(name).limit`, stays until
   * this changes. Replaces what was configured before, and leaves queues that it does not name as
   * they are.
   *
   * @default none
   */
  readonly queues?: Readonly<Record<string, QueueConfiguration | false>>;
  /** A command replaces another of the same name, where it would throw. @default false */
  readonly reloading?: boolean;
}
