import { lookAlong } from "../../support/causes.ts";
import { clock } from "../../support/clock.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import { readOr, thrownProperty } from "../../support/thrown.ts";

/** Seconds. More is no answer of a server that means it, and no date is further away. */
const LONGEST = 365 * 86_400;

/**
 * How long a server asks to be left alone: what its `Retry-After` header says, in seconds or as a
 * date.
 *
 * @example
 * ```ts
 * import { Command, retryAfter } from "mandate";
 *
 * class Sync extends Command.initializeWith((userId: number) => ({ userId })) {
 *   async call() {
 *     const response = await fetch(`http://localhost:3000/users/${this.userId}`);
 *     if (response.status === 429) this.requeueJob(retryAfter(response));
 *   }
 * }
 * ```
 *
 * @param source A response, or its headers, as fetch, Node, undici, axios and got have them; or an
 *   error with a `response`, the AWS SDK's `$response`, or a response for its `cause`. So it may be
 *   what was caught: `this.retryOn(errorKinds.httpStatus(429, 503), { wait: (_, error) =>
 *   retryAfter(error, "30 seconds") })`.
 * @param otherwise What stands where there is no such header, or none that can be read, or one of
 *   more than a year: **seconds**, or a string. @default 60 seconds
 * @returns Seconds from now; 0 for a date that is past.
 * @throws {InvalidDurationError} if `otherwise` is no duration.
 * @see RFC 9110, section 10.2.3
 */
export function retryAfter(source: unknown, otherwise: Duration = 60): number {
  const fallback = seconds(otherwise, "otherwise of retryAfter");
  const told = headerOf(source)?.trim() ?? "";
  // A date has letters: Date.parse would read "-1" and "1.5" as dates, too.
  const found = /^\d+$/.test(told)
    ? Number(told)
    : /[a-z]/i.test(told)
      ? Math.max(0, Date.parse(told) / 1000 - clock.now())
      : NaN;
  return found <= LONGEST ? found : fallback;
}

/**
 * Of a response, an error's `response` (`$response` in the AWS SDK), or either in what caused it.
 */
function headerOf(source: unknown): string | undefined {
  return lookAlong(source, {
    at: (each) =>
      headerIn(each) ??
      headerIn(thrownProperty(each, "response")) ??
      headerIn(thrownProperty(each, "$response")),
  });
}

function headerIn(response: unknown): string | undefined {
  // What was caught may be anything: then nobody asks for anything.
  return readOr(undefined, () => {
    const { headers = response } = Object(response) as { headers?: unknown };
    const { get } = Object(headers) as { get?: unknown };
    const value: unknown =
      typeof get === "function" ? get.call(headers, "retry-after") : byName(headers);
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  });
}

/**
 * Of names in any case. Node joins the values of a header that comes twice, but for this one: the
 * first stands.
 */
function byName(headers: unknown): unknown {
  const entries = Object.entries(Object(headers) as Record<string, unknown>);
  const found = entries.find(([name]) => name.toLowerCase() === "retry-after")?.[1];
  return Array.isArray(found) ? found[0] : found;
}
