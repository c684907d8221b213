import type { Unsuccessful } from "../ends.ts";
import type { RedisContext } from "./redis-context.ts";

/** How the scripts call it: `finish` in shared.lua. A dead one that was trimmed had died. */
export const ENDED: Readonly<Record<string, Unsuccessful>> = {
  d: "dead",
  x: "discarded",
  c: "cancelled",
  e: "expired",
  r: "deleted",
  t: "dead",
};

/** As `remember_end` in shared.lua writes it down: the place of the letter, from 1. */
const LETTERS = "xcert";

/** How these ended, of which the index has none; `undefined` where that was a success, or is remembered no longer. */
export async function rememberedEnds(
  { command, keys }: Pick<RedisContext, "command" | "keys">,
  jids: readonly string[],
): Promise<(Unsuccessful | undefined)[]> {
  if (jids.length === 0) {
    return [];
  }
  const scores = (await command("ZMSCORE", keys.ends, ...jids)) as (string | number | null)[];
  return scores.map((score) =>
    score === null ? undefined : ENDED[LETTERS[(Number(score) % 8) - 1] ?? ""],
  );
}
