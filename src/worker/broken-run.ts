import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { editPayload } from "../adapters/payload.ts";
import { presentable } from "../adapters/presentable.ts";
import { clock } from "../support/clock.ts";
import type { Logger } from "../support/logger.ts";
import { jidOf, nameOf } from "./jid-of.ts";

/** Seconds until a job comes again whose run broke: at once would be an endless loop. */
const AGAIN_IN = 60;

/**
 * The outcome of a run that had none, although a run turns whatever happens into one. No job may be lost
 * by such a mistake, and no attempt is spent: it comes again in a minute.
 */
export function outcomeOfBroken(
  job: FetchedJob,
  { error, logger }: { readonly error: unknown; readonly logger: Logger },
): Outcome {
  const { queue } = job;
  const jid = jidOf(job);
  const now = clock.now();
  logger.error(
    { err: error, jid, queue },
    `Running ${nameOf(job)} broke down; it comes again in ${AGAIN_IN} seconds`,
  );
  return {
    kind: "requeue",
    job,
    jid,
    payload: editPayload(presentable(job.payload, { jid, queue, now }), { enqueued_at: undefined }),
    queue,
    at: now + AGAIN_IN,
  };
}
