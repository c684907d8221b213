import type { Exchange, Outcome } from "../../adapters/adapter.ts";
import type { Refusal } from "../../adapters/enqueue-answer.ts";
import { shownKey } from "../../adapters/hold.ts";
import { readTimestamp } from "../../adapters/job-record.ts";
import { clock } from "../../support/clock.ts";
import { abort } from "../around/abort.ts";
import { channels, type EndEvent, type StartEvent } from "./events.ts";
import { isCount, nextCount } from "../record/failure-fields.ts";
import type { JobRun } from "../inside/job-run.ts";
import type { JobHandle } from "../handle/job-handle.ts";

type Attempt = (run: JobRun) => Outcome | Promise<Outcome>;

/** An attempt that says when it begins, and how it ended, where anybody wants to hear that. */
export function observed(attempt: Attempt): Attempt {
  return isObserved() ? (run) => observe(run, attempt) : attempt;
}

/**
 * Whether anybody wants to hear of runs. Asked once for each, and no more is done where nobody
 * does.
 */
function isObserved(): boolean {
  return (
    channels.start.hasSubscribers ||
    channels.finish.hasSubscribers ||
    channels.cancel.hasSubscribers ||
    channels.expire.hasSubscribers ||
    channels.fail.hasSubscribers ||
    channels.retry.hasSubscribers ||
    channels.dead.hasSubscribers ||
    channels.requeue.hasSubscribers ||
    channels.block.hasSubscribers ||
    channels.release.hasSubscribers
  );
}

function observe(run: JobRun, attempt: Attempt): Outcome | Promise<Outcome> {
  const startedAt = clock.monotonic();
  const event = startOf(run);
  channels.start.publish(event);
  const end = (outcome: Outcome): Outcome => {
    const error = run.thrown === abort ? undefined : run.thrown;
    const ended = { ...event, seconds: clock.monotonic() - startedAt };
    if (run.isCancelled) {
      channels.cancel.publish({ ...ended, error });
    } else {
      publishEnd(outcome, ended, error);
    }
    return outcome;
  };
  const ending = attempt(run);
  return ending instanceof Promise ? ending.then(end) : end(ending);
}

/** Says that a job is dead which could not be read, and so never began. */
export function publishUnreadable(outcome: Outcome, error: unknown): void {
  if (!isObserved()) {
    return;
  }
  const { job, jid } = outcome;
  const event = { jid, className: "?", queue: job.queue, attempt: 1, latency: undefined };
  publishEnd(outcome, { ...event, seconds: 0 }, error);
}

export function publishEnqueued(jobs: readonly JobHandle[]): void {
  for (const { id: jid, className, queueName: queue, scheduledAt } of jobs) {
    const at = scheduledAt === undefined ? undefined : scheduledAt.getTime() / 1000;
    channels.enqueue.publish({ jid, className, queue, at, batchSize: jobs.length });
  }
}

/** Says which jobs an exchange left over a limit, and which are so no more. */
export function publishLimited({ parked = [], unparked = [] }: Exchange): void {
  if (channels.limit.hasSubscribers) {
    for (const { jid, queue, key } of parked) {
      channels.limit.publish({ jid, queue, limit: shownKey(key) });
    }
  }
  if (channels.unlimit.hasSubscribers) {
    for (const { jid, queue, key } of unparked) {
      channels.unlimit.publish({ jid, queue, limit: shownKey(key) });
    }
  }
}

/** @param job The handle of the one that is there. */
export function publishDuplicate(job: JobHandle, { jid, how }: Refusal): void {
  if (channels.duplicate.hasSubscribers) {
    const { id: holder, className, queueName: queue } = job;
    channels.duplicate.publish({ jid, className, queue, holder, how });
  }
}

function startOf({ record, fetched, className }: JobRun): StartEvent {
  const { jid, executions } = record;
  const since = readTimestamp(record.enqueued_at);
  // Ruby counts retries only, and nothing while Active Job does.
  const failures = Math.max(isCount(executions) ? executions : 0, nextCount(record));
  return {
    jid,
    className,
    queue: fetched.queue,
    attempt: failures + 1,
    latency: since === undefined ? undefined : Math.max(0, clock.now() - since),
  };
}

function publishEnd(outcome: Outcome, event: EndEvent, error: unknown): void {
  switch (outcome.kind) {
    case "done":
      if (outcome.ended === "expired") {
        channels.expire.publish(event);
      } else if (outcome.failed === true) {
        channels.fail.publish({ ...event, error, outcome: "dropped" });
      } else {
        channels.finish.publish({ ...event, error });
      }
      return;
    case "retry": {
      const failure = { ...event, error, outcome: outcome.kind };
      channels.fail.publish(failure);
      channels.retry.publish({ ...failure, at: outcome.at });
      return;
    }
    case "dead": {
      const failure = { ...event, error, outcome: outcome.kind };
      channels.fail.publish(failure);
      channels.dead.publish(failure);
      return;
    }
    case "requeue":
      channels.requeue.publish({ ...event, at: outcome.at });
      return;
    case "block":
      channels.block.publish({ ...event, prereqs: outcome.prereqs });
      return;
    case "release":
      channels.release.publish(event);
  }
}
