import type { Promotion } from "../../adapter.ts";
import { clock } from "../../../support/clock.ts";
import { buriedWithPrereq } from "../../bury.ts";
import { presentable } from "../../presentable.ts";
import { priorityOf } from "../payloads/priority.ts";
import type { RedisContext } from "../redis-context.ts";
import { endOf } from "../scripts/fates.ts";
import { readScored, type Scored } from "../connection/scored.ts";
import { buryScript, dueScript, promoteScript, releaseScript } from "../scripts/scripts.ts";
import type { Identified } from "../payloads/owners.ts";
import { readTime } from "../connection/server-time.ts";

const SLICE = 500;

/**
 * Moves what is due; read first, since a job's queue stands in its JSON. What another was quicker with is made up for,
 * so that many who promote at once move all there is.
 */
export async function promoteDue(context: RedisContext, limit: number): Promise<Promotion> {
  let promoted = 0;
  for (;;) {
    const { due, nextAt } = await readDue(context, limit - promoted);
    if (due.length === 0) {
      return { promoted, nextAt };
    }
    promoted += await promote(context, due);
    if (promoted === limit) {
      return { promoted, nextAt: await earliest(context) };
    }
  }
}

interface Due extends Scored {
  readonly set: "schedule" | "retry";
}

/** The earliest first. */
async function readDue(
  context: RedisContext,
  limit: number,
): Promise<{ due: readonly Due[]; nextAt: number | undefined }> {
  const [nextAt, ...sets] = await context.run<[string, string[], string[]]>(dueScript, [limit]);
  const due = sets.flatMap((reply, index) =>
    readScored(reply).map((scored): Due => ({
      ...scored,
      set: index === 0 ? "schedule" : "retry",
    })),
  );
  return {
    due: due.toSorted((a, b) => a.at - b.at).slice(0, limit),
    nextAt: nextAt === "" ? undefined : Number(nextAt),
  };
}

async function promote(context: RedisContext, due: readonly Due[]): Promise<number> {
  const identities = await context.owners.identifyAll(due.map(({ member }) => member));
  const now = clock.now();
  const args = due.flatMap(({ set, member }, index) => {
    const { jid, queue, record } = identities[index] as Identified;
    const payload = presentable(member, { jid: jid === "" ? undefined : jid, queue, now }, record);
    return [set, member, jid, queue, priorityOf(record), payload === member ? "" : payload];
  });
  return context.run<number>(promoteScript, args);
}

/** One slice of what prerequisites have freed; slices in which nobody became free are passed over. */
export async function releaseBlocked(context: RedisContext): Promise<number> {
  for (;;) {
    const [isMore, handed, entry, toBury] = await context.run<[number, number, string, string[]]>(
      releaseScript,
      [SLICE],
    );
    const buried = toBury.length === 0 ? 0 : await buryBehind(context, entry, toBury);
    if (handed + buried > 0 || isMore === 0) {
      return handed + buried;
    }
  }
}

/**
 * Buries jobs whose prerequisite is no success.
 *
 * @param entry Of the freed list: "NUMBER FATE JID".
 * @param toBury Jid, queue and payload of each.
 * @returns how many had not left.
 */
async function buryBehind(
  context: RedisContext,
  entry: string,
  toBury: readonly string[],
): Promise<number> {
  const [, fate = "", ...prereq] = entry.split(" ");
  const failed = { jid: prereq.join(" "), ended: endOf(fate) ?? "dead" };
  const now = await readTime(context);
  const args: string[] = [entry];
  for (let at = 0; at < toBury.length; at += 3) {
    const [jid = "", queue = "", payload = ""] = toBury.slice(at, at + 3);
    const buried = buriedWithPrereq({ jid, queue, payload, now }, failed);
    args.push(jid, buried);
  }
  return context.run<number>(buryScript, args);
}

/** Those that `enqueue-waiting.lua` tells of, in its form. */
export async function buryDoomed(context: RedisContext, doomed: readonly string[]): Promise<void> {
  const byEntry = new Map<string, string[]>();
  for (let at = 0; at < doomed.length; at += 4) {
    const [entry = "", ...job] = doomed.slice(at, at + 4);
    const jobs = byEntry.get(entry) ?? [];
    jobs.push(...job);
    byEntry.set(entry, jobs);
  }
  for (const [entry, jobs] of byEntry) {
    await buryBehind(context, entry, jobs);
  }
}

/** When the earliest job is due that waits for a time. Its payload, which may be large, stays where it is. */
export async function earliest({ run }: Pick<RedisContext, "run">): Promise<number | undefined> {
  const [at] = await run<[string]>(dueScript, [0]);
  return at === "" ? undefined : Number(at);
}
