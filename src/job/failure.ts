import { deflateSync } from "node:zlib";
import type { Outcome } from "../adapters/adapter.ts";
import { timestamp } from "../adapters/job-record.ts";
import { editPayload, type PayloadChanges } from "../adapters/payload.ts";
import { clock } from "../support/clock.ts";
import { seconds } from "../support/duration.ts";
import type { ErrorRule } from "./declarations.ts";
import { retryOnDelay, sidekiqDelay } from "./retry-policy.ts";
import type { JobRun } from "./job-run.ts";
import { settings } from "./settings.ts";

/** Decides what becomes of a job whose run threw: its class's rules first, then Sidekiq's retries. */
export async function outcomeOfFailure(run: JobRun, error: unknown): Promise<Outcome> {
  const rule = findRule(run.declarations.rules, error);
  try {
    switch (rule?.kind) {
      case "discard":
        await rule.handler?.(run.job, error as never);
        run.log("warn", { err: error }, `Discarded ${run.job.className}: ${message(error)}`);
        return run.done();
      case "rescue":
        await rule.handler(error as never, run.job);
        return run.done();
      case "retry":
        return await retryByRule(run, rule, error);
      case undefined:
        return await retryOrDie(run, error);
    }
  } catch (handlerError) {
    return retryOrDie(run, handlerError);
  }
}

/** As Active Job's `rescue_with_handler`: by the error, else by what caused it. */
export function findRule(rules: readonly ErrorRule[], error: unknown): ErrorRule | undefined {
  const seen = new Set<unknown>();
  for (let cause = error; cause != null && !seen.has(cause); cause = causeOf(cause)) {
    seen.add(cause);
    for (const rule of rules) {
      if (rule.errors.some((errorClass) => cause instanceof errorClass)) {
        return rule;
      }
    }
  }
  return undefined;
}

/** Active Job keeps one count per declaration, under the printed list of its classes. */
export function ruleKey(rule: ErrorRule): string {
  return `[${rule.errors.map((errorClass) => errorClass.name).join(", ")}]`;
}

async function retryByRule(
  run: JobRun,
  rule: ErrorRule & { kind: "retry" },
  error: unknown,
): Promise<Outcome> {
  const key = ruleKey(rule);
  const executions = (run.record.exception_executions?.[key] ?? 0) + 1;
  if (executions < rule.attempts) {
    const exceptions = { ...run.record.exception_executions, [key]: executions };
    const delay = retryOnDelay(rule, executions, error);
    return retry(run, error, { delay, changes: { exception_executions: exceptions } });
  }
  if (rule.whenExhausted !== undefined) {
    await rule.whenExhausted(run.job, error as never);
    run.log("warn", { err: error }, `Gave up ${run.job.className}: ${message(error)}`);
    return run.done({ failed: true });
  }
  return die(run, error);
}

async function retryOrDie(run: JobRun, error: unknown): Promise<Outcome> {
  await tell(run, error);
  const { record, declarations } = run;
  const allowed = record.retry ?? declarations.retry ?? true;
  if (allowed === false) {
    await announceDeath(run, error);
    run.log(
      "error",
      { err: error },
      `Dropped ${run.job.className}, which is not retried: ${message(error)}`,
    );
    return run.done({ failed: true });
  }
  const count = nextCount(run);
  if (isSpent(run, count, allowed)) {
    return die(run, error);
  }
  const delay = delayByClass(run, count, error);
  if (delay === "discard") {
    await announceDeath(run, error);
    run.log("warn", { err: error }, `Discarded ${run.job.className}: ${message(error)}`);
    return run.done({ failed: true });
  }
  return delay === "kill" ? die(run, error) : retry(run, error, { delay, changes: {} });
}

function isSpent(run: JobRun, count: number, allowed: number | true): boolean {
  const retryFor = run.record.retry_for;
  if (retryFor !== undefined) {
    const since = run.failedAt() ?? clock.now();
    return since + retryFor < clock.now();
  }
  return count >= (allowed === true ? settings().retry : allowed);
}

