import { createHash, randomUUID } from "node:crypto";
import type { JobRecord } from "../../adapters/job-record.ts";
import { editPayload, fieldText, JsonText, type PayloadChanges } from "../../adapters/payload.ts";

/** The class on the wire of every deferred command; its first argument names the command. */
export const mandateJob = "MandateJob";

/**
 * What Rails runs its jobs through. Every Sidekiq reads the first; from 8 on it writes the second.
 */
const OLDER_WRAPPER = "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper";
const NEWER_WRAPPER = "Sidekiq::ActiveJob::Wrapper";

/** Keyword arguments, as Active Job marks them. */
const KEYWORDS = "_aj_ruby2_keywords";
const PREREQS = "prereq_jobs";

/**
 * An Active Job, as it stands in the arguments of its wrapper. Ruby's may have more; some have
 * less.
 */
export interface ActiveJob {
  readonly job_class: string;
  readonly arguments: readonly unknown[];
  /** Of the past, those that `retry_on` counts. */
  executions?: number;
  exception_executions?: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
}

/** Whether a class on the wire is one that wraps an Active Job. */
export function isWrapper(className: unknown): boolean {
  return className === OLDER_WRAPPER || className === NEWER_WRAPPER;
}

/** The Active Job in a record; `undefined` where that is another, or damaged. */
export function activeJobIn(record: Pick<JobRecord, "class" | "args">): ActiveJob | undefined {
  return isWrapper(record.class) && isActiveJob(record.args[0]) ? record.args[0] : undefined;
}

function isActiveJob(value: unknown): value is ActiveJob {
  if (typeof value !== "object" || value === null) return false;
  const { job_class: name, arguments: args } = value as Partial<ActiveJob>;
  return typeof name === "string" && Array.isArray(args);
}

/**
 * What Ruby's MandateJob hands its command: its arguments without those that are its own, the
 * command's name and the jobs to wait for.
 */
export function commandArguments([, ...args]: readonly unknown[]): unknown[] {
  const keywords = args.at(-1);
  if (!isKeywords(keywords) || !Object.hasOwn(keywords, PREREQS)) return args;
  const { [PREREQS]: _, [KEYWORDS]: names, ...others } = keywords;
  return Object.keys(others).length === 0
    ? args.slice(0, -1)
    : [...args.slice(0, -1), { ...others, [KEYWORDS]: names.filter((name) => name !== PREREQS) }];
}

/**
 * Keyword arguments in the place of the last parameter: what may stand in front of them, Ruby may
 * have left out.
 *
 * @param count How many parameters there are, where that is known.
 */
export function withKeywordsLast(args: readonly unknown[], count = 0): unknown[] {
  const keywords = args.at(-1);
  if (args.length >= count || !isKeywords(keywords)) return [...args];
  return [...args.slice(0, -1), ...Array<undefined>(count - args.length), keywords];
}

/** The jids that Ruby's MandateJob waits for. */
export function prereqsOfRuby({ job_class: name, arguments: args }: ActiveJob): string[] {
  const keywords = args.at(-1);
  if (name !== mandateJob || !isKeywords(keywords)) return [];
  const prereqs: unknown = keywords[PREREQS];
  return (Array.isArray(prereqs) ? (prereqs as ({ job_id?: unknown } | null)[]) : [])
    .map((prereq) => prereq?.job_id)
    .filter((jid) => typeof jid === "string");
}

function isKeywords(
  value: unknown,
): value is Record<string, unknown> & { readonly [KEYWORDS]: readonly unknown[] } {
  return (
    typeof value === "object" &&
    value !== null &&
    Array.isArray((value as { [KEYWORDS]?: unknown })[KEYWORDS])
  );
}

/** A job to wait for, as Ruby's MandateJob looks for it. */
export interface RubyPrereq {
  readonly jid: string;
  readonly queue: string;
}

/** Jobs to wait for as a keyword: among those there are, or by itself. */
export function withPrereqs(args: readonly unknown[], prereqs: readonly RubyPrereq[]): unknown[] {
  if (prereqs.length === 0) return [...args];
  const last = args.at(-1);
  const keywords = isKeywords(last) ? last : undefined;
  const { [KEYWORDS]: names = [], ...others } = keywords ?? {};
  const waitedFor = prereqs.map(({ jid, queue }) => ({
    job_id: jid,
    queue_name: queue,
    _aj_symbol_keys: ["job_id", "queue_name"],
  }));
  return [
    ...(keywords === undefined ? args : args.slice(0, -1)),
    { ...others, [PREREQS]: waitedFor, [KEYWORDS]: [...names, PREREQS] },
  ];
}

/**
 * Wraps arguments as Active Job does, in the form that every version reads: an absent locale and
 * time zone are the worker's own.
 *
 * @param job `at`: when it is due, epoch seconds; `now` likewise.
 * @see Active Job 6.1 to 8.1, `core.rb`
 */
export function wrapped(
  name: string,
  args: readonly unknown[],
  job: {
    readonly queue: string;
    readonly priority: number | undefined;
    readonly at: number | undefined;
    readonly now: number;
  },
): Pick<JobRecord, "class" | "args"> {
  const activeJob: ActiveJob = {
    job_class: name,
    job_id: randomUUID(),
    provider_job_id: null,
    queue_name: job.queue,
    priority: job.priority ?? null,
    arguments: args,
    executions: 0,
    exception_executions: {},
    locale: null,
    timezone: null,
    enqueued_at: iso(job.now),
    scheduled_at: job.at === undefined ? null : iso(job.at),
  };
  return { class: OLDER_WRAPPER, args: [activeJob] };
}

/** The counts that Active Job itself goes by. */
export type ActiveJobCounts = Required<Pick<ActiveJob, "executions" | "exception_executions">>;

/**
 * A payload with the counts of its Active Job written anew. One without an Active Job is left as it
 * is.
 */
export function editCounts(payload: string, counts: ActiveJobCounts): string {
  try {
    return editActiveJob(payload, { ...counts });
  } catch {
    return payload;
  }
}

/**
 * A payload with fields of its Active Job written anew, all else byte for byte.
 *
 * @throws {SyntaxError} if there is none.
 */
export function editActiveJob(payload: string, changes: PayloadChanges): string {
  const args = fieldText(payload, "args")?.trim() ?? "";
  const job = editPayload(args.slice(1, -1), changes);
  return editPayload(payload, { args: new JsonText(`[${job}]`) });
}

/**
 * By what Active Job tells a job from others like it: its id, which follows from a text, and its
 * times.
 */
export function activeJobIdentity(
  text: string,
  { now, at }: { readonly now: number; readonly at?: number | undefined },
): PayloadChanges {
  const hex = createHash("sha256").update(text).digest("hex");
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hex) ?? [];
  return {
    job_id: parts.join("-"),
    enqueued_at: iso(now),
    scheduled_at: at === undefined ? null : iso(at),
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace("Z", "000000Z");
}
