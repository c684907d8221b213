import type { Adapter } from "../../adapters/adapter.ts";
import { checkFunction, checkInteger, checkOptionNames } from "../../job/checks/checks.ts";
import { settings } from "../../job/settings/settings.ts";
import { setLongTimeout } from "../../support/clock.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { BoundedNames } from "../bounded-names.ts";
import { EventLoopDelay } from "../event-loop-delay.ts";
import { isFailed, isPerformed, subscribeToOutcomes } from "../outcomes.ts";
import { readStore } from "../store-reading.ts";
import { subscribe } from "../subscribe.ts";
import { logSafely } from "../../support/logger.ts";

/** What is needed of a client; `StatsD` of hot-shots is one. */
export interface StatsdClient {
  /** Adds to a counter. */
  increment(name: string, value: number, tags: string[]): void;
  /** Tells a duration, in milliseconds. */
  timing(name: string, milliseconds: number, tags: string[]): void;
  /** Tells what is so now. */
  gauge(name: string, value: number, tags: string[]): void;
}

/** What is sent to StatsD, and by whom. */
export interface StatsdOptions {
  /** Sends it: its prefix and its global tags are its own. */
  readonly client: StatsdClient;
  /**
   * How often queues, sets and the event loop are told, in **seconds** or as a string; `Infinity`
   * for never. They are the same from each process: let one of them tell.
   *
   * @default "10 seconds"
   */
  readonly every?: Duration;
  /** The store whose queues are told. @default the one of `configure` */
  readonly adapter?: Adapter;
  /**
   * How many commands, and how many queues, are told apart; the others count as "other".
   *
   * @default 200
   */
  readonly maxNames?: number;
}

/**
 * Sends metrics of jobs to StatsD, from here on: by Sidekiq Pro's names and tags, where it has
 * some.
 *
 * @returns what ends it. The client is left open.
 * @throws {UnknownOptionError} if there is no such option.
 * @throws {TypeError} if the client has not the three methods.
 * @throws {ConfigurationError} if `every` is 0.
 * @throws {InvalidDurationError} if `every` is none.
 * @throws {RangeError} if `maxNames` is no integer from 1 up.
 *
 * @example
 * ```ts
 * import { StatsD } from "hot-shots";
 * import { startStatsd } from "mandate/statsd";
 *
 * startStatsd({ client: new StatsD({ host: "127.0.0.1", prefix: "shop." }) });
 * ```
 */
export function startStatsd(options: StatsdOptions): () => void {
  checkOptionNames(options, ["client", "every", "adapter", "maxNames"], "startStatsd");
  const { client, every = 10, adapter, maxNames = 200 } = options;
  for (const method of ["increment", "timing", "gauge"] as const) {
    checkFunction(client?.[method], `client.${method} of startStatsd`, "a StatsD of hot-shots");
  }
  checkInteger(maxNames, "maxNames of startStatsd", 1);
  const pause = every === Infinity ? Infinity : seconds(every);
  if (pause === 0) {
    throw new ConfigurationError(
      "Cannot use 0 as every of startStatsd: give a duration above 0, or Infinity",
    );
  }
  const stopCounting = count(client, maxNames);
  const stopTelling = tell(client, {
    pause,
    adapter: () => adapter ?? settings().adapter,
    maxNames,
  });
  return () => {
    stopCounting();
    stopTelling();
  };
}

/**
 * @see Sidekiq Pro 8 `middleware/server/statsd`: jobs.count, success, failure and perform, with
 *   these tags.
 */
function count(client: StatsdClient, maxNames: number): () => void {
  const classes = new BoundedNames(maxNames);
  const queues = new BoundedNames(maxNames);
  const tagsOf = (event: { readonly className: string; readonly queue: string }): string[] => [
    `worker:${classes.label(event.className)}`,
    `queue:${queues.label(event.queue)}`,
  ];
  const ends = [
    subscribe({
      enqueue: (event) => client.increment("jobs.enqueue", 1, tagsOf(event)),
      duplicate: (event) => client.increment("jobs.duplicate", 1, tagsOf(event)),
      start: (event) => {
        if (event.latency !== undefined) {
          client.timing("jobs.latency", event.latency * 1000, tagsOf(event));
        }
      },
      promote: ({ lateness }) => {
        if (lateness !== undefined) client.timing("jobs.lateness", lateness * 1000, []);
      },
      limit: ({ queue }) => client.increment("jobs.limit", 1, [`queue:${queues.label(queue)}`]),
      unlimit: ({ queue }) => client.increment("jobs.unlimit", 1, [`queue:${queues.label(queue)}`]),
      batch: ({ what }) => client.increment("batches", 1, [`event:${what}`]),
      recover: ({ recovered }) => client.increment("jobs.recovered", recovered, []),
    }),
    subscribeToOutcomes((outcome, event) => {
      const tags = tagsOf(event);
      if (isPerformed(outcome)) {
        client.increment("jobs.count", 1, tags);
        client.increment(isFailed(outcome) ? "jobs.failure" : "jobs.success", 1, tags);
        client.timing("jobs.perform", event.seconds * 1000, tags);
      }
      if (outcome !== "done") {
        client.increment(`jobs.${outcome}`, 1, tags);
      }
    }),
  ];
  return () => ends.forEach((end) => end());
}

/** Tells again and again what is so. */
function tell(
  client: StatsdClient,
  {
    pause,
    adapter,
    maxNames,
  }: { readonly pause: number; readonly adapter: () => Adapter; readonly maxNames: number },
): () => void {
  const delay = new EventLoopDelay();
  let cancel = (): void => undefined;
  let isStopped = pause === Infinity;

  async function tellNow(): Promise<void> {
    try {
      const reading = await readStore(adapter(), maxNames);
      const { queues, sets, lateness, processes, busy, fetchedAhead } = reading;
      for (const { name, size, latency } of queues) {
        client.gauge("queue.size", size, [`queue:${name}`]);
        client.gauge("queue.latency", latency, [`queue:${name}`]);
      }
      for (const [set, size] of Object.entries(sets))
        client.gauge("set.size", size, [`set:${set}`]);
      for (const [set, late] of Object.entries(lateness)) {
        client.gauge("set.lateness", late, [`set:${set}`]);
      }
      client.gauge("processes", processes, []);
      client.gauge("busy", busy, []);
      client.gauge("fetched_ahead", fetchedAhead, []);
      for (const [quantile, seconds] of Object.entries(delay.take())) {
        client.gauge("event_loop.delay", seconds, [`quantile:${quantile}`]);
      }
    } catch (error) {
      logSafely(
        settings().logger,
        "warn",
        { err: error },
        "Could not tell StatsD what is in the store",
      );
    }
    wait();
  }

  function wait(): void {
    if (!isStopped) {
      // A process that has nothing else to do may end.
      cancel = setLongTimeout(() => void tellNow(), pause, { unref: true });
    }
  }

  if (!isStopped) delay.start();
  wait();
  return () => {
    isStopped = true;
    cancel();
    delay.stop();
  };
}
