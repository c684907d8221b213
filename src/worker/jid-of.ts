import type { FetchedJob } from "../adapters/adapter.ts";

/** The jid in a job's payload, `undefined` where there is none that can be read. */
export function jidOf(job: FetchedJob): string | undefined {
  try {
    const record: unknown = JSON.parse(job.payload);
    const jid = (record as { jid?: unknown } | null)?.jid;
    return typeof jid === "string" ? jid : undefined;
  } catch {
    return undefined;
  }
}

/** For log lines: `job 4f1d… of queue "default"`. */
export function nameOf(job: FetchedJob): string {
  return `job ${jidOf(job) ?? "without a jid"} of queue "${job.queue}"`;
}
