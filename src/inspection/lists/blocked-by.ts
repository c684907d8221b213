import type { Adapter } from "../../adapters/adapter.ts";
import { shownKey } from "../../adapters/hold.ts";
import type { FoundJob } from "./jobs.ts";

/** What keeps a job from going on: a limit that it is over, or a key that others hold. */
export interface BlockedBy {
  /** Which: "limit stripe:42". */
  readonly reason: string;
  /** The key that the store knows it by. */
  readonly key: string;
  /** The jid of the job that holds it longest; `undefined` where none does, as of a rate. */
  readonly holder: string | undefined;
}

/**
 * What keeps a blocked job from going on, or a dead one from being tried again; nothing of others.
 */
export async function blockedBy(
  jid: string,
  { place }: FoundJob,
  { holds }: Adapter,
): Promise<readonly BlockedBy[]> {
  const mayBeBlocked = place === "blocked" || place === "dead";
  const obstacles = (mayBeBlocked ? await holds?.inTheWay(jid) : undefined) ?? [];
  return obstacles.map(({ key, holder }) => ({ reason: shownKey(key), key, holder }));
}
