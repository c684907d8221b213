import type { Outcome } from "../../adapters/adapter.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import { editPayload, type PayloadChanges } from "../../adapters/payload.ts";
import { clock } from "../../support/clock.ts";
import { thrownMessage } from "../../support/thrown.ts";
import type { ErrorRule } from "../declare/error-rules.ts";
import { retriesExhaustedTrait, retryTrait } from "../declare/retries.ts";
import { activeJobIn, editCounts, isWrapper, type ActiveJobCounts } from "../record/active-job.ts";
import { tellDiscarded } from "../declare/discard-callback.ts";
import { findRule, type RuleMatch } from "./find-rule.ts";
import { failureFields, isCount, nextCount } from "../record/failure-fields.ts";
import { delayByClass } from "./retry-in.ts";
import { beforeTheEnd } from "../checks/last-date.ts";
import { retryOnDelay } from "../declare/retry-policy.ts";
import type { JobRun } from "../inside/job-run.ts";
import { settings } from "../settings/settings.ts";

/**
 * Decides what becomes of a job whose run threw: its class's rules first, then Sidekiq's retries.
 * Where a rule's handler throws, its error takes the place of the first one.
 */
export async function outcomeOfFailure(run: JobRun, error: unknown): Promise<Outcome> {
  let unsettled = error;
  run.part?.failing();
  try {
    const match = findRule(run, error);
    if (match !== undefined) {
      const outcome = await applyRule(run, match, error);
      return run.requeueAsked() ?? outcome;
    }
  } catch (handlerError) {
    const requeued = run.requeueAsked(handlerError);
    if (requeued !== undefined) {
      return requeued;
    }
    unsettled = handlerError;
    run.thrown = handlerError;
  }
  return retryOrDie(run, unsettled);
}

async function applyRule(
  run: JobRun,
  { rule, matched }: RuleMatch,
  error: unknown,
): Promise<Outcome> {
  switch (rule.kind) {
    case "discard":
      await rule.handler?.(run.job, matched, run.command as never);
      await tellDiscarded(run, error);
      run.log("warn", { err: error }, `Discarded ${run.className}: ${thrownMessage(error)}`);
      return run.discarded();
    case "rescue":
      await rule.handler(matched, run.job, run.command as never);
      return run.done();
    case "retry":
      return retryByRule(run, { rule, matched }, error);
  }
}

function countOf(counts: unknown, key: string): number {
  const count = (counts as Record<string, unknown> | undefined)?.[key];
  return isCount(count) ? count : 0;
}

async function retryByRule(
  run: JobRun,
  { rule, matched }: { readonly rule: ErrorRule & { kind: "retry" }; readonly matched: never },
  error: unknown,
): Promise<Outcome> {
  const { key } = rule;
  const { exception_executions: counts } = run.record;
  const { exception_executions: rubyCounts } = activeJobIn(run.record) ?? {};
  const executions = Math.max(countOf(counts, key), countOf(rubyCounts, key)) + 1;
  if (executions < rule.attempts) {
    const delay = retryOnDelay(rule, executions, matched);
    return retry(run, error, {
      delay,
      changes: { exception_executions: { ...counts, [key]: countOf(counts, key) + 1 } },
      rubyCounts: { ...rubyCounts, [key]: executions },
    });
  }
  if (rule.whenExhausted !== undefined) {
    await rule.whenExhausted(run.job, matched, run.command as never);
    await tellDiscarded(run, error);
    run.log("warn", { err: error }, `Gave up ${run.className}: ${thrownMessage(error)}`);
    return run.dropped();
  }
  await tell(run, error);
  return die(run, error);
}

async function retryOrDie(run: JobRun, error: unknown): Promise<Outcome> {
  await tell(run, error);
  // What could not even begin is not dropped, whatever its class would say.
  const allowed = mostRetries(run);
  const most = allowed === false && !isKnown(run) ? 0 : allowed;
  if (most === false) {
    await announceDeath(run, error);
    const text = `Dropped ${run.className}, which is not retried: ${thrownMessage(error)}`;
    run.log("error", { err: error }, text);
    return run.dropped();
  }
  const count = retriesSoFar(run.record);
  if (isSpent(run, count, most)) {
    return die(run, error);
  }
  const delay = delayByClass(run, count, error);
  if (delay === "discard") {
    await announceDeath(run, error);
    run.log("warn", { err: error }, `Discarded ${run.className}: ${thrownMessage(error)}`);
    return run.dropped();
  }
  return delay === "kill" ? die(run, error) : retry(run, error, { delay, changes: {} });
}

