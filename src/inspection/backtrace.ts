import { inflateSync } from "node:zlib";

/**
 * A record's backtrace: a JSON array of lines, deflated, in Base64.
 *
 * @returns no lines where there is none, or none that can be read.
 * @see Sidekiq 8.1 `lib/sidekiq/api.rb`, `JobRecord#error_backtrace`
 */
export function readBacktrace(text: unknown): readonly string[] {
  if (typeof text !== "string") {
    return [];
  }
  try {
    const inflated = inflateSync(Buffer.from(text, "base64"), { maxOutputLength: LONGEST });
    const lines = JSON.parse(inflated.toString()) as unknown;
    return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
  } catch {
    return [];
  }
}

/** Anybody may have written it: what unpacks to more than that is not read. */
const LONGEST = 1_000_000;

/** Where code stands that is not the application's: Node's own, what is installed, Ruby's gems. */
const OTHERS = /\bnode:|[/\\]node_modules[/\\]|[/\\]gems[/\\]|^at (new )?<anonymous>$/;

/**
 * The first line of a backtrace that is the application's own, as `path:line`.
 *
 * @returns `undefined` where there is none.
 */
export function ownLine(backtrace: readonly string[]): string | undefined {
  const line = backtrace.find((each) => !OTHERS.test(each) && /:\d+/.test(each));
  // "at call (file:///app/x.ts:3:7)", or Ruby's "app/x.rb:3:in 'call'".
  const place = line && /(?:file:\/\/)?([^\s()]+?:\d+)(?::\d+)?(?=\)|:in |$)/.exec(line)?.[1];
  return place === undefined || place === "" ? line : place;
}
