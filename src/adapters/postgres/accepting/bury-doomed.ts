import { buriedWithPrereq } from "../../bury.ts";
import type { Unsuccessful } from "../../ends.ts";
import type { PostgresContext } from "../postgres-context.ts";

/** A job that is to be buried since a prerequisite was no success. */
export interface Doomed {
  readonly jid: string;
  readonly queue: string;
  readonly payload: string;
  /** The prerequisite, */
  readonly failed: string;
  /** and how it ended. */
  readonly how: Unsuccessful;
}

/** Buries those whose payloads have to say why. @returns how many. */
export async function buryDoomed(
  doomed: readonly Doomed[],
  now: number,
  { call, settings }: PostgresContext,
): Promise<number> {
  if (doomed.length === 0) {
    return 0;
  }
  const stamp = settings.timestamp(now);
  const buried = doomed.map(({ jid, queue, payload, failed, how }) => ({
    jid,
    payload: buriedWithPrereq({ jid, queue, payload, stamp }, { jid: failed, ended: how }),
  }));
  const answer = await call<{ buried: number }>(
    "bury jobs",
    "bury_doomed_1($1::text, $2::int, $3::float8)",
    [JSON.stringify(buried), settings.deadMaxJobs, settings.deadTimeout],
  );
  return answer.buried;
}
