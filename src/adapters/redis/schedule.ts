import type { Promotion } from "../adapter.ts";
import { buriedWithPrereq } from "../bury.ts";
import type { RedisContext } from "./redis-adapter.ts";
import { buryScript, dueScript, promoteScript, releaseScript } from "./scripts.ts";
import { readTime } from "./time.ts";

const SLICE = 500;

/** Moves what is due; read first, since a job's queue stands in its JSON. Whoever comes second moves nothing. */
export async function promoteDue(context: RedisContext, limit: number): Promise<Promotion> {
  const [nextAt, scheduled, retried] = await context.run<[string, string[], string[]]>(dueScript, [
    limit,
  ]);
  const due = [...pairs(scheduled, "schedule"), ...pairs(retried, "retry")]
    .toSorted((a, b) => a.at - b.at)
    .slice(0, limit);
  const identities = await context.strays.identifyAll(due.map(({ payload }) => payload));
  const args = due.flatMap(({ set, payload }, index) => {
    const { jid, queue } = identities[index] ?? { jid: "", queue: "default" };
    return [set, payload, jid, queue];
  });
  const promoted = due.length === 0 ? 0 : await context.run<number>(promoteScript, args);
  const isMore = due.length < scheduled.length / 2 + retried.length / 2 || due.length === limit;
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

async function earliest({ command, keys }: RedisContext): Promise<number | undefined> {
  const scores: number[] = [];
  for (const key of [keys.schedule, keys.retry]) {
    const [, score] = (await command("ZRANGE", key, 0, 0, "WITHSCORES")) as string[];
    if (score !== undefined) {
      scores.push(Number(score));
    }
  }
  return scores.length === 0 ? undefined : Math.min(...scores);
}

function* pairs(
  reply: readonly string[],
  set: "schedule" | "retry",
): Generator<{ set: "schedule" | "retry"; payload: string; at: number }> {
  for (let index = 0; index < reply.length; index += 2) {
    yield { set, payload: reply[index] ?? "", at: Number(reply[index + 1]) };
  }
}
