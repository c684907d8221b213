import type { JobHandle } from "../handle/job-handle.ts";
import type { PreparedJob } from "./prepared-job.ts";
import type { ResultOptions } from "../handle/await-result.ts";

/** What a command's `call()`, or a job's `perform()`, comes to. */
export type ResultOf<Class> = Class extends abstract new (...args: never) => infer Instance
  ? Instance extends { perform(...args: never): infer Output } | { call(): infer Output }
    ? Awaited<Output>
    : unknown
  : unknown;

/**
 * The handle of a class's job: a `JobHandle<ResultOf<Class>>`. That is found out where the result
 * is asked for, and not before: a command may return the handle of another job of its own class.
 */
export interface HandleOf<Class> extends JobHandle {
  /** @see JobHandle.result */
  result(options?: ResultOptions): Promise<ResultOf<Class>>;
}

/** The same of a job that was not enqueued. */
export interface PreparedJobOf<Class> extends PreparedJob {
  /** @see JobHandle.result */
  result(options?: ResultOptions): Promise<ResultOf<Class>>;
}

/** The handle of what was prepared, once it is enqueued. */
export type EnqueuedOf<Prepared extends PreparedJob> =
  Prepared extends PreparedJob<infer Output> ? JobHandle<Output> : never;
