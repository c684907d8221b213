import type { Entry } from "../../adapters/adapter.ts";
import { readBatchEvent } from "../../adapters/batches.ts";
import type { Hold } from "../../adapters/hold.ts";
import { readPrereqFailure, readRecord } from "../../adapters/job-record.ts";
import type { StoredJob } from "../../adapters/job-store.ts";
import { editPayload } from "../../adapters/payload.ts";

/** Whether a batch counts a job, or it waits for one. */
export function isOfBatch({ payload, record = readRecord(payload) }: StoredJob): boolean {
  const { batch, prereq_jobs: prereqs } = record ?? {};
  return batch !== undefined || (Array.isArray(prereqs) && prereqs.some(isBatchEvent));
}

function isBatchEvent(prereq: unknown): boolean {
  return typeof prereq === "string" && readBatchEvent(prereq) !== undefined;
}

/**
 * What a job was when it was enqueued, and what has become of it since: to be enqueued elsewhere.
 *
 * @param isBlocked It waits for its prerequisites: of others they are over.
 * @returns `undefined` where its payload cannot be read, so that nobody knows what it is.
 */
export function toEntry(
  job: StoredJob,
  holds: readonly Hold[] | undefined,
  isBlocked = false,
): Entry | undefined {
  const { jid, queue, payload, at, record = readRecord(payload) } = job;
  if (jid === undefined || record === undefined) {
    return undefined;
  }
  const { priority, fair_key: fairKey, prereq_jobs: prereqs, expiry } = record;
  return {
    jid,
    queue,
    payload: editPayload(payload, { enqueued_at: undefined }),
    ...(typeof priority === "number" ? { priority } : {}),
    ...(typeof fairKey === "string" ? { fairKey } : {}),
    ...(at === undefined ? {} : { at }),
    ...(isBlocked && Array.isArray(prereqs) && prereqs.length > 0
      ? { prereqs, prereqFailure: readPrereqFailure(record.prereq_failure) }
      : {}),
    ...(holds === undefined || holds.length === 0 ? {} : { holds }),
    ...(typeof expiry === "number" && holds !== undefined ? { expiresAt: expiry } : {}),
  };
}
