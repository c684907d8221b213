import { checkOptionNames } from "../job/checks/checks.ts";
import { otherSettings } from "../job/checks/other-words.ts";
import type { Configuration } from "./configuration.ts";
import { OPTIONS } from "./options.ts";

/**
 * Sets what holds unless a class says otherwise. Call it once, before the first job is deferred;
 * what is left out stays as it is. Nothing is changed unless all of it is right.
 *
 * @throws {UnknownOptionError} if an option does not exist.
 * @throws {ConfigurationError} if a part does not fit.
 * @throws {InvalidDurationError} if a duration is none.
 * @throws {TypeError | RangeError} if another value is of the wrong type, or out of range.
 *
 * @example
 * ```ts
 * import { configure } from "mandate";
 *
 * configure({ appName: "shop", defaultQueue: "app", retry: 10 });
 * ```
 */
export function configure(configuration: Configuration): void {
  const names = Object.keys(OPTIONS) as (keyof Configuration)[];
  checkOptionNames(configuration, names, "configure", otherSettings);
  const effects = names
    .filter((name) => configuration[name] !== undefined)
    .map((name) => OPTIONS[name](configuration[name] as never));
  effects.forEach((effect) => effect());
}
