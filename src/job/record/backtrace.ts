import { fileURLToPath } from "node:url";
import { deflateSync, inflateSync } from "node:zlib";
import { lookAlong } from "../../support/causes.ts";
import { cut, thrownMessage, thrownStack, wellFormed } from "../../support/thrown.ts";

/**
 * What a record's `error_backtrace` has to be: JSON, deflated, in Base64, which Sidekiq's pages can
 * read.
 *
 * @param wanted The class's `backtrace`: `true` is all, a number so many, `0` nothing.
 * @returns `undefined` where there is nothing to keep.
 */
export function backtraceField(error: unknown, wanted: unknown): string | undefined {
  const lines = keptLines(error, wanted);
  return lines.length === 0 ? undefined : deflateSync(JSON.stringify(lines)).toString("base64");
}

/**
 * What a record keeps of where an error was thrown: as many lines of its backtrace as its class
 * wants, and in any case the first that is the application's own, which may be a cause's; where
 * none is, the first of all. With `0` not even that one is wanted.
 */
function keptLines(error: unknown, wanted: unknown): readonly string[] {
  const lines = linesOf(error);
  const kept = wanted === true ? lines : lines.slice(0, countOf(wanted));
  if (wanted === 0 || kept.some(isOwn)) {
    return kept;
  }
  const own = lookAlong(error, {
    at: (each) => (each === error ? lines : linesOf(each)).find(isOwn),
  });
  return own === undefined && kept.length > 0
    ? kept
    : [...kept, own ?? lines[0] ?? ""].filter(Boolean);
}

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

/**
 * The first line of a backtrace that is the application's own, as `path:line`.
 *
 * @returns `undefined` where there is none.
 */
export function ownLine(backtrace: readonly string[]): string | undefined {
  const line = backtrace.find(isOwn);
  // "at call (file:///app/x.ts:3:7)", or Ruby's "app/x.rb:3:in 'call'".
  const place = line && /(?:file:\/\/)?([^\s()]+?:\d+)(?::\d+)?(?=\)|:in |$)/.exec(line)?.[1];
  return place === undefined || place === "" ? line : place;
}

/** Where code stands that is not the application's: Node's own, what is installed, Ruby's gems. */
const OTHERS = /\bnode:|[/\\]node_modules[/\\]|[/\\]gems[/\\]|^at (new )?<anonymous>$/;

/**
 * The folder of this package, which need not be installed; none in a bundle, which is a file of the
 * application's.
 */
const [here = ""] = /^file:.*\/(?=job\/record\/backtrace\.[jt]s$)/.exec(import.meta.url) ?? [];
const folders = here === "" ? [] : [here, fileURLToPath(here)];

function isOwn(line: string): boolean {
  return (
    /:\d+/.test(line) && !OTHERS.test(line) && !folders.some((folder) => line.includes(folder))
  );
}

/** A stack without its head, which has the message, and lines of that may look like any. */
function linesOf(error: unknown): readonly string[] {
  const stack = thrownStack(error);
  if (stack === undefined) {
    return [];
  }
  const message = thrownMessage(error);
  const begin = stack.indexOf(message);
  return wellFormed(begin < 0 ? stack : stack.slice(begin + message.length))
    .split("\n")
    .map((line) => cut(line.trim()))
    .filter((line) => line.startsWith("at "));
}

function countOf(wanted: unknown): number {
  return typeof wanted === "number" ? wanted : 0;
}
