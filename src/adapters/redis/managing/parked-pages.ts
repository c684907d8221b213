import type { Page, StoredJob } from "../../job-store.ts";
import { readList, readScored, readTexts } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { script, type Script } from "../scripts/script.ts";
import { PARKED } from "../waiting/remove.ts";
import type { PageRequest } from "./page-script.ts";
import { cursorBehind } from "./pages.ts";

interface Parked {
  readonly queue: string;
  readonly key: string;
  readonly payload: string;
}

/** Reads the first of these parked jobs, as many as fit into an answer, and one at least. */
const parkedScript: Script<readonly string[], readonly (Parked | undefined)[]> = script("parked", {
  encode: (jids) => jids,
  decode: (reply) =>
    readList(reply).map((job) => {
      const [queue, key = "", payload = ""] = readTexts(job);
      return queue === undefined ? undefined : { queue, key, payload };
    }),
});

/** Bytes that stand before a jid in a line. */
const POSITION = 17;

/** A page of a queue's jobs that are parked, by priority and age; the cursor is as a set's. */
export async function pageOfParked(
  context: RedisContext,
  { queue, cursor, limit }: PageRequest & { readonly queue: string },
): Promise<Page> {
  const { command, keys } = context;
  const key = keys.parked(queue);
  const first = cursor === undefined ? 0 : await placeBehind(context, key, cursor);
  const range = await command("ZRANGE", key, first, first + limit - 1, "WITHSCORES");
  const members = readScored(range);
  if (members.length === 0) {
    return { jobs: [], cursor: undefined };
  }
  const jids = members.map(({ member }) => member.slice(POSITION));
  const found = await context.run(parkedScript, jids);
  const jobs = found.flatMap((job, index) => storedAs(jids[index] ?? "", job));
  const isMore = found.length < members.length || members.length === limit;
  return { jobs, cursor: cursorBehind(members.slice(0, found.length), isMore) };
}

/** Whichever queue it belongs to. */
export async function findParked(
  { run }: RedisContext,
  jid: string,
): Promise<StoredJob | undefined> {
  const [job] = await run(parkedScript, [jid]);
  return storedAs(jid, job)[0];
}

function storedAs(jid: string, job: Parked | undefined): StoredJob[] {
  if (job === undefined) {
    return [];
  }
  const { queue, key, payload } = job;
  return [{ jid, queue, payload, at: undefined, waitsFor: key, position: PARKED }];
}

/** How many there are up to the last one seen, which may have left. */
async function placeBehind(
  { command }: RedisContext,
  key: string,
  cursor: string,
): Promise<number> {
  const [score = ""] = cursor.split(":", 1);
  const rank = await command("ZRANK", key, cursor.slice(score.length + 1));
  return rank === null
    ? Number(await command("ZCOUNT", key, "-inf", `(${score}`))
    : Number(rank) + 1;
}