function isKnown({ target }: JobRun): boolean {
  return target !== undefined;
}

/** Without those that a `retryOn` asked for: they have counts of their own, as in Active Job. */
function retriesSoFar(record: JobRecord): number {
  const byRules = Object.values(record.exception_executions ?? {}).filter(isCount);
  return Math.max(
    0,
    byRules.reduce((left, count) => left - count, nextCount(record)),
  );
}

/** What is neither false nor an integer stands for the configured number, as in Sidekiq. */
function mostRetries({ record, declarations }: JobRun): number | false {
  const allowed = record.retry ?? retryTrait.of(declarations) ?? true;
  return allowed === false || Number.isInteger(allowed)
    ? (allowed as number | false)
    : settings().retry;
}

function isSpent(run: JobRun, count: number, most: number): boolean {
  const { retry_for: retryFor } = run.record;
  if (typeof retryFor === "number") {
    const now = clock.now();
    // Else it did not fail so far: there was no key for its arguments.
    const since = isCount(run.record.retry_count) ? run.failedAt() : undefined;
    return (since ?? now) + retryFor < now;
  }
  return count >= most;
}

function retry(
  run: JobRun,
  error: unknown,
  {
    delay,
    changes,
    rubyCounts,
  }: {
    readonly delay: number;
    readonly changes: PayloadChanges;
    readonly rubyCounts?: ActiveJobCounts["exception_executions"];
  },
): Outcome {
  const fields = failureFields(run, error);
  const edited = editPayload(run.payload, { ...fields, ...changes });
  // Counts of a retryOn are Active Job's own; Sidekiq's retries leave the wrapped job alone.
  const payload =
    rubyCounts === undefined || !isWrapper(run.record.class)
      ? edited
      : editCounts(edited, {
          executions: fields.executions,
          exception_executions: rubyCounts,
        });
  const now = clock.now();
  const at = beforeTheEnd(now + delay);
  const text = `Failed ${run.className}, retrying in ${shownSeconds(delay)}: ${thrownMessage(error)}`;
  run.log("warn", { err: error, retryIn: delay }, text);
  return { ...run.settled(), kind: "retry", payload, queue: fields.queue, at, delay: at - now };
}

async function die(run: JobRun, error: unknown): Promise<Outcome> {
  let keep = run.record.dead !== false;
  try {
    const retriesExhausted = retriesExhaustedTrait.of(run.declarations);
    keep = (await retriesExhausted?.(run.job, error, run.command as never)) !== "discard" && keep;
  } catch (handlerError) {
    run.log("error", { err: handlerError }, `retriesExhausted of ${run.className} threw`);
  }
  await announceDeath(run, error);
  run.log("error", { err: error }, `${run.className} is out of retries: ${thrownMessage(error)}`);
  if (!keep && isKnown(run)) {
    return run.dropped();
  }
  const payload = editPayload(run.payload, failureFields(run, error));
  return { ...run.settled(), kind: "dead", payload };
}

/** Tells the worker's error handlers. Never rejects. */
export async function tell(run: JobRun, error: unknown): Promise<void> {
  for (const handler of run.environment.errorHandlers) {
    try {
      await handler(error, run.job);
    } catch (handlerError) {
      run.log("error", { err: handlerError }, "An error handler threw");
    }
  }
}

/** Tells its class, then the worker's death handlers. Never rejects. */
export async function announceDeath(run: JobRun, error: unknown): Promise<void> {
  await tellDiscarded(run, error);
  for (const handler of run.environment.deathHandlers) {
    try {
      await handler(run.job, error);
    } catch (handlerError) {
      run.log("error", { err: handlerError }, "A death handler threw");
    }
  }
}

function shownSeconds(delay: number): string {
  return `${delay < 10 ? Number(delay.toFixed(2)) : Math.round(delay)} s`;
}
