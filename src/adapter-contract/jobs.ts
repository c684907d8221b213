import type { FetchedJob, Outcome, PrereqFailure } from "../adapters/adapter.ts";

/** The jid of a test's job: its name in hex, as long as a real one. */
export function jid(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(24, "0");
}

/** A record's text. `run` tells the payloads of one job's runs apart. */
export function payloadOf(name: string, queue = "default", run = 0): string {
  return JSON.stringify({
    class: "Job",
    args: [name, run],
    queue,
    jid: jid(name),
    created_at: 1_700_000_000.5,
  });
}

/** The same, where the record says its priority, as records do that have one. */
export function withPriority(payload: string, priority = 0): string {
  return priority === 0 ? payload : `${payload.slice(0, -1)},"priority":${priority}}`;
}

/** The same, where the record says whose it is. */
export function withFairKey(payload: string, key: string | undefined): string {
  return key === undefined ? payload : `${payload.slice(0, -1)},"fair_key":${JSON.stringify(key)}}`;
}

export function nameOf(payload: string): string {
  return (JSON.parse(payload) as { args: [string] }).args[0];
}

export function namesOf(jobs: readonly { readonly payload: string }[]): string[] {
  return jobs.map(({ payload }) => nameOf(payload));
}

/** A payload's fields, `enqueued_at` and all. */
export function fieldsOf(payload: string): Record<string, unknown> {
  return JSON.parse(payload) as Record<string, unknown>;
}

export function done(job: FetchedJob): Outcome {
  return { ...receipt(job), kind: "done" };
}

export function failed(job: FetchedJob): Outcome {
  return { ...receipt(job), kind: "done", failed: true, ended: "discarded" };
}

export function ended(job: FetchedJob, how: "discarded" | "cancelled" | "expired"): Outcome {
  return { ...receipt(job), kind: "done", ended: how };
}

export function retry(job: FetchedJob, at: number, queue: string = job.queue): Outcome {
  return { ...receipt(job), kind: "retry", payload: nextRun(job, queue), queue, at };
}

export function requeue(job: FetchedJob, at?: number, queue: string = job.queue): Outcome {
  const when = at === undefined ? {} : { at };
  return { ...receipt(job), kind: "requeue", payload: nextRun(job, queue), queue, ...when };
}

export function dead(job: FetchedJob): Outcome {
  return { ...receipt(job), kind: "dead", payload: nextRun(job, job.queue) };
}

export function release(job: FetchedJob): Outcome {
  return { ...receipt(job), kind: "release" };
}

/** Prerequisites by name. */
export function block(
  job: FetchedJob,
  prereqs: readonly string[],
  prereqFailure: PrereqFailure = "release",
): Outcome {
  const payload = nextRun(job, job.queue);
  const { queue } = job;
  return {
    ...receipt(job),
    kind: "block",
    payload,
    queue,
    prereqs: prereqs.map(jid),
    prereqFailure,
  };
}

/** How often this payload was written anew by an outcome. */
export function runOf(payload: string): number {
  return (JSON.parse(payload) as { args: [string, number] }).args[1];
}

function receipt(job: FetchedJob): { job: FetchedJob; jid: string } {
  return { job, jid: jid(nameOf(job.payload)) };
}

function nextRun(job: FetchedJob, queue: string): string {
  const { priority, fair_key: key } = fieldsOf(job.payload) as {
    priority?: number;
    fair_key?: string;
  };
  const payload = payloadOf(nameOf(job.payload), queue, runOf(job.payload) + 1);
  return withFairKey(withPriority(payload, priority), key);
}
