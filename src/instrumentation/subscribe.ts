import * as diagnostics from "node:diagnostics_channel";
import { checkFunction, checkOptionNames } from "../job/checks/checks.ts";
import { channelNames, type Events } from "../job/observe/events.ts";
import { settings } from "../job/settings/settings.ts";
import { logSafely } from "../support/logger.ts";

/** A function for each event that one wants to hear of. */
export type Listeners = {
  readonly [Name in keyof Events]?: (event: Events[Name]) => void;
};

const names = Object.keys(channelNames) as (keyof Events)[];

/**
 * Calls a listener at each event of this process, at once and where it happens: keep it short.
 *
 * The same as `subscribe` of `node:diagnostics_channel`, with types. And what a listener throws is
 * logged; there, it would end the process.
 *
 * @returns what ends it.
 * @throws {UnknownOptionError} if there is no such event.
 * @throws {TypeError} if a listener is no function.
 *
 * @example
 * ```ts
 * import { subscribe } from "mandate";
 *
 * const unsubscribe = subscribe({
 *   dead: ({ className, jid, error }) => console.error(`${className} ${jid} is dead`, error),
 *   finish: ({ className, seconds }) => console.log(`${className} took ${seconds} s`),
 * });
 * ```
 */
export function subscribe(listeners: Listeners): () => void {
  checkOptionNames(listeners, names, "subscribe");
  const subscriptions = Object.entries(listeners).map(([event, listener]) => {
    checkFunction(listener, `subscribe, as ${event}`);
    const name = channelNames[event as keyof Events];
    return { name, hear: guarded(event, listener as (event: unknown) => void) };
  });
  for (const { name, hear } of subscriptions) {
    diagnostics.subscribe(name, hear);
  }
  return () => {
    for (const { name, hear } of subscriptions) {
      diagnostics.unsubscribe(name, hear);
    }
  };
}

function guarded(event: string, listener: (event: unknown) => void): (event: unknown) => void {
  return (message) => {
    try {
      listener(message);
    } catch (error) {
      logSafely(
        settings().logger,
        "error",
        { err: error, event },
        `A listener to "${event}" threw`,
      );
    }
  };
}
