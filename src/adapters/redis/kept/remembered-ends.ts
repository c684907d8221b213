import { isUsualJid } from "../../../support/jid.ts";
import type { Unsuccessful } from "../../ends.ts";
import { readValues } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { endOf } from "../scripts/fates.ts";

/** As `remember_end` in shared/ends.lua writes it down: the place of the letter, from 1. */
const LETTERS = "xcert";

/**
 * How these ended, of which the index has none; `undefined` where that was a success, or is
 * remembered no longer.
 */
export async function rememberedEnds(
  { command, keys }: Pick<RedisContext, "command" | "keys">,
  jids: readonly string[],
): Promise<(Unsuccessful | undefined)[]> {
  if (jids.length === 0) {
    return [];
  }
  const scores = readValues(await command("ZMSCORE", keys.ends, ...jids));
  return scores.map((score) =>
    score === null ? undefined : endOf(LETTERS[(Number(score) % 8) - 1] ?? ""),
  );
}

/**
 * What is said of a job that the index does not have. A jid that is not like Sidekiq's must be
 * remembered by something.
 */
export async function statusOfGone(
  context: Pick<RedisContext, "command" | "keys">,
  jid: string,
): Promise<"finished" | "cancelled" | "unknown"> {
  const { command, keys } = context;
  const [ended] = await rememberedEnds(context, [jid]);
  if (ended !== undefined || isUsualJid(jid)) {
    return ended === "cancelled" ? "cancelled" : "finished";
  }
  const traces = await Promise.all([
    command("ZSCORE", keys.over, jid),
    command("ZSCORE", keys.finished, jid),
    command("EXISTS", keys.result(jid), keys.progress(jid)),
  ]);
  return traces.every((trace) => trace === null || trace === 0) ? "unknown" : "finished";
}
