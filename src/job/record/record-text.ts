import type { JobRecord } from "../../adapters/job-record.ts";

/** Of a text that JSON only puts into quotes. */
const PLAIN = /^[\w:.-]*$/;
/** What most records have, and no more. */
const USUAL = ["class", "args", "queue", "jid", "retry", "created_at", "sig"].length;

/**
 * A record as `JSON.stringify` writes it. Most have the same few fields, and are put together here:
 * that takes a seventh less, of what is a third of the cost of each job that `deferAll` sends.
 */
export function recordText(record: JobRecord): string {
  const { class: name, args, queue, jid, retry, created_at: createdAt, sig } = record;
  return isUsual(record) &&
    typeof name === "string" &&
    Array.isArray(args) &&
    typeof queue === "string" &&
    typeof jid === "string" &&
    PLAIN.test(jid) &&
    typeof retry === "boolean" &&
    Number.isFinite(createdAt) &&
    typeof sig === "string"
    ? inOnePiece(
        `{"class":${quoted(name)},"args":${JSON.stringify(args)},"queue":${quoted(queue)},"jid":"${jid}",` +
          `"retry":${retry},"created_at":${createdAt},"sig":${quoted(sig)}}`,
      )
    : JSON.stringify(record);
}

const BRACE = "{".charCodeAt(0);

/**
 * V8 keeps a text that was put together as its parts until somebody looks into it: a thousand jobs in
 * memory would be ten thousand parts, which costs each of them a third more to enqueue and to run.
 */
function inOnePiece(text: string): string {
  return text.charCodeAt(0) === BRACE ? text : "";
}

function isUsual(record: JobRecord): boolean {
  let fields = 0;
  for (const _field in record) fields += 1;
  return fields === USUAL;
}

const MOST_KNOWN = 1_000;
/** Of classes, queues and signatures, which come again and again. */
const known = new Map<string, string>();

function quoted(text: string): string {
  let found = known.get(text);
  if (found === undefined) {
    // A queue may be made up for each job.
    if (known.size === MOST_KNOWN) known.clear();
    found = JSON.stringify(text);
    known.set(text, found);
  }
  return found;
}
