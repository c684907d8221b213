import type { Entry } from "../adapters/adapter.ts";
import type { Hold } from "../adapters/hold.ts";
import { timestamp, type JobRecord, type TimeUnit } from "../adapters/job-record.ts";
import { editPayload, fieldText } from "../adapters/payload.ts";
import type { PreparedJob } from "../job/defer/prepared-job.ts";
import { activeJobIdentity, editActiveJob, isWrapper } from "../job/record/active-job.ts";
import { encryptAgain, standingOf } from "../job/record/encrypted-arguments.ts";
import { jidFrom } from "../support/jid.ts";
import { argumentsWithTime, type AppendedTime } from "./append-time.ts";

/** What the jobs of all occurrences have in common: plain JSON. */
export interface JobTemplate {
  /** Their record, under a jid of its own and without times. */
  readonly payload: string;
  readonly queue: string;
  readonly priority?: number;
  /** Whose they are, where keys take turns. */
  readonly fairKey?: string;
  /** What each of them must hold. */
  readonly holds?: readonly Hold[];
  /** Seconds in which each has to have started, once it is due. */
  readonly expiresIn?: number;
  /** Seconds for which each waits, as its class says (`debounce`). */
  readonly wait?: number;
  /** What each has behind its arguments. */
  readonly appends?: AppendedTime;
}

const FIELDS: readonly (keyof JobTemplate)[] = [
  "payload",
  "queue",
  "priority",
  "fairKey",
  "holds",
  "expiresIn",
  "wait",
  "appends",
];

/** What of a definition is about its jobs. */
export function templateIn(definition: JobTemplate): JobTemplate {
  const given = FIELDS.filter((field) => definition[field] !== undefined);
  return Object.fromEntries(given.map((field) => [field, definition[field]])) as never;
}

/** An occurrence that is to have a job. */
export interface Occurrence {
  readonly jid: string;
  /** When it was due; epoch seconds. */
  readonly at: number;
  /** When its job is enqueued; epoch seconds. */
  readonly now: number;
  /** When the job is due, if not at once. */
  readonly due?: number | undefined;
  /** The store's. */
  readonly timestamps?: TimeUnit | undefined;
}

/** The jid of an occurrence's job: the same, whoever asks. */
export function jidOfOccurrence(key: string, at: number): string {
  return jidFrom(`recurring\n${key}\n${at}`);
}

/** What is the same in each process that makes the same job. */
export function templateOf(key: string, job: PreparedJob): JobTemplate {
  const { payload: made, queue, priority, fairKey, holds } = job.toEntry();
  const { expires_in: expiresIn, encrypted, class: className } = job.record;
  const { wait } = job.declarations.hooks;
  const jid = templateJid(key);
  const payload = editPayload(made.replaceAll(job.id, jid), {
    jid,
    created_at: undefined,
    expiry: undefined,
    ...(encrypted === undefined ? {} : { encrypted: encryptedFor(key, job.record) }),
  });
  return {
    payload: isWrapper(className)
      ? editActiveJob(payload, activeJobIdentity(jid, { now: 0 }))
      : payload,
    queue,
    ...(priority === undefined ? {} : { priority }),
    ...(fairKey === undefined ? {} : { fairKey }),
    ...(holds === undefined ? {} : { holds: holds.map((hold) => ({ ...hold })) }),
    ...(expiresIn === undefined ? {} : { expiresIn }),
    ...(wait === undefined ? {} : { wait }),
  };
}

/** The job of one occurrence, as it goes to its store: like one that is deferred then. */
export function entryOf(
  definition: JobTemplate & { readonly key: string },
  { jid, at, now, timestamps, ...occurrence }: Occurrence,
): Entry {
  const { key, queue, priority, fairKey, holds, expiresIn, wait } = definition;
  const due = wait === undefined ? occurrence.due : (occurrence.due ?? now) + wait;
  const expiresAt = expiresIn === undefined ? undefined : Math.max(now, due ?? now) + expiresIn;
  const payload = editPayload(ownArguments(definition, { jid, at, now, due }), {
    jid,
    created_at: timestamp(now, timestamps),
    recurring: { key, at },
    ...(expiresAt === undefined ? {} : { expiry: timestamp(expiresAt) }),
  });
  return {
    jid,
    queue,
    payload,
    ...(priority === undefined ? {} : { priority }),
    ...(fairKey === undefined ? {} : { fairKey }),
    ...(due === undefined ? {} : { at: due }),
    ...(holds === undefined ? {} : { holds }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** The template's payload with arguments that are this occurrence's. */
function ownArguments(
  { key, payload, appends }: JobTemplate & { readonly key: string },
  { jid, at, now, due }: Occurrence,
): string {
  // An Active Job's jid is in its argument, too.
  const own = payload.replaceAll(templateJid(key), jid);
  const timed =
    appends === undefined ? own : editPayload(own, { args: argumentsWithTime(own, appends, at) });
  return isWrapper(JSON.parse(fieldText(own, "class") ?? '""'))
    ? editActiveJob(timed, activeJobIdentity(jid, { now, at: due }))
    : timed;
}

function templateJid(key: string): string {
  return jidFrom(`recurring\n${key}`);
}

/** Encrypted arguments that all occurrences share. */
function encryptedFor(key: string, record: JobRecord): string {
  return encryptAgain(record, { bound: "recurring", standing: standingOf(record, key) });
}
