import type { Page, StoredJob } from "../../job-store.ts";
import type { RedisContext } from "../redis-context.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { readScored, readValues, type Scored, type Value } from "../connection/read-reply.ts";
import { pageScript, type PageRequest } from "./page-script.ts";
import { timeIn } from "../payloads/untrusted.ts";
import type { Identified } from "../payloads/owners.ts";
import { someValues } from "../scripts/hash-values.ts";

/**
 * A page of a sorted set; the cursor holds the last payload and its score, where reading goes on if
 * it has left.
 */
export async function pageOfSet(
  context: RedisContext,
  { set, cursor, limit }: PageRequest & { readonly set: "scheduled" | "retry" | "dead" },
): Promise<Page> {
  const page = { kind: set, queue: "", cursor, limit };
  const { isCut, members: reply } = await context.run(pageScript, page);
  const members = readScored(reply);
  const payloads = members.map(({ member, at }) => ({ payload: member, at }));
  const jobs = await stored(context, payloads, undefined);
  return { jobs, cursor: cursorBehind(members, isCut || members.length === limit) };
}

export function cursorBehind(members: readonly Scored[], isMore: boolean): string | undefined {
  const last = members.at(-1);
  return isMore && last !== undefined ? `${last.score}:${last.member}` : undefined;
}

/**
 * A page of what is blocked, in the order of blocking; the cursor is the number of the last one
 * seen.
 */
export async function pageOfBlocked(
  context: RedisContext,
  { cursor, limit }: PageRequest,
): Promise<Page> {
  const { command, keys } = context;
  const from = cursor === undefined ? "-inf" : `(${cursor}`;
  const range = [keys.blocked, from, "+inf", "WITHSCORES", "LIMIT", 0, limit];
  const members = readScored(await command("ZRANGEBYSCORE", ...range));
  if (members.length === 0) {
    return { jobs: [], cursor: undefined };
  }
  const jids = members.map(({ member }) => member);
  const values = await someValues(context, keys.waiting, jids);
  const lines = readValues(await command("HMGET", keys.inLine, ...jids));
  const jobs = values.flatMap((value, index) =>
    value === null ? [] : [readWaiting(jids[index] ?? "", value, lines[index])],
  );
  const isMore = values.length < members.length || members.length === limit;
  return { jobs, cursor: isMore ? `${members[values.length - 1]?.score}` : undefined };
}

async function rankAfter(
  { command }: RedisContext,
  { key, cursor }: { readonly key: string; readonly cursor: string },
): Promise<number> {
  const [score = ""] = cursor.split(":", 1);
  const rank = await command("ZREVRANK", key, cursor.slice(score.length + 1));
  return rank === null
    ? Number(await command("ZCOUNT", key, `(${score}`, "+inf"))
    : Number(rank) + 1;
}

/**
 * A page of what is finished, the newest first; the cursor holds the last jid and when it ended.
 */
export async function pageOfFinished(
  context: RedisContext,
  { cursor, limit }: PageRequest,
): Promise<Page> {
  const { keys, command } = context;
  const key = keys.finished;
  const from = cursor === undefined ? 0 : await rankAfter(context, { key, cursor });
  const reply = await command("ZRANGE", key, from, from + limit - 1, "REV", "WITHSCORES");
  const members = readScored(reply);
  if (members.length === 0) {
    return { jobs: [], cursor: undefined };
  }
  const jids = members.map(({ member }) => member);
  const kept = await someValues(context, keys.finishedJobs, jids);
  const read = members.slice(0, kept.length);
  const jobs = read.flatMap(({ member, at }, index) => readFinished(member, kept[index], at));
  const last = read.at(-1);
  const isMore = (read.length < members.length || members.length === limit) && last !== undefined;
  return { jobs, cursor: isMore ? `${last.score}:${last.member}` : undefined };
}

export async function findFinished(
  { command, keys }: RedisContext,
  jid: string,
): Promise<StoredJob | undefined> {
  const [kept, at] = await Promise.all([
    command("HGET", keys.finishedJobs, jid),
    command("ZSCORE", keys.finished, jid),
  ]);
  return readFinished(jid, kept, Number(at))[0];
}

/** As keep-finished.lua writes it. */
function readFinished(jid: string, kept: Reply | undefined, at: number): StoredJob[] {
  if (typeof kept !== "string") {
    return [];
  }
  const [, queue = "", ...payload] = kept.split("\n");
  return [{ jid, queue, payload: payload.join("\n"), at }];
}

export async function findBlocked(
  { command, keys }: RedisContext,
  jid: string,
): Promise<StoredJob | undefined> {
  const [value, line] = await Promise.all([
    command("HGET", keys.waiting, jid),
    command("HGET", keys.inLine, jid),
  ]);
  return typeof value === "string" ? readWaiting(jid, value, readValues([line])[0]) : undefined;
}

/** A field of the hash of blocked jobs, as `block` in shared/blocked.lua writes it. */
function readWaiting(jid: string, value: string, line: Value | undefined): StoredJob {
  const [at = "", , queue = "", ...payload] = value.split("\n");
  return {
    jid,
    queue,
    payload: payload.join("\n"),
    at: at === "" ? undefined : timeIn(Number(at)),
    ...(line != null && { waitsFor: line }),
  };
}

export async function stored(
  { owners }: RedisContext,
  members: readonly { readonly payload: string; readonly at: number | undefined }[],
  queue: string | undefined,
): Promise<StoredJob[]> {
  const identities = await owners.identifyAll(
    members.map(({ payload }) => payload),
    queue,
  );
  return members.map(({ payload, at }, index) => {
    const { jid, queue: said, record } = identities[index] as Identified;
    return { jid: jid === "" ? undefined : jid, queue: queue ?? said, payload, at, record };
  });
}
