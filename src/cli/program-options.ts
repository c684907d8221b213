import type { StoreAddress } from "../adapters/open-adapter.ts";
import { checkInteger } from "../job/checks/checks.ts";
import type { DeathHandler, ErrorHandler } from "../job/settings/run-environment.ts";
import { seconds } from "../support/duration.ts";
import { environmentOf } from "../support/environment.ts";
import { queueOrder, type QueueOrder, type Queues } from "../worker/queue-order.ts";
import { workerSettings } from "../worker/worker-options.ts";
import { readConfigFile } from "./config-file.ts";
import type { ProgramConfig } from "./define-config.ts";
import { storeAddress } from "./store-address.ts";
import { UsageError } from "./usage.ts";
import type { WorkerArguments } from "./worker-arguments.ts";
import type { Capsule, FileSettings, Share } from "./yaml-settings.ts";

/**
 * What the program was told, by its command line, a configuration file and the environment
 * together.
 */
export interface ProgramOptions {
  readonly environment: string;
  readonly require: readonly string[];
  readonly queues: Queues;
  readonly weights: QueueOrder["weights"];
  readonly concurrency: number;
  /** What is served beside, in the same process. */
  readonly capsules: readonly Capsule[];
  /** Seconds. */
  readonly timeout: number;
  /** Seconds; `undefined`: what suits the store. */
  readonly leaseTtl: number | undefined;
  /** Seconds. */
  readonly blockedAfter: number;
  readonly onUnknownJob: "retry" | "leave";
  readonly errorHandlers: readonly ErrorHandler[];
  readonly deathHandlers: readonly DeathHandler[];
  /** `undefined`: the program works itself. */
  readonly processes: number | undefined;
  readonly store: StoreAddress | undefined;
  /** Files of recurring jobs. */
  readonly recurring: readonly string[];
  /** Also where a scheduler of Ruby's has the same. */
  readonly recurringBesideRuby: boolean;
  readonly tag: string;
  readonly verbose: boolean;
  readonly health: number | string | undefined;
  /** Seconds. */
  readonly healthTimeout: number;
  /** What a Sidekiq file says that is `configure`'s. */
  readonly configured: FileSettings["configured"];
  readonly configFile: string | undefined;
  /** Settings of the configuration file that nothing reads. */
  readonly unused: readonly string[];
  /** What of the configuration file cannot be kept, and what to do. */
  readonly remarks: readonly string[];
}

/**
 * @param processNumber Which of a supervisor's processes asks, from 1; `undefined`: none.
 * @throws {UsageError} if something cannot be used.
 */
export async function programOptions(
  args: WorkerArguments,
  processNumber?: number,
): Promise<ProgramOptions> {
  const environment = args.environment ?? environmentOf(process.env);
  const found = await readConfigFile(args.file, environment);
  const { file, config, capsules, shares, configured, unused, remarks } = found;
  checkShares(shares, args.config, file);
  const {
    require = [],
    queues = "*",
    timeout,
    processes,
    url: _url,
    redisUrl: _redisUrl,
    verbose = false,
    health,
    healthTimeout = "60 seconds",
    recurring = [],
    recurringBesideRuby = false,
    ...ofWorker
  }: ProgramConfig = { ...config, ...shares[(processNumber ?? 0) - 1], ...args.config };
  if (require.length === 0 && !/\.[mc]?[jt]s$/.test(file ?? "")) {
    throw new UsageError(
      "Cannot work without commands: none were named. Give their file, folder or glob, as in -r ./commands",
    );
  }
  return inUse(() => {
    checkInteger(ofWorker.concurrency ?? 1, "concurrency", 1);
    checkInteger(processes ?? 1, "processes", 1);
    checkHealth(health);
    const shutdown = timeout === undefined ? {} : { shutdownTimeout: timeout };
    const worker = workerSettings({ ...ofWorker, queues, ...shutdown });
    return {
      environment,
      require: [require].flat(),
      queues,
      weights: worker.queues.weights,
      concurrency: worker.concurrency,
      capsules: capsules.map((capsule) => checkCapsule(capsule)),
      timeout: worker.shutdownTimeout,
      leaseTtl: worker.leaseTtl,
      blockedAfter: worker.blockedAfter,
      onUnknownJob: worker.onUnknownJob,
      errorHandlers: worker.errorHandlers,
      deathHandlers: worker.deathHandlers,
      processes,
      store: storeAddress(args.config, config),
      recurring: [recurring].flat(),
      recurringBesideRuby,
      tag: worker.tag,
      verbose,
      health,
      healthTimeout: seconds(healthTimeout),
      configured,
      configFile: file,
      unused,
      remarks,
    };
  });
}

/** What each process serves is said at one place. */
function checkShares(shares: readonly Share[], typed: ProgramConfig, file = ""): void {
  const [option] = (["queues", "concurrency", "processes"] as const).filter(
    (name) => name in typed,
  );
  if (shares.length > 0 && option !== undefined) {
    const name = option === "queues" ? "queue" : option;
    throw new UsageError(
      `Cannot use --${name} beside ${file}: it says so of each of its workers, and they differ. ` +
        `Leave --${name} out, or write another file`,
    );
  }
}

function checkCapsule(capsule: Capsule): Capsule {
  const { name, queues, concurrency } = capsule;
  checkInteger(concurrency, `concurrency of capsule ${name}`, 1);
  queueOrder(queues);
  return capsule;
}

function checkHealth(health: number | string | undefined): void {
  if (typeof health === "number" && !(Number.isInteger(health) && health <= 65_535)) {
    throw new UsageError(
      `Cannot use ${health} as health: it is no port. Give one from 0 to 65535, or a file`,
    );
  }
}

/** What other parts refuse was told to the program. */
function inUse<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError((error as Error).message, { cause: error });
  }
}
