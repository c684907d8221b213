import { inspect } from "node:util";
import { isGlobalID } from "../globalid/global-id.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { propertyStep } from "../serialization/json-path.ts";
import { isPlainObject, isValidDate } from "../support/realms.ts";
import { isAsymmetricMatcher } from "./asymmetric-matcher.ts";
import type { RecordedJob } from "./recorded-job.ts";
import { TimeMatcher } from "./within.ts";

const MOST_JOBS = 20;
const MOST_CHARACTERS = 500;

/** What a line in a message says about a job. */
interface ShownJob {
  readonly name: string;
  readonly arguments?: readonly unknown[] | undefined;
  readonly queue?: string | undefined;
  readonly at?: unknown;
  readonly priority?: number | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** `Greet("Ada", gid://app/User/1) in queue "mailers" at 2026-01-01T00:00:00.000Z`. */
export function shownJob({ name, arguments: args, queue, at, priority, tags }: ShownJob): string {
  return [
    name + (args === undefined ? "" : `(${cut(args.map((arg) => shownValue(arg)).join(", "))})`),
    queue === undefined ? "" : ` in queue "${queue}"`,
    at === undefined ? "" : `${at instanceof TimeMatcher ? "" : " at"} ${shownValue(at)}`,
    priority === undefined ? "" : ` with priority ${priority}`,
    tags === undefined || tags.length === 0 ? "" : ` tagged ${shownTags(tags)}`,
  ].join("");
}

/** One line for each job; where there are too many, the first. */
export function shownJobs(jobs: readonly RecordedJob[]): string {
  const lines = jobs.slice(0, MOST_JOBS).map(({ handle, moment }) => {
    const again = { enqueue: "", requeue: ", requeued", retry: ", to be retried" }[moment.kind];
    return `  ${shownJob(shownHandle(handle))}${again}`;
  });
  const left = jobs.length - lines.length;
  return [...lines, ...(left > 0 ? [`  and ${left} more`] : [])].join("\n");
}

function shownHandle(handle: JobHandle): ShownJob {
  return {
    name: handle.className,
    arguments: handle.arguments,
    queue: handle.queueName,
    at: handle.scheduledAt,
    priority: handle.priority === 0 ? undefined : handle.priority,
    tags: handle.tags,
  };
}

function shownTags(tags: readonly string[]): string {
  return tags.map((tag) => JSON.stringify(tag)).join(", ");
}

/** A value as code would write it, on one line; a record as its global id. */
function shownValue(value: unknown, above: readonly unknown[] = []): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isGlobalID(value)) return value.toString();
  if (isValidDate(value)) return value.toISOString();
  if (isAsymmetricMatcher(value)) return shownMatcher(value);
  if (above.includes(value)) return "[circular]";
  const shown = (inner: unknown): string => shownValue(inner, [...above, value]);
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value === "object" && value !== null && isPlainObject(value)) {
    const members = Object.entries(value).map(([key, inner]) => `${keyOf(key)}: ${shown(inner)}`);
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return inspect(value, { breakLength: Infinity, compact: true });
}

/**
 * vitest's and Jest's say what they are by one of two methods, and what they were given by
 * `sample`.
 */
function shownMatcher(matcher: object): string {
  const foreign = matcher as {
    readonly sample?: unknown;
    toAsymmetricMatcher?(): string;
    toString(): string;
  };
  if (foreign.toAsymmetricMatcher !== undefined) return foreign.toAsymmetricMatcher();
  const name = foreign.toString();
  return name.startsWith("[object ")
    ? inspect(matcher, { breakLength: Infinity, compact: true })
    : `${name}(${shownValue(foreign.sample)})`;
}

function keyOf(key: string): string {
  const step = propertyStep(key);
  return step.startsWith(".") ? key : JSON.stringify(key);
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
