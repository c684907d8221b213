import { checkName, describe } from "../../job/checks/checks.ts";
import { keyLimitOf, type QueueLimit } from "../../job/checks/queue-limit.ts";
import { ConfigurationError } from "../../support/errors.ts";
import { shared } from "../../support/shared-state.ts";

/** The limits of queues by their names; `false` for one that is to have none. */
export type ConfiguredQueues = Readonly<Record<string, QueueLimit | false>>;

const configured = shared("configured-queues", () => ({ queues: {} as ConfiguredQueues }));

/** What `configure` said last. */
export function configuredQueues(): ConfiguredQueues {
  return configured.queues;
}

export function setConfiguredQueues(queues: ConfiguredQueues): void {
  configured.queues = queues;
}

/**
 * @throws {ConfigurationError} if they are no object.
 * @throws {TypeError | RangeError} if a limit is none, or a number is out of range.
 * @throws {UnknownOptionError} if a limit has another option.
 */
export function checkConfiguredQueues(queues: ConfiguredQueues): void {
  if (typeof queues !== "object" || queues === null || Array.isArray(queues)) {
    throw new ConfigurationError(
      `Cannot use ${describe(queues)} as queues of configure: give an object of limits by the queues' names. ` +
        "Which queues a worker serves is an option of startWorker",
    );
  }
  for (const [name, limit] of Object.entries(queues)) {
    checkName(name, "queues of configure", "a queue");
    keyLimitOf(limit, `queue ${JSON.stringify(name)} of configure`);
  }
}
