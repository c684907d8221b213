import type { Adapter } from "../adapters/adapter.ts";
import type { Document, Documents } from "../adapters/documents.ts";
import { checkInteger, checkOptionNames } from "../job/checks/checks.ts";
import { settings } from "../job/settings/settings.ts";

/** Something that an operator did, or tried to do. */
export interface AuditEntry {
  /** Unlike any other. */
  readonly id: string;
  /** When it was begun, by the store's clock: ISO 8601. */
  readonly at: string;
  /** Who did it. */
  readonly actor: string;
  /** What: "jobs.retry", "queues.pause". */
  readonly action: string;
  /** To what: a jid, a queue, or a selection as it was written; arguments are not in it. */
  readonly subject: string;
  /**
   * "begun": nothing was heard of its end, since whoever did it is gone. "refused": they may not.
   */
  readonly outcome: "begun" | "done" | "failed" | "refused";
  /** To how many it was done; `undefined` until it has ended. */
  readonly count?: number | undefined;
}

/** What may be asked of the log. */
export interface AuditOptions {
  /** How many entries at most, the latest first. @default 100 */
  readonly limit?: number;
}

/** Entries of one document: with the longest there may be they fit into its 64 KB. */
const PER_PART = 24;
/** Parts that are kept: with them the latest 4,000 entries, at least. */
const PARTS = 170;
const LONGEST = 200;
const HEAD = "audit:head";

/**
 * What operators did with the dashboard, the latest first: who, what, to what, and what came of it.
 * The latest 4,000 are kept in the store.
 *
 * @param adapter @default the one of `configure`
 * @returns none where the store keeps no documents.
 * @throws {RangeError} if `limit` is no integer of at least 1.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { auditLog } from "mandate";
 *
 * for (const { at, actor, action, subject, count } of await auditLog({ limit: 20 })) {
 *   console.log(at, actor, action, subject, count);
 * }
 * ```
 */
export async function auditLog(
  options: AuditOptions = {},
  { documents }: Adapter = settings().adapter,
): Promise<readonly AuditEntry[]> {
  checkOptionNames(options, ["limit"], "the options of auditLog");
  const { limit = 100 } = options;
  checkInteger(limit, "the limit of auditLog", 1);
  const entries: AuditEntry[] = [];
  if (documents === undefined) {
    return entries;
  }
  let part = await latestPart(documents);
  const oldest = Math.max(0, part - PARTS + 1);
  for (; part >= oldest && entries.length < limit; part -= 1) {
    const [found] = await documents.read([nameOf(part)]);
    entries.push(...entriesIn(found).toReversed());
  }
  return entries.slice(0, limit);
}

/**
 * Writes an entry, or what came of one that was written before.
 *
 * @throws {AdapterError} if the store does not answer.
 */
export async function writeAudit(entry: AuditEntry, { documents }: Adapter): Promise<void> {
  if (documents === undefined) {
    return;
  }
  const written = { ...entry, actor: cut(entry.actor), subject: cut(entry.subject) };
  let part = await latestPart(documents);
  for (;;) {
    const [found] = await documents.read([nameOf(part)]);
    const entries = entriesIn(found);
    const at = entries.findIndex(({ id }) => id === entry.id);
    if (at < 0 && entry.outcome !== "begun" && (await amend(documents, part - 1, written))) {
      return;
    }
    if (at < 0 && entries.length >= PER_PART) {
      part = await nextPart(documents, part);
    } else if (await put(documents, part, { found, entries: withEntry(entries, at, written) })) {
      return;
    }
  }
}

function withEntry(
  entries: readonly AuditEntry[],
  at: number,
  entry: AuditEntry,
): readonly AuditEntry[] {
  return at < 0 ? [...entries, entry] : entries.with(at, entry);
}

/** The part before may have the entry's beginning. @returns `false` if it has not. */
async function amend(documents: Documents, part: number, entry: AuditEntry): Promise<boolean> {
  for (;;) {
    const [found] = part < 0 ? [] : await documents.read([nameOf(part)]);
    const entries = entriesIn(found);
    const at = entries.findIndex(({ id }) => id === entry.id);
    if (at < 0) return false;
    if (await put(documents, part, { found, entries: withEntry(entries, at, entry) })) return true;
  }
}

/** @returns `false` if somebody else wrote meanwhile. */
async function put(
  documents: Documents,
  part: number,
  {
    found,
    entries,
  }: { readonly found: Document | undefined; readonly entries: readonly AuditEntry[] },
): Promise<boolean> {
  const { conflict } = await documents.write({
    name: nameOf(part),
    text: JSON.stringify(entries),
    version: found?.version ?? "none",
  });
  return conflict === undefined;
}

/** Begins another part, unless somebody did, and forgets the one that is too old for it. */
async function nextPart(documents: Documents, part: number): Promise<number> {
  const [head] = await documents.read([HEAD]);
  if (Number(head?.text ?? 0) > part) {
    return Number(head?.text);
  }
  const { conflict } = await documents.write({
    name: HEAD,
    text: String(part + 1),
    version: head?.version ?? "none",
  });
  await documents.delete(nameOf(part + 1 - PARTS));
  return conflict === undefined ? part + 1 : Number(conflict.found?.text ?? part);
}

async function latestPart(documents: Documents): Promise<number> {
  const [head] = await documents.read([HEAD]);
  return Number(head?.text ?? 0);
}

function nameOf(part: number): string {
  return `audit:${part}`;
}

function entriesIn(document: Document | undefined): AuditEntry[] {
  return document === undefined ? [] : (JSON.parse(document.text) as AuditEntry[]);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
