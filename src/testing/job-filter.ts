import { types } from "node:util";
import { checkName, checkOptionNames, describe } from "../job/checks/checks.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { checkTestedClass, isJobOf, nameOf, type TestedClass } from "./tested-class.ts";

/** Which jobs to count. */
export interface CountOptions {
  /** Jobs of these classes, or of these names. Not together with `except`. */
  readonly only?: TestedClass | string | readonly (TestedClass | string)[] | undefined;
  /** Jobs of all other classes. */
  readonly except?: TestedClass | string | readonly (TestedClass | string)[] | undefined;
  /** Jobs of this queue. */
  readonly queue?: string | undefined;
}

/** Which jobs to perform. */
export interface PerformOptions extends CountOptions {
  /** Jobs that are due by then; without it, all, however long they were to wait. */
  readonly at?: Date | undefined;
  /**
   * Without a block: whether what these jobs enqueue is performed, too, and what that enqueues.
   *
   * @default false
   */
  readonly drain?: boolean | undefined;
}

/** Picks jobs by class, queue and time. */
export class JobFilter {
  readonly #only: readonly (TestedClass | string)[] | undefined;
  readonly #except: readonly (TestedClass | string)[] | undefined;
  readonly #queue: string | undefined;
  readonly #at: Date | undefined;

  /**
   * @param where The function whose options these are, for messages.
   * @throws {UnknownOptionError} if there is no such option.
   * @throws {TypeError} if one cannot be used.
   */
  constructor(options: PerformOptions, where: string, takes: "count" | "perform" = "count") {
    const known = ["only", "except", "queue", ...(takes === "perform" ? ["at", "drain"] : [])];
    checkOptionNames(options, known, `the options of ${where}`);
    const { only, except, queue, at, drain } = options;
    if (only !== undefined && except !== undefined) {
      throw new TypeError(`Cannot use both only and except in ${where}: give one of them`);
    }
    if (queue !== undefined) checkName(queue, `the options of ${where}`, "a queue");
    if (at !== undefined && !types.isDate(at)) {
      throw new TypeError(`Cannot use ${describe(at)} as at of ${where}: give a Date`);
    }
    if (drain !== undefined && typeof drain !== "boolean") {
      throw new TypeError(`Cannot use ${describe(drain)} as drain of ${where}: give a boolean`);
    }
    this.#only = only === undefined ? undefined : classes(only, `only of ${where}`);
    this.#except = except === undefined ? undefined : classes(except, `except of ${where}`);
    this.#queue = queue;
    this.#at = at;
  }

  accepts(job: JobHandle): boolean {
    const due = job.scheduledAt;
    return (
      (this.#only?.some((wanted) => isJobOf(job, wanted)) ?? true) &&
      !(this.#except?.some((wanted) => isJobOf(job, wanted)) ?? false) &&
      (this.#queue === undefined || this.#queue === job.queueName) &&
      (this.#at === undefined || due === undefined || due <= this.#at)
    );
  }

  /** ` of A or B in queue "c"`: what follows "jobs" in a message. */
  toString(): string {
    const of = this.#only === undefined ? "" : ` of ${this.#only.map(nameOf).join(" or ")}`;
    const but =
      this.#except === undefined ? "" : ` not of ${this.#except.map(nameOf).join(" or ")}`;
    const queue = this.#queue === undefined ? "" : ` in queue "${this.#queue}"`;
    return of + but + queue;
  }
}

function classes(
  given: TestedClass | string | readonly (TestedClass | string)[],
  where: string,
): readonly (TestedClass | string)[] {
  const list = Array.isArray(given)
    ? (given as readonly (TestedClass | string)[])
    : [given as TestedClass | string];
  for (const wanted of list) checkTestedClass(wanted, where);
  return list;
}
