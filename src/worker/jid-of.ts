import type { FetchedJob } from "../adapters/adapter.ts";
import { batchKey } from "../adapters/batches.ts";
import { readRecord } from "../adapters/job-record.ts";

/** The jid in a job's payload, `undefined` where there is none that can be read. */
export function jidOf(job: FetchedJob): string | undefined {
  return namesIn(job).jid;
}

/** By what a job may be called off: its jid, and the key of the batch that counts it, or "". */
export function namesIn({ payload }: FetchedJob): {
  readonly jid: string | undefined;
  readonly batch: string;
} {
  const { jid, batch, batch_event: event } = readRecord(payload) ?? {};
  return {
    jid: typeof jid === "string" ? jid : undefined,
    batch: typeof batch === "string" && event === undefined ? batchKey(batch) : "",
  };
}

/** For log lines: `job 4f1d… of queue "default"`. */
export function nameOf(job: FetchedJob): string {
  return `job ${jidOf(job) ?? "without a jid"} of queue "${job.queue}"`;
}
