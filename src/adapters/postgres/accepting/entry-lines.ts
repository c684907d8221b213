import type { Entry } from "../../adapter.ts";
import { readRecord } from "../../job-record.ts";
import { editPayload } from "../../payload.ts";

/** Whether it asks for nothing but a queue and a time. */
export function isPlain(entry: Entry): boolean {
  const { prereqs, holds, batch, expiresAt, fairKey, remembered } = entry;
  return (
    prereqs === undefined &&
    holds === undefined &&
    batch === undefined &&
    expiresAt === undefined &&
    fairKey === undefined &&
    remembered !== true
  );
}

/** Entries as `enqueue_1` takes them. */
export function plainLines(entries: readonly Entry[]): string {
  return JSON.stringify(entries.map(plain));
}

/** Entries as `enqueue_alike_1` takes them: a line for each. */
export interface AlikeLines {
  readonly queue: string;
  readonly jids: string;
  readonly payloads: string;
}

/** @returns `undefined` if plain entries differ in more than jid and payload. */
export function alikeLines(entries: readonly Entry[]): AlikeLines | undefined {
  const queue = entries[0]?.queue ?? "";
  const areAlike = entries.every(
    (entry) =>
      entry.queue === queue &&
      (entry.priority ?? 0) === 0 &&
      entry.at === undefined &&
      entry.delay === undefined &&
      isLine(entry.jid) &&
      isLine(entry.payload),
  );
  if (!areAlike) {
    return undefined;
  }
  return {
    queue,
    jids: entries.map(({ jid }) => jid).join("\n"),
    payloads: entries.map(({ payload }) => payload).join("\n"),
  };
}

function isLine(text: string): boolean {
  return text !== "" && !text.includes("\n");
}

/** Entries as `enqueue_guarded_1` takes them. */
export function guardedLines(entries: readonly Entry[]): string {
  return JSON.stringify(entries.map(guarded));
}

function plain({ jid: j, queue: q, payload: t, priority: p, at: a, delay: d }: Entry): object {
  return { j, q, t, p, a, d };
}

function guarded(entry: Entry): object {
  const { prereqs: w, prereqFailure: wf, fairKey: fair, expiresAt: x, batch: b } = entry;
  const { holds, remembered } = entry;
  return {
    ...plain(entry),
    w,
    wf,
    fair,
    x,
    b,
    m: remembered === true ? true : undefined,
    h: holds?.map((hold) => ({ ...hold, to: numberText(hold.to) })),
    tr:
      holds?.some(({ whenFull }) => whenFull === "replace") === true
        ? withoutJid(entry.payload)
        : undefined,
  };
}

/** JSON has no `Infinity`; Postgres reads it as a text. */
export function numberText(value: number | undefined): number | string | undefined {
  return value === Infinity ? "Infinity" : value;
}

/**
 * The payload up to its last brace, for a store that puts another jid there; `undefined` where it
 * says none.
 */
function withoutJid(payload: string): string | undefined {
  return readRecord(payload) === undefined
    ? undefined
    : editPayload(payload, { jid: undefined }).slice(0, -1);
}
