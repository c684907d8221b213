import { ENDS_IN_WORDS, type Unsuccessful } from "./ends.ts";
import { editPayload, fieldText, type PayloadChanges } from "./payload.ts";
import { presentable, type Whereabouts } from "./presentable.ts";

/** How often a job may be lost with its worker; the last time buries it. */
export const LOSSES_TO_BURY = 3;

/** A job that an adapter buries by itself, since no run of it ends in an error. */
export interface Burial extends Whereabouts {
  /** The job's, as it is now. */
  readonly payload: string;
}

/** The payload of a job that took its worker down, or was there when it went, too often. */
export function buriedAsLost(burial: Burial): string {
  return withError(burial, {
    error_class: "JobLostError",
    error_message:
      `Cannot run job ${burial.jid ?? "?"}: its worker died ${LOSSES_TO_BURY} times while it ran. ` +
      "Find out whether the job ends the process (memory, an endless loop, a crash in native code), then " +
      "retry it from the dead set",
  });
}

/** A prerequisite that was no success. */
export interface FailedPrereq {
  /** Of the prerequisite. */
  readonly jid: string;
  /** How it ended. */
  readonly ended: Unsuccessful;
}

/** The payload of a job that asked to be buried where a prerequisite is no success. */
export function buriedWithPrereq(burial: Burial, prereq: FailedPrereq): string {
  const { jid, ended } = prereq;
  const isDead = ended === "dead";
  return withError(burial, {
    error_class: isDead ? "PrereqJobDeadError" : "PrereqJobFailedError",
    error_message:
      `Cannot run job ${burial.jid ?? "?"}: job ${jid}, which it waited for, ${ENDS_IN_WORDS[ended]}. ` +
      (isDead
        ? "Retry that one from the dead set first, then this one"
        : "Retry this one if it is to run all the same"),
  });
}

/** Writes what Sidekiq's pages need to show a failed job, counted as Sidekiq counts failures. */
function withError(burial: Burial, error: PayloadChanges): string {
  const { stamp } = burial;
  const payload = presentable(burial.payload, burial);
  const failures = Number(fieldText(payload, "retry_count") ?? NaN);
  return editPayload(payload, {
    enqueued_at: undefined,
    ...(fieldText(payload, "queue") === undefined ? { queue: burial.queue } : {}),
    ...(Number.isInteger(failures)
      ? { retry_count: failures + 1, retried_at: stamp }
      : { retry_count: 0, failed_at: stamp }),
    ...error,
  });
}
