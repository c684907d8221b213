import { inflateSync } from "node:zlib";
import { newJid } from "../support/jid.ts";
import { readRecord, readTimestamp, type JobRecord } from "./job-record.ts";
import { editPayload, type PayloadChanges } from "./payload.ts";

/**
 * The class of a record that stands for what is no job's. No command and no job of that name can
 * be.
 */
export const UNREADABLE = "Mandate::Unreadable";

/** What is known of a payload beside its text. */
export interface Whereabouts {
  readonly jid: string | undefined;
  readonly queue: string;
  /** The present, as time fields of its store's records carry it. */
  readonly stamp: number;
}

/**
 * A payload as Sidekiq's pages can show it, and its API can move it: one that is not stays where it
 * is for all to see, but takes the whole page along. What is no object, or wraps a job that is not
 * there, is wrapped; of a record, fields that Ruby stumbles over are repaired.
 *
 * @param record The same, where it was read before.
 * @returns the text itself, where nothing is amiss.
 */
export function presentable(
  payload: string,
  whereabouts: Whereabouts,
  record: JobRecord | undefined = readRecord(payload),
): string {
  if (record === undefined || isHollow(record)) {
    return wrapped(payload, whereabouts);
  }
  const changes = repairs(record, whereabouts);
  return changes === undefined ? payload : editPayload(payload, changes);
}

/** A record that says what it was: the whole text is its only argument, so nothing is lost. */
export function wrapped(payload: string, { jid, queue, stamp }: Whereabouts): string {
  return JSON.stringify({
    class: UNREADABLE,
    args: [payload],
    queue,
    jid: jid ?? jidIn(payload) ?? newJid(),
    // With `false` Ruby would drop it, were it to run there.
    retry: 0,
    created_at: stamp,
  });
}

/**
 * Where it says no jid or no queue, that too: without them Sidekiq's pages cannot find one of the
 * dead.
 */
export function withWhereabouts(
  payload: string,
  { jid, queue }: Pick<Whereabouts, "jid" | "queue">,
): string {
  const said = readRecord(payload);
  return said === undefined || (said.jid && said.queue)
    ? payload
    : editPayload(payload, {
        ...(said.jid ? {} : { jid: jid ?? newJid() }),
        ...(said.queue ? {} : { queue }),
      });
}

/** Under the jid that its store knows it by, where the record says another. */
export function withJid(payload: string, jid: string): string {
  const record = readRecord(payload);
  return record === undefined || record.jid === jid ? payload : editPayload(payload, { jid });
}

/**
 * Fields that break Sidekiq's pages, as they are right; `undefined` where there are none. What they
 * held is kept in `misfits`.
 *
 * @see Sidekiq 6.4.1 `api.rb`, `web/views`: `Time.at` of what is no time, `map` of tags, `Inflate`
 *   of a backtrace
 */
export function repairs(
  record: JobRecord,
  { jid, queue }: Pick<Whereabouts, "jid" | "queue">,
): PayloadChanges | undefined {
  // A job that moves is one of very many, and nearly none has any.
  let misfits: Record<string, unknown> | undefined;
  for (const field of FIELDS) {
    const value: unknown = record[field];
    if (value != null && !FITS[field](value, record)) {
      misfits ??= {};
      misfits[field] = value;
    }
  }
  if (misfits === undefined) {
    return undefined;
  }
  const removed = Object.fromEntries(Object.keys(misfits).map((name) => [name, undefined]));
  return {
    ...removed,
    ...("queue" in misfits ? { queue } : {}),
    ...("jid" in misfits ? { jid: jid ?? newJid() } : {}),
    misfits: { ...earlier(record), ...misfits },
  };
}

const WRAPPERS =
  /^(ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper|Sidekiq::ActiveJob::Wrapper)$/;
const MAIL = "ActionMailer::MailDeliveryJob";

/**
 * Whether it says that it wraps a job, and has none of which Ruby could show the name and the
 * arguments.
 */
function isHollow({ class: name, args, wrapped: inner }: JobRecord): boolean {
  if (!WRAPPERS.test(name)) {
    return String(name).startsWith("Sidekiq::Extensions::Delayed") && !Array.isArray(args);
  }
  const [job] = Array.isArray(args) ? args : [];
  const { arguments: all } = (typeof job === "object" ? (job ?? {}) : {}) as {
    arguments?: unknown;
  };
  const letter: unknown = Array.isArray(all) ? (all as unknown[])[3] : undefined;
  return !Array.isArray(all) || (inner === MAIL && (typeof letter !== "object" || letter === null));
}

/** What a field has to be, where it is there. */
const FITS = {
  jid: isText,
  queue: isText,
  created_at: isTime,
  enqueued_at: isTime,
  failed_at: isTime,
  retried_at: isTime,
  tags: (value: unknown) => Array.isArray(value),
  error_backtrace: isBacktrace,
  // Its last argument is hidden, which has to be there.
  encrypt: (value: unknown, { args }: JobRecord) =>
    value === false || (Array.isArray(args) && args.length > 0),
} as const;

const FIELDS = Object.keys(FITS) as (keyof typeof FITS)[];

function earlier({ misfits }: JobRecord): object {
  return typeof misfits === "object" && misfits !== null ? misfits : {};
}

/** Whether a record's time field can be read: here, and so there, where more can. */
export function isTime(value: unknown): value is number {
  return readTimestamp(value) !== undefined;
}

function isBacktrace(value: unknown): boolean {
  if (typeof value !== "string") {
    return Array.isArray(value);
  }
  try {
    return Array.isArray(JSON.parse(inflateSync(Buffer.from(value, "base64")).toString()));
  } catch {
    return false;
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function jidIn(payload: string): string | undefined {
  const jid: unknown = readRecord(payload)?.jid;
  return typeof jid === "string" && jid !== "" ? jid : undefined;
}
