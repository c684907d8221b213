import type { JobRecord } from "../../adapters/job-record.ts";
import { editPayload, fieldText, JsonText } from "../../adapters/payload.ts";
import { isWrapper, type ActiveJob } from "./active-job.ts";
import { isCount } from "./failure-fields.ts";
import type { RecordedStep } from "./recorded-steps.ts";

/**
 * How far an Active Job has come, as Rails says it: the names of steps that are done, and of the
 * one that is not, with its cursor.
 *
 * @see Active Job 8.1 `lib/active_job/continuation.rb`
 */
interface Continuation {
  readonly completed?: readonly string[];
  readonly current?: readonly [string, unknown];
}

/**
 * What Rails noted of an Active Job's steps becomes its record's own, unless it is what this
 * library has written: that says more.
 */
export function adoptContinuation(record: JobRecord, activeJob: ActiveJob): void {
  const { continuation, resumptions } = activeJob;
  if (isContinuation(continuation) && !isSame(continuation, record.steps)) {
    const { completed = [], current } = continuation;
    const steps: RecordedStep[] = completed.map((name) => ({ name, done: true }));
    if (current !== undefined) {
      steps.push({ name: current[0], value: { ruby: current[1] } });
    }
    record.steps = steps.length === 0 ? undefined : steps;
  }
  if (isCount(resumptions)) {
    record.resumptions = resumptions;
  }
}

/**
 * A payload whose Active Job says how far it has come, as Rails reads it; one without an Active Job
 * is left as it is.
 *
 * @param changes What else is other in the Active Job.
 */
export function withContinuation(
  payload: string,
  record: Pick<JobRecord, "class">,
  { steps, ...changes }: { readonly steps: readonly RecordedStep[] } & Record<string, unknown>,
): string {
  if (!isWrapper(record.class)) {
    return payload;
  }
  const args = fieldText(payload, "args")?.trim() ?? "";
  const continuation = continuationOf(steps);
  const job = editPayload(args.slice(1, -1), { ...changes, continuation });
  const stamp = fieldText(payload, "enqueued_at");
  return editPayload(payload, {
    args: new JsonText(`[${job}]`),
    enqueued_at: stamp === undefined ? undefined : new JsonText(stamp),
  });
}

function continuationOf(steps: readonly RecordedStep[]): Continuation {
  const completed = steps.filter(({ done }) => done === true).map(({ name }) => name);
  const current = steps.find(({ done }) => done !== true);
  return {
    completed,
    ...(current && { current: [current.name, rubyCursor(current)] as const }),
  };
}

function rubyCursor({ value }: RecordedStep): unknown {
  return value !== undefined && "ruby" in value ? value.ruby : null;
}

function isSame(continuation: Continuation, steps: unknown): boolean {
  if (!Array.isArray(steps)) {
    return false;
  }
  const { completed, current } = continuationOf(steps as RecordedStep[]);
  const { completed: found = [], current: foundCurrent } = continuation;
  return JSON.stringify([found, foundCurrent]) === JSON.stringify([completed, current]);
}

function isContinuation(found: unknown): found is Continuation {
  if (typeof found !== "object" || found === null) {
    return false;
  }
  const { completed = [], current } = found as Readonly<Record<string, unknown>>;
  return (
    Array.isArray(completed) &&
    completed.every((name) => typeof name === "string") &&
    (current === undefined ||
      (Array.isArray(current) && current.length === 2 && typeof current[0] === "string"))
  );
}
