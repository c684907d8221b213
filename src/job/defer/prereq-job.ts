import { isThenable } from "../../support/realms.ts";
import { checkName, describe } from "../checks/checks.ts";
import { isJob, type JobById } from "../handle/job-by-id.ts";
import { isHandle } from "../handle/job-handle.ts";

/**
 * A job as it is written down: Sidekiq's record of it, with `jid` and `queue`; what Active Job
 * serialises, with `provider_job_id` and `queue_name`; or what the Ruby original of this library
 * hands on, with `job_id` and `queue_name`.
 */
export type WrittenJob =
  | { readonly jid: string; readonly queue?: string }
  | { readonly provider_job_id: string; readonly queue_name?: string }
  | { readonly job_id: string; readonly queue_name?: string };

/** A job that another waits for: its handle, its jid, or how it is written down. */
export type PrereqJob = JobById | string | WrittenJob;

/** Of one that was checked. */
export function jidOf(job: PrereqJob): string {
  return typeof job === "string" ? job : isJob(job) ? job.id : (writtenJid(job) as string);
}

/** The queue it is on, where that is known. */
export function knownQueueOf(job: PrereqJob): string | undefined {
  if (typeof job === "string" || isJob(job)) {
    return isHandle(job) ? job.queueName : undefined;
  }
  const { queue, queue_name: queueName } = job as Written;
  const found = queue ?? queueName;
  return typeof found === "string" ? found : undefined;
}

/** @param where The class that waits, for messages. */
export function checkPrereqJob(job: unknown, where: string): asserts job is PrereqJob {
  const what = `as a job in prereqJobs of ${where}`;
  if (job === undefined) {
    throw new TypeError(
      `Cannot use undefined ${what}: ` +
        "where a callback may keep a job from being enqueued, look before you wait for it",
    );
  }
  if (isThenable(job)) {
    throw new TypeError(`Cannot use a promise ${what}: await the defer that it came from`);
  }
  if (isJob(job)) {
    return;
  }
  if (typeof job !== "object" || job === null) {
    checkName(job, `prereqJobs of ${where}`, "a job");
    return;
  }
  const jid = writtenJid(job);
  if (jid === undefined) {
    const found = "job_id" in job ? "an Active Job that was not enqueued" : describe(job);
    throw new TypeError(
      `Cannot use ${found} ${what}: give what its defer returned, its jid, ` +
        "or a record of it with jid, provider_job_id or job_id",
    );
  }
  checkName(jid, `prereqJobs of ${where}`, "a job");
}

type Written = Partial<
  Record<"jid" | "queue" | "provider_job_id" | "job_id" | "queue_name", unknown>
>;

/** Of an Active Job it is not the `job_id`: that is Rails's own, by which no store knows it. */
function writtenJid(job: object): unknown {
  const { jid, provider_job_id: provided, job_id: id } = job as Written;
  const isActiveJob = "job_class" in job || "provider_job_id" in job;
  return jid ?? provided ?? (isActiveJob ? undefined : id) ?? undefined;
}
