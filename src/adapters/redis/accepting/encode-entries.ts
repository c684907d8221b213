import { isOwnJid } from "../../../support/jid.ts";
import { type Entry, RecordEntry } from "../../adapter.ts";
import type { Script } from "../scripts/script.ts";
import {
  enqueueLanesScript,
  enqueueOneScript,
  enqueueScript,
  enqueueWaitingScript,
} from "../scripts/scripts.ts";

/** The script that accepts a batch, and what it takes behind the batch's number. */
export interface EncodedEntries {
  readonly script: Script;
  readonly args: readonly (string | number)[];
}

/** @param heartbeat Seconds from one heartbeat of a Sidekiq process to the next. */
export function encodeEntries(given: readonly Entry[], heartbeat: number): EncodedEntries {
  const [first] = given;
  if (first !== undefined && given.length === 1 && isReady(first) && isPlain(first)) {
    return { script: enqueueOneScript, args: [first.queue, first.jid, withoutBrace(first)] };
  }
  const entries = given.length === 1 ? given : firstOfEach(given);
  if (entries.every(isReady)) {
    return entries.every(isPlain)
      ? { script: enqueueScript, args: encodeReady(entries) }
      : { script: enqueueLanesScript, args: encodeLanes(entries) };
  }
  const strange = strangePrerequisites(entries);
  const args = [heartbeat, strange.length, ...strange, ...entries.flatMap(encodeWaiting)];
  return { script: enqueueWaitingScript, args };
}

/** Of those with one jid, the first. */
function firstOfEach(entries: readonly Entry[]): readonly Entry[] {
  if (entries.every((entry) => RecordEntry.isFirst(entry))) {
    return entries;
  }
  const jids = new Set<string>();
  for (const { jid } of entries) {
    jids.add(jid);
  }
  return jids.size === entries.length ? entries : entries.filter(({ jid }) => jids.delete(jid));
}

/** Of `"enqueued_at":…}`, as the scripts look for it. */
const LONGEST_STAMP = 64;

/** Whether it waits for nothing, its jid is like all others, and its payload is one that `enqueued_at` can simply be joined to. */
function isReady({ payload, at, prereqs, remembered }: Entry): boolean {
  return (
    at === undefined &&
    remembered !== true &&
    (prereqs === undefined || prereqs.length === 0) &&
    payload.startsWith('{"') &&
    payload.endsWith("}") &&
    !payload.includes('"enqueued_at"', payload.length - LONGEST_STAMP)
  );
}

/** Whether it belongs into its queue's list, whoever looks beside that. */
function isPlain({ priority = 0 }: Entry): boolean {
  return priority === 0;
}

/** The script joins a last field to it. */
function withoutBrace({ payload }: Entry): string {
  return payload.slice(0, -1);
}

/** By queue, in the order of the queues' first jobs. */
function encodeReady(entries: readonly Entry[]): (string | number)[] {
  const byQueue = new Map<string, (string | number)[]>();
  let queue: string | undefined;
  let args: (string | number)[] = [];
  for (const entry of entries) {
    if (entry.queue !== queue) {
      ({ queue } = entry);
      args = byQueue.get(queue) ?? [queue, 0];
      byQueue.set(queue, args);
    }
    args.push(entry.jid, withoutBrace(entry));
  }
  for (const each of byQueue.values()) {
    each[1] = (each.length - 2) / 2;
  }
  return byQueue.size === 1 ? args : [...byQueue.values()].flat();
}

/** By queue, as `encodeReady`. */
function encodeLanes(entries: readonly Entry[]): (string | number)[] {
  const byQueue = new Map<string, (string | number)[]>();
  for (const entry of entries) {
    const { jid, queue, priority } = entry;
    const args = byQueue.get(queue) ?? [];
    args.push(jid, priority || "", withoutBrace(entry));
    byQueue.set(queue, args);
  }
  return [...byQueue].flatMap(([queue, args]) => [queue, args.length / 3, ...args]);
}

function encodeWaiting(entry: Entry): (string | number)[] {
  const { jid, queue, payload, at, delay, prereqs = [], prereqFailure = "release" } = entry;
  const unique = [...new Set(prereqs)];
  const flag = entry.remembered === true ? 1 : "";
  const due = delay === undefined ? (at ?? "") : `+${delay.toFixed(6)}`;
  const priority = entry.priority || "";
  return [jid, queue, payload, due, prereqFailure, flag, priority, unique.length, ...unique];
}

/** Prerequisites that may be jobs of Ruby's. */
function strangePrerequisites(entries: readonly Entry[]): string[] {
  const strange = new Set<string>();
  for (const { prereqs = [] } of entries) {
    prereqs.filter((jid) => !isOwnJid(jid)).forEach((jid) => strange.add(jid));
  }
  if (strange.size > 0) {
    entries.forEach(({ jid }) => strange.delete(jid));
  }
  return [...strange];
}