function delayByClass(run: JobRun, count: number, error: unknown): number | "discard" | "kill" {
  try {
    const wanted = run.declarations.retryIn?.(count, error);
    if (wanted === "discard" || wanted === "kill") {
      return wanted;
    }
    if (typeof wanted === "number" && wanted > 0) {
      return seconds(wanted);
    }
  } catch (retryInError) {
    run.log(
      "warn",
      { err: retryInError },
      `retryIn of ${run.job.className} threw; using the default`,
    );
  }
  return sidekiqDelay(count);
}

function retry(
  run: JobRun,
  error: unknown,
  { delay, changes }: { readonly delay: number; readonly changes: PayloadChanges },
): Outcome {
  const queue = run.record.retry_queue ?? run.record.queue;
  const payload = editPayload(run.fetched.payload, {
    ...failureFields(run, error),
    ...changes,
    queue,
  });
  run.log(
    "warn",
    { err: error, retryIn: delay },
    `Failed ${run.job.className}, retrying in ${Math.round(delay)} s: ${message(error)}`,
  );
  return { ...run.settled(), kind: "retry", payload, queue, at: clock.now() + delay };
}

async function die(run: JobRun, error: unknown): Promise<Outcome> {
  let keep = run.record.dead !== false;
  try {
    keep = (await run.declarations.retriesExhausted?.(run.job, error)) !== "discard" && keep;
  } catch (handlerError) {
    run.log("error", { err: handlerError }, `retriesExhausted of ${run.job.className} threw`);
  }
  await announceDeath(run, error);
  run.log("error", { err: error }, `${run.job.className} is out of retries: ${message(error)}`);
  if (!keep) {
    return run.done({ failed: true });
  }
  const payload = editPayload(run.fetched.payload, failureFields(run, error));
  return { ...run.settled(), kind: "dead", payload };
}

async function tell(run: JobRun, error: unknown): Promise<void> {
  for (const handler of run.environment.errorHandlers) {
    try {
      await handler(error, run.job);
    } catch (handlerError) {
      run.log("error", { err: handlerError }, "An error handler threw");
    }
  }
}

async function announceDeath(run: JobRun, error: unknown): Promise<void> {
  for (const handler of run.environment.deathHandlers) {
    try {
      await handler(run.job, error);
    } catch (handlerError) {
      run.log("error", { err: handlerError }, "A death handler threw");
    }
  }
}

function nextCount(run: JobRun): number {
  const { retry_count: count } = run.record;
  return typeof count === "number" ? count + 1 : 0;
}

/** What a failure writes into the record (Sidekiq 8.1 `job_retry.rb`). */
function failureFields(run: JobRun, error: unknown): PayloadChanges {
  const now = timestamp(clock.now());
  const first = typeof run.record.retry_count !== "number";
  return {
    enqueued_at: undefined,
    error_class: errorName(error),
    error_message: wellFormed(message(error).slice(0, 10_000)),
    ...backtraceField(run, error),
    ...(first ? { failed_at: now } : { retried_at: now }),
    retry_count: nextCount(run),
    executions: run.job.executions + 1,
  };
}

function backtraceField(run: JobRun, error: unknown): PayloadChanges {
  const { backtrace } = run.record;
  if (backtrace === undefined || backtrace === false || !(error instanceof Error)) {
    return {};
  }
  const lines = (error.stack ?? "")
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
  const kept = backtrace === true ? lines : lines.slice(0, backtrace);
  // JSON, deflated, Base64: what Sidekiq's pages can read.
  return { error_backtrace: deflateSync(JSON.stringify(kept)).toString("base64") };
}

export function message(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be printed";
  }
}

/** Without the lone surrogates that Ruby's parser refuses. */
function wellFormed(text: string): string {
  return text.replace(
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    "\uFFFD",
  );
}

function errorName(error: unknown): string {
  if (!(error instanceof Error)) {
    return typeof error;
  }
  const { name } = error.constructor;
  return error.name !== "Error" || name === "" ? error.name : name;
}

function causeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null ? (error as { cause?: unknown }).cause : null;
}
