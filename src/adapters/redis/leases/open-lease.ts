import type { LeaseOptions } from "../../adapter.ts";
import { AdapterError } from "../../adapter-error.ts";
import { Connection } from "../connection/connection.ts";
import { readTexts, readValues } from "../connection/read-reply.ts";
import { connectionOptions } from "../connection/dial.ts";
import { trimDead } from "../kept/dead.ts";
import { keepFinished } from "../kept/finished.ts";
import { signalIn } from "./heartbeat.ts";
import { drainLanes, sortIntoLanes } from "../waiting/lanes.ts";
import { HeardKeys } from "./heard-keys.ts";
import { LeaseThread } from "./lease-thread.ts";
import { Metrics } from "../sidekiq/metrics.ts";
import type { RedisContext } from "../redis-context.ts";
import { RedisLease } from "./redis-lease.ts";
import { failure, saidBy } from "../connection/redis-errors.ts";
import type { RedisOptions } from "../redis-options.ts";
import { earliest } from "../waiting/due.ts";
import { openLeaseScript } from "./lease-scripts.ts";
import { checkServer } from "../connection/server-info.ts";
import { Watch, type WatchOptions } from "./watch.ts";

/**
 * Opens a worker's lease, and the connections it needs: one for exchanges, whose loss is the loss
 * of nothing else; one that hears of work, since a subscriber can do nothing else; and the
 * thread's.
 */
export async function openLease(
  context: RedisContext,
  options: LeaseOptions,
  redisOptions: RedisOptions,
): Promise<RedisLease> {
  await checkOnce(context);
  const shown = JSON.stringify({ ...options.info, ...options.state() });
  const served = namesIn(options);
  const { identity, ttl } = options;
  const unsorted = await context.run(openLeaseScript, { identity, ttl, shown, served });
  if (unsorted === undefined) {
    throw new AdapterError(
      `Cannot open a lease for "${identity}": one of that identity is open. ` +
        "Make identities unique, as HOSTNAME:PID:NONCE",
    );
  }
  const onSignal = (name: string | undefined): void => {
    const signal = signalIn(name);
    if (signal !== undefined) {
      options.onSignal?.(signal);
    }
  };
  const connection = await Connection.open(redisOptions, "mandate-worker");
  const messages = await Connection.open(redisOptions, "mandate-watch");
  const handOver = {
    channel: context.keys.handOver(options.identity),
    onJob: (message: string): void => lease.handOver(message),
  };
  const watch = watchWith(context, options, { own: connection, messages, handOver });
  const lease: RedisLease = new RedisLease(options, {
    keys: context.keys,
    owners: context.owners,
    scripts: context.scripts,
    connection,
    watch,
    thread: startThread(context, options, { redisOptions, onSignal }),
    recoveries: (jids) => recoveries(context, jids),
    // They are kept for people to look at: that they ended is settled.
    onFinished: (jobs) => keepFinished(context, jobs).catch(() => undefined),
    // What is left too many is forgotten after the next death.
    onDeath: () => trimDead(context).catch(() => undefined),
    onClosed: async () => void (await drainLanes(context).catch(() => undefined)),
    onFull: (isFull) => tellOfMemory(context, isFull),
    onSignal,
    metrics: metricsWith(context, redisOptions),
  });
  try {
    // Side by side: over a slow link each question takes its time, and the lease runs.
    await Promise.all([watch.open(), lease.renew(), sortIntoLanes(context, unsorted)]);
    return lease;
  } catch (error) {
    await lease.abandon();
    // Whichever of them failed first.
    throw failure("open a lease", saidBy(error));
  }
}

/** Of the queues that are served; some may end in a star. */
function namesIn({ info }: LeaseOptions): string[] {
  return info.queues.map(([name]) => name);
}

function metricsWith(
  context: RedisContext,
  { sidekiqMetrics: version = 8 }: RedisOptions,
): Metrics | undefined {
  return version === false ? undefined : new Metrics(context, version);
}

function tellOfMemory({ logger }: RedisContext, isFull: boolean): void {
  if (isFull) {
    logger.error(
      {},
      "Redis takes no new jobs: its memory is full. Raise maxmemory, or work off what waits; " +
        "this worker goes on with that",
    );
  } else {
    logger.info({}, "Redis takes jobs again: its memory has room");
  }
}

const checked = new WeakSet<RedisContext>();

async function checkOnce(context: RedisContext): Promise<void> {
  if (!checked.has(context)) {
    // Whoever may not ask has to know.
    const info = await context.command("INFO").catch((error: unknown) => {
      if (error instanceof AdapterError && /NOPERM|unknown command/i.test(error.message)) {
        return "";
      }
      throw error;
    });
    checkServer(String(info), context.logger);
    checked.add(context);
  }
}

function watchWith(
  context: RedisContext,
  options: LeaseOptions,
  parts: Pick<WatchOptions, "own" | "messages" | "handOver">,
): Watch {
  return new Watch({
    ...parts,
    keys: new HeardKeys(context.keys, namesIn(options)),
    onWork: options.onWork,
    onTimes: () => void tellEarliest(context, options),
    onCancelled: () => void tellCancelled(context, options, parts.own),
    onFailure: (error) =>
      context.logger.warn(
        { err: error },
        `Cannot hear of work from Redis, and look for it each second instead: ${String(error)}`,
      ),
  });
}

function startThread(
  context: RedisContext,
  lease: LeaseOptions,
  {
    redisOptions,
    onSignal,
  }: { readonly redisOptions: RedisOptions; readonly onSignal: (name: string) => void },
): LeaseThread | undefined {
  if (redisOptions.leaseThread === false || lease.ttl === Infinity) {
    return undefined;
  }
  const onFailure = (error: unknown): void =>
    context.logger.warn(
      { err: error, identity: lease.identity },
      "Cannot keep the lease from a thread: a job that computes for longer than it lasts will be given to another worker. " +
        "Where ioredis was not found, leave packages out of the bundle (esbuild: --packages=external), or say leaseThread: false",
    );
  try {
    const connect = connectionOptions(redisOptions, "mandate-lease");
    return new LeaseThread({ lease, keys: context.keys, connect, onSignal, onFailure });
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}

async function recoveries(
  { command, keys }: RedisContext,
  jids: readonly string[],
): Promise<readonly number[]> {
  if (jids.length === 0) {
    return [];
  }
  const counts = readValues(await command("HMGET", keys.recoveries, ...jids));
  return counts.map((count) => Number(count ?? 0));
}

async function tellCancelled(
  { keys }: RedisContext,
  { onCancel }: LeaseOptions,
  own: Connection,
): Promise<void> {
  // Where this fails the connection is broken off, and the watch tells of all once it is back.
  const jids = await own.command("ZRANGE", keys.cancelled, 0, -1).catch(() => undefined);
  if (jids !== undefined) {
    onCancel?.(new Set(readTexts(jids)));
  }
}

async function tellEarliest(context: RedisContext, { onDue }: LeaseOptions): Promise<void> {
  const at = await earliest(context).catch(() => undefined);
  if (at !== undefined) {
    onDue(at);
  }
}
