import type { Page, StoredJob } from "../job-store.ts";
import type { RedisContext } from "./redis-context.ts";
import type { Reply } from "./resp/reply-reader.ts";
import { readScored } from "./reply.ts";
import type { Identified } from "./strays.ts";

interface PageRequest {
  readonly cursor: string | undefined;
  readonly limit: number;
}

/**
 * A page of a queue, from the right. Jobs leave on the right while somebody reads: the cursor holds the last payload
 * seen besides its place, and where that has left as well reading starts over, which shows some twice and misses none.
 */
export async function pageOfQueue(
  context: RedisContext,
  { queue, cursor, limit }: PageRequest & { readonly queue: string },
): Promise<Page> {
  const key = context.keys.queue(queue);
  const seen = cursor === undefined ? 0 : await placeAfter(context, key, { cursor, limit });
  const reply = await context.command("LRANGE", key, -(seen + limit), -(seen + 1));
  const payloads = (reply as string[]).toReversed();
  const members = payloads.map((payload) => ({ payload, at: undefined }));
  const read = await stored(context, members, queue);
  const jobs = read.map((job, index) => ({ ...job, depth: seen + index }));
  const last = payloads.at(-1);
  const isMore = payloads.length === limit && last !== undefined;
  return { jobs, cursor: isMore ? `${seen + limit}:${last}` : undefined };
}

/**
 * How many, from the right, were seen before. Where a few have left since, the last one seen is not far from where
 * it was; only else the whole queue is looked through.
 */
async function placeAfter(
  context: RedisContext,
  key: string,
  { cursor, limit }: { readonly cursor: string; readonly limit: number },
): Promise<number> {
  const [place = "0"] = cursor.split(":", 1);
  const payload = cursor.slice(place.length + 1);
  const seen = Number(place);
  if ((await context.command("LINDEX", key, -seen)) === payload) {
    return seen;
  }
  const nearest = Math.max(1, seen - 2 * limit);
  const near = (await context.command("LRANGE", key, -(seen + limit), -nearest)) as string[];
  const found = near.lastIndexOf(payload);
  if (found >= 0) {
    return nearest + near.length - 1 - found;
  }
  const [index, length] = await Promise.all([
    context.command("LPOS", key, payload, "RANK", -1),
    context.command("LLEN", key),
  ]);
  return index === null ? 0 : Number(length) - Number(index);
}

/** A page of a sorted set; the cursor holds the last payload and its score, where reading goes on if it has left. */
export async function pageOfSet(
  context: RedisContext,
  { set, cursor, limit }: PageRequest & { readonly set: "scheduled" | "retry" | "dead" },
): Promise<Page> {
  const { keys, command } = context;
  const key = set === "scheduled" ? keys.schedule : keys[set];
  const isNewestFirst = set === "dead";
  const from = cursor === undefined ? 0 : await rankAfter(context, { key, cursor, isNewestFirst });
  const order = isNewestFirst ? ["REV", "WITHSCORES"] : ["WITHSCORES"];
  const reply = await command("ZRANGE", key, from, from + limit - 1, ...order);
  const members = readScored(reply);
  const payloads = members.map(({ member, at }) => ({ payload: member, at }));
  const jobs = await stored(context, payloads, undefined);
  const last = members.at(-1);
  const isMore = members.length === limit && last !== undefined;
  return { jobs, cursor: isMore ? `${last.score}:${last.member}` : undefined };
}

async function rankAfter(
  { command }: RedisContext,
  place: { readonly key: string; readonly cursor: string; readonly isNewestFirst: boolean },
): Promise<number> {
  const { key, cursor, isNewestFirst } = place;
  const [score = ""] = cursor.split(":", 1);
  const payload = cursor.slice(score.length + 1);
  const rank = await command(isNewestFirst ? "ZREVRANK" : "ZRANK", key, payload);
  if (rank !== null) {
    return Number(rank) + 1;
  }
  const before = isNewestFirst ? [`(${score}`, "+inf"] : ["-inf", `(${score}`];
  return Number(await command("ZCOUNT", key, ...before));
}

/** A page of what is blocked, in the order of blocking; the cursor is the number of the last one seen. */
export async function pageOfBlocked(
  { command, keys }: RedisContext,
  { cursor, limit }: PageRequest,
): Promise<Page> {
  const from = cursor === undefined ? "-inf" : `(${cursor}`;
  const range = [keys.blocked, from, "+inf", "WITHSCORES", "LIMIT", 0, limit];
  const members = readScored(await command("ZRANGEBYSCORE", ...range));
  if (members.length === 0) {
    return { jobs: [], cursor: undefined };
  }
  const jids = members.map(({ member }) => member);
  const values = (await command("HMGET", keys.waiting, ...jids)) as (string | null)[];
  const jobs = values.flatMap((value, index) =>
    value === null ? [] : [readWaiting(jids[index] ?? "", value)],
  );
  return { jobs, cursor: members.length === limit ? `${members.at(-1)?.score}` : undefined };
}

/** A page of what is finished, the newest first; the cursor holds the last jid and when it ended. */
export async function pageOfFinished(
  context: RedisContext,
  { cursor, limit }: PageRequest,
): Promise<Page> {
  const { keys, command } = context;
  const key = keys.finished;
  const place = { key, cursor: cursor ?? "", isNewestFirst: true };
  const from = cursor === undefined ? 0 : await rankAfter(context, place);
  const reply = await command("ZRANGE", key, from, from + limit - 1, "REV", "WITHSCORES");
  const members = readScored(reply);
  if (members.length === 0) {
    return { jobs: [], cursor: undefined };
  }
  const jids = members.map(({ member }) => member);
  const kept = (await command("HMGET", keys.finishedJobs, ...jids)) as (string | null)[];
  const jobs = members.flatMap(({ member, at }, index) => readFinished(member, kept[index], at));
  const last = members.at(-1);
  const isMore = members.length === limit && last !== undefined;
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
  const value = await command("HGET", keys.waiting, jid);
  return typeof value === "string" ? readWaiting(jid, value) : undefined;
}

/** A field of the hash of blocked jobs, as `block` in shared.lua writes it. */
function readWaiting(jid: string, value: string): StoredJob {
  const [at = "", , queue = "", ...payload] = value.split("\n");
  return { jid, queue, payload: payload.join("\n"), at: at === "" ? undefined : Number(at) };
}

async function stored(
  { strays }: RedisContext,
  members: readonly { readonly payload: string; readonly at: number | undefined }[],
  queue: string | undefined,
): Promise<StoredJob[]> {
  const identities = await strays.identifyAll(
    members.map(({ payload }) => payload),
    queue,
  );
  return members.map(({ payload, at }, index) => {
    const { jid, queue: said, record } = identities[index] as Identified;
    return { jid: jid === "" ? undefined : jid, queue: queue ?? said, payload, at, record };
  });
}
