import { AsyncResource } from "node:async_hooks";
import { hostname } from "node:os";
import type { Adapter, FetchedJob, LeaseOptions } from "../adapters/adapter.ts";
import { overdueJobs } from "../job/record/overdue.ts";
import type { runJob } from "../job/run/run.ts";
import { settings } from "../job/settings/settings.ts";
import { unlimitedController } from "../support/abort.ts";
import { clock } from "../support/clock.ts";
import { safeLogger, type Logger } from "../support/logger.ts";
import { Cancellations } from "./cancellations.ts";
import { Fetcher } from "./fetcher.ts";
import { jidOf } from "./jid-of.ts";
import { LeaseKeeper } from "./lease.ts";
import { LoopWatch } from "./loop-watch.ts";
import { Outage } from "./outage.ts";
import { Pulse } from "./pulse.ts";
import { Scheduler } from "./scheduler.ts";
import { Services } from "./services.ts";
import { lastAnswers } from "./shutdown.ts";
import { Slots } from "./slots.ts";
import { Sweeper } from "./sweeper.ts";
import { Ticker } from "./ticker.ts";
import { UnservedQueues } from "./unserved-queues.ts";
import type { WorkerSettings } from "./worker-options.ts";
import { WorkingServices } from "./working-services.ts";

/** Seconds without a renewal after which jobs of a store that outlives the process go to others. */
const LEASE_TTL = 60;

/** Seconds, as Sidekiq's. */
const HEARTBEAT = 10;

/** What a running worker consists of. */
export interface Parts {
  readonly adapter: Adapter;
  readonly logger: Logger;
  readonly outage: Outage;
  readonly slots: Slots;
  readonly leases: LeaseKeeper;
  readonly fetcher: Fetcher;
  readonly pulse: Pulse;
  /** What looks after the worker and its store, from the opening of its lease to the end. */
  readonly watching: Services;
  readonly working: WorkingServices;
  /** Aborted once it fetches no more. */
  readonly stopping: AbortController;
}

function overdueOf(running: readonly FetchedJob[]): number {
  return running.filter((job) => overdueJobs.has(job)).length;
}

/** Connects the parts; none of them does anything yet. */
export function buildParts(
  worker: WorkerSettings,
  {
    run,
    isQuiet,
    onBeat = () => undefined,
    onSignal = () => undefined,
  }: {
    readonly run: typeof runJob;
    readonly isQuiet: () => boolean;
    readonly onBeat?: () => void;
    readonly onSignal?: NonNullable<LeaseOptions["onSignal"]>;
  },
): Parts {
  const { adapter = settings().adapter, logger: jobLogger = settings().logger } = worker;
  const logger = safeLogger(jobLogger);
  adapter.useDefaults?.(settings().storeDefaults);
  const { blockedAfter, concurrency, queues: order, tag, onUnknownJob } = worker;
  const errorHandlers = [...settings().errorHandlers, ...worker.errorHandlers];
  const deathHandlers = [...settings().deathHandlers, ...worker.deathHandlers];
  const { leaseTtl = adapter.capabilities.persistent ? LEASE_TTL : Infinity } = worker;
  const startedAt = clock.now();
  const outage = new Outage(adapter.name, logger);
  // Each job may listen.
  const stopping = unlimitedController();
  const slots: Slots = new Slots({
    concurrency,
    run,
    logger,
    settle: (outcome) => {
      if (outcome.seconds !== undefined && outcome.seconds >= blockedAfter) {
        loopWatch.ended(outcome.job, outcome.seconds);
      }
      fetcher.settle(outcome);
    },
    onFree: () => fetcher.work(),
  });
  const loopWatch = new LoopWatch({
    threshold: blockedAfter,
    running: () => slots.running,
    logger,
  });
  const leases: LeaseKeeper = new LeaseKeeper({
    environment: {
      adapter,
      logger: jobLogger,
      onUnknownJob,
      startedAt,
      errorHandlers,
      deathHandlers,
      stopping: stopping.signal,
    },
    lease: {
      ttl: leaseTtl,
      info: {
        hostname: hostname(),
        pid: process.pid,
        tag,
        startedAt,
        concurrency,
        queues: order.weights,
      },
      state: () => ({
        quiet: isQuiet(),
        busy: slots.busy,
        fetchedAhead: slots.waiting,
        overdue: overdueOf(slots.runningJobs),
      }),
      running: () => slots.runningJobs,
      // Called from wherever a job was enqueued. Whatever AsyncLocalStorage holds there, such as a
      // request or its transaction, must not be what jobs run in.
      onWork: AsyncResource.bind(() => fetcher.work()),
      onHandedOver: AsyncResource.bind((job: FetchedJob) => fetcher.handedOver(job)),
      onDue: AsyncResource.bind((at: number) => scheduler.due(at)),
      onCancel: AsyncResource.bind((jids: ReadonlySet<string>) => cancellations.heard(jids)),
      onSignal: AsyncResource.bind(onSignal),
    },
    outage,
    logger,
    onOpen: (session) => {
      slots.open(session);
      fetcher.work();
    },
    onLost: () => {
      slots.drop();
      fetcher.drop("its lease was lost");
    },
  });
  const cancellations = new Cancellations({
    slots,
    logger,
    release: (job) => fetcher.settle({ kind: "release", job, jid: jidOf(job) }),
  });
  const fetcher: Fetcher = new Fetcher({
    cancellations,
    slots,
    leases,
    order,
    outage,
    logger,
    onReleasable: () => scheduler.releasable(),
  });
  const scheduler = new Scheduler({
    adapter,
    leaseTtl,
    outage,
    logger,
    onWork: () => fetcher.work(),
  });
  const pulse = new Pulse(adapter, outage);
  const unserved = new UnservedQueues({
    adapter,
    logger,
    listed: order.weights.map(([name]) => name),
  });
  const sweeper = new Sweeper({ adapter, outage, every: HEARTBEAT });
  const heartbeat = new Ticker(HEARTBEAT, () => {
    onBeat();
    scheduler.beat();
    fetcher.beat();
  });
  const options = { logger, patience: () => lastAnswers(pulse) };
  const environment = { adapter, logger, outage };
  return {
    adapter,
    logger,
    outage,
    slots,
    leases,
    fetcher,
    pulse,
    watching: new Services({ heartbeat, pulse, loopWatch, sweeper, unserved }, options),
    working: new WorkingServices({ scheduler }, environment, options),
    stopping,
  };
}
