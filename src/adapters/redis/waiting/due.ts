import type { Promotion } from "../../adapter.ts";
import { clock } from "../../../support/clock.ts";
import { presentable } from "../../presentable.ts";
import type { Scored } from "../connection/read-reply.ts";
import { laneOf } from "../payloads/lane.ts";
import type { RedisContext } from "../redis-context.ts";
import { comeDueScript, dueScript, promoteScript, type DueSet } from "./due-scripts.ts";

interface Due extends Scored {
  readonly set: DueSet;
}

/**
 * Moves what is due; read first, since a job's queue stands in its JSON. What another was quicker
 * with is made up for, so that many who promote at once move all there is.
 */
export async function promoteDue(context: RedisContext, limit: number): Promise<Promotion> {
  let promoted = 0;
  for (;;) {
    const { due, nextAt, areKeysDue } = await readDue(context, limit - promoted);
    if (areKeysDue) {
      await context.run(comeDueScript, limit);
    }
    if (due.length === 0) {
      return { promoted, nextAt };
    }
    promoted += await promote(context, due);
    if (promoted === limit) {
      return { promoted, nextAt: await earliest(context) };
    }
  }
}

/** The earliest first. */
async function readDue(
  { run }: RedisContext,
  limit: number,
): Promise<{ due: readonly Due[]; nextAt: number | undefined; areKeysDue: boolean }> {
  const { nextAt, scheduled, retried, areKeysDue } = await run(dueScript, limit);
  const due = [...inSet("schedule", scheduled), ...inSet("retry", retried)];
  return { due: due.toSorted((a, b) => a.at - b.at).slice(0, limit), nextAt, areKeysDue };
}

function inSet(set: DueSet, members: readonly Scored[]): Due[] {
  return members.map((scored) => ({ ...scored, set }));
}

async function promote(context: RedisContext, due: readonly Due[]): Promise<number> {
  const owners = await context.owners.identifyAll(due.map(({ member }) => member));
  const stamp = context.settings.timestamp(clock.now());
  const jobs = owners.map(({ jid, queue, record }, index) => {
    const { set, member: payload } = due[index] as Due;
    const whereabouts = { jid: jid === "" ? undefined : jid, queue, stamp };
    const queued = presentable(payload, whereabouts, record);
    return { set, payload, jid, queue, lane: laneOf(record), queued };
  });
  return context.run(promoteScript, jobs);
}

/**
 * When the earliest job is due that waits for a time. Its payload, which may be large, stays where
 * it is.
 */
export async function earliest({ run }: Pick<RedisContext, "run">): Promise<number | undefined> {
  const { nextAt } = await run(dueScript, 0);
  return nextAt;
}
