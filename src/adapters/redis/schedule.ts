import type { Promotion } from "../adapter.ts";
import { buriedWithPrereq } from "../bury.ts";
import type { RedisContext } from "./redis-adapter.ts";
import { readScored, type Scored } from "./reply.ts";
import { buryScript, dueScript, promoteScript, releaseScript } from "./scripts.ts";
import { readTime } from "./time.ts";

const SLICE = 500;

/** Moves what is due; read first, since a job's queue stands in its JSON. Whoever comes second moves nothing. */
export async function promoteDue(context: RedisContext, limit: number): Promise<Promotion> {
  const [nextAt, scheduled, retried] = await context.run<[string, string[], string[]]>(dueScript, [
    limit,
  ]);
  const all = [...dueIn("schedule", scheduled), ...dueIn("retry", retried)];
  const due = all.toSorted((a, b) => a.at - b.at).slice(0, limit);
  const identities = await context.strays.identifyAll(due.map(({ member }) => member));
  const args = due.flatMap(({ set, member }, index) => {
    const { jid, queue } = identities[index] ?? { jid: "", queue: "default" };
    return [set, member, jid, queue];
  });
  const promoted = due.length === 0 ? 0 : await context.run<number>(promoteScript, args);
  const isMore = due.length < all.length || due.length === limit;
  return {
    promoted,
    nextAt: isMore ? await earliest(context) : nextAt === "" ? undefined : Number(nextAt),
  };
}

/** One slice of what prerequisites have freed; slices in which nobody became free are passed over. */
export async function releaseBlocked(context: RedisContext): Promise<number> {
  for (;;) {
    const [isMore, handed, prereq, number, toBury] = await context.run<
      [number, number, string, string, string[]]
    >(releaseScript, [SLICE]);
    const buried = toBury.length === 0 ? 0 : await bury(context, { prereq, number, toBury });
    if (handed + buried > 0 || isMore === 0) {
      return handed + buried;
    }
  }
}

async function bury(
  context: RedisContext,
  slice: { readonly prereq: string; readonly number: string; readonly toBury: readonly string[] },
): Promise<number> {
  const now = await readTime(context);
  const args: string[] = [slice.number];
  for (let at = 0; at < slice.toBury.length; at += 3) {
    const [jid = "", queue = "", payload = ""] = slice.toBury.slice(at, at + 3);
    const buried = buriedWithPrereq({ jid, queue, payload, now }, slice.prereq);
    args.push(jid, buried);
    if (buried === payload) {
      await context.strays.remember(payload, { jid, queue });
    }
  }
  return context.run<number>(buryScript, args);
}

/** When the earliest job is due that waits for a time. */
export async function earliest({
  command,
  keys,
}: Pick<RedisContext, "command" | "keys">): Promise<number | undefined> {
  const replies = [
    await command("ZRANGE", keys.schedule, 0, 0, "WITHSCORES"),
    await command("ZRANGE", keys.retry, 0, 0, "WITHSCORES"),
  ];
  const times = replies.flatMap(readScored).map(({ at }) => at);
  return times.length === 0 ? undefined : Math.min(...times);
}

function dueIn(
  set: "schedule" | "retry",
  reply: readonly string[],
): (Scored & { readonly set: string })[] {
  return readScored(reply).map((scored) => ({ ...scored, set }));
}
