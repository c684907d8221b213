import { AdapterError } from "../../adapters/adapter-error.ts";
import type { Documents } from "../../adapters/documents.ts";
import { queueKey } from "../../adapters/hold.ts";
import type { Holds, KeyLimit } from "../../adapters/holds.ts";
import { keyLimitOf, spokenLimit } from "../../job/checks/queue-limit.ts";
import { setLongTimeout } from "../../support/clock.ts";
import { ConfigurationError } from "../../support/errors.ts";
import type { WorkerService } from "../../worker/services.ts";
import { registerService, type ServiceEnvironment } from "../../worker/working-services.ts";
import {
  configuredQueues,
  setConfiguredQueues,
  type ConfiguredQueues,
} from "./configured-queues.ts";

/** Documents that say what was configured last of a queue. */
const PREFIX = "queue-limit:";
/** Seconds. */
const AGAIN = 5;

/**
 * Has a store's queues limited as they are configured. What was said at run time stays, unless the
 * configuration has changed since another worker started with it: the latest word counts.
 */
class QueueLimitsService implements WorkerService {
  readonly #environment: ServiceEnvironment;
  #cancel: () => void = () => undefined;

  constructor(environment: ServiceEnvironment) {
    this.#environment = environment;
  }

  /** @throws {ConfigurationError} if queues are to be limited, and the store knows no limits. */
  async start(): Promise<void> {
    const queues = Object.entries(configuredQueues());
    if (queues.length === 0) {
      return;
    }
    const { name, holds, documents } = this.#environment.adapter;
    if (holds === undefined || documents === undefined) {
      throw new ConfigurationError(
        `Cannot limit queues as configured: adapter "${name}" keeps no holds, or no documents. Use one that does, such as Redis's`,
      );
    }
    await this.#apply(
      queues.map(([queue, limit]) => [queue, keyLimitOf(limit, "queues of configure")]),
      { holds, documents },
    );
  }

  stop(): void {
    this.#cancel();
  }

  async #apply(queues: readonly (readonly [string, KeyLimit])[], store: Store): Promise<void> {
    const { logger, outage } = this.#environment;
    try {
      for (const [queue, limit] of queues) {
        const said = await limitAsConfigured(queue, limit, store);
        if (said !== undefined) logger[said.level]({ queue }, said.text);
      }
      outage.over("queue limits");
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      outage.failed("queue limits", error);
      this.#cancel = setLongTimeout(() => void this.#apply(queues, store), AGAIN, { unref: true });
    }
  }
}

interface Store {
  readonly holds: Holds;
  readonly documents: Documents;
}

interface Said {
  readonly level: "info" | "warn";
  readonly text: string;
}

/** @returns what there is to say. */
async function limitAsConfigured(
  queue: string,
  limit: KeyLimit,
  { holds, documents }: Store,
): Promise<Said | undefined> {
  const name = PREFIX + queue;
  const [[before], [state]] = await Promise.all([
    documents.read([name]),
    holds.read([queueKey(queue)]),
  ]);
  const [text, now] = [textOf(limit), textOf(state ?? { to: Infinity })];
  const [wanted, found] = [spokenLimit(limit), spokenLimit(state ?? { to: Infinity })];
  if (before?.text === text) {
    return now === text
      ? undefined
      : {
          level: "info",
          text:
            `Left the limit of queue ${queue} as somebody said at run time: ${found}. It is configured as: ${wanted}. ` +
            `What mandate queues limit ${queue} says holds until the configuration changes`,
        };
  }
  // Before it is noted: should this process die in between, the next one does both.
  await holds.limit(queueKey(queue), limit);
  await documents.write({ name, text, version: "any" });
  const wasChanged = now !== (before?.text ?? textOf({ to: Infinity })) && now !== text;
  return wasChanged
    ? {
        level: "warn",
        text: `Limited queue ${queue} as its configuration says now: ${wanted}. What somebody had said at run time is over: ${found}`,
      }
    : { level: "info", text: `Limited queue ${queue}: ${wanted}` };
}

function textOf({ to = Infinity, rate }: KeyLimit): string {
  return JSON.stringify({
    to: to === Infinity ? undefined : to,
    rate: rate && [rate.to, rate.seconds, rate.burst],
  });
}

/** What `configure` says of queues: every worker that starts from now on sees to it. */
export function limitQueues(queues: ConfiguredQueues): void {
  setConfiguredQueues(queues);
  registerService("queue-limits", (environment) => new QueueLimitsService(environment));
}
