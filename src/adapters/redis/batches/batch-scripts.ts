import type { BatchFailure, BatchOpening, BatchState } from "../../batches.ts";
import { readFlag, readInteger, readList, readText, readTexts } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { script, type Argument, type Script } from "../scripts/script.ts";

/** Opens a batch. Answers whether it could be. */
export const openBatchScript: Script<BatchOpening, boolean> = script("change-batch", {
  encode: ({ id, text, seconds, keep, parent = "" }) => ["open", id, text, seconds, keep, parent],
  decode: readFlag,
});

interface Change {
  readonly id: string;
  readonly deed: "renew" | "close" | "note";
  /** Seconds, 1 if it is incomplete, or the text. */
  readonly with: Argument;
}

/** Keeps a batch open, closes it, or keeps a text with it. Answers whether it could be done. */
export const changeBatchScript: Script<Change, boolean> = script("change-batch", {
  encode: ({ deed, id, with: what }) => [deed, id, what],
  decode: readFlag,
});

/** Answers which batches were cancelled. */
export const cancelBatchScript: Script<
  { readonly id: string; readonly seconds: number },
  readonly string[]
> = script("change-batch", {
  encode: ({ id, seconds }) => ["cancel", id, seconds],
  decode: readTexts,
});

/** What is known of these batches. */
export const readBatchesScript: Script<readonly string[], readonly (BatchState | undefined)[]> =
  script("read-batches", {
    encode: (ids) => [0, "", ...ids],
    decode: (reply) => readList(reply).map(readState),
  });

interface Listed {
  readonly batches: readonly BatchState[];
  readonly cursor: string | undefined;
}

/** A page of them, the latest first. */
export const listBatchesScript: Script<
  { readonly cursor: string | undefined; readonly limit: number },
  Listed
> = script("read-batches", {
  encode: ({ cursor = "", limit }) => [limit, cursor],
  decode: (reply) => {
    const states = [...readList(reply)];
    const last = states.at(-1);
    const cursor = typeof last === "string" ? last : undefined;
    const known = cursor === undefined ? states : states.slice(0, -1);
    return { batches: known.flatMap((state) => readState(state) ?? []), cursor };
  },
});

function readState(reply: Reply | undefined): BatchState | undefined {
  const [id, hash, pendingChildren, failures] = readList(reply);
  if (id === undefined) {
    return undefined;
  }
  const fields = fieldsOf(readTexts(hash));
  const count = (name: string): number => Number(fields.get(name) ?? 0);
  const time = (name: string): number | undefined => {
    const at = fields.get(name);
    return at === undefined ? undefined : Number(at);
  };
  return {
    id: readText(id),
    text: fields.get("text") ?? "{}",
    parent: fields.get("parent"),
    createdAt: count("created"),
    openUntil: time("open"),
    total: count("total"),
    pending: count("pending"),
    untried: count("untried"),
    dead: count("dead"),
    children: count("children"),
    pendingChildren: readInteger(pendingChildren ?? 0),
    isIncomplete: fields.has("incomplete"),
    cancelledAt: time("cancelled"),
    completedAt: time("complete"),
    diedAt: time("death"),
    succeededAt: time("success"),
    endedAt: time("end"),
    failures: readTexts(failures).map(readFailure),
  };
}

function fieldsOf(hash: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < hash.length; at += 2) {
    fields.set(hash[at] ?? "", hash[at + 1] ?? "");
  }
  return fields;
}

function readFailure(text: string): BatchFailure {
  const [jid = "", errorClass = "", errorMessage = ""] = JSON.parse(text) as string[];
  return { jid, errorClass, errorMessage };
}
