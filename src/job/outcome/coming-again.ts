import { types } from "node:util";
import type { Outcome } from "../../adapters/adapter.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import type { PayloadChanges } from "../../adapters/payload.ts";
import { isError, readOr, thrownMessage } from "../../support/thrown.ts";
import type { JobRun } from "../inside/job-run.ts";
import { findRule } from "./find-rule.ts";

/** How an error says that it puts its job back; the same in every copy of this library. */
export const comesAgain: unique symbol = Symbol.for("mandate.comes-again") as never;

/** An error that puts its job back, with no attempt spent. */
interface ComesAgain {
  /** @returns `undefined` where the job has come again too often: then it is a failure. */
  [comesAgain](record: JobRecord): ComingAgain | undefined;
}

/** When, in seconds from now, and what of its record is other then. */
export interface ComingAgain {
  readonly delay: number;
  readonly changes: PayloadChanges;
}

/**
 * What becomes of a job whose run threw such an error, unless a rule of its class names that
 * error's very class: a rule for all errors does not mean those that are no failure.
 *
 * @returns `undefined` of all others.
 */
export function outcomeOfComingAgain(run: JobRun, error: unknown): Outcome | undefined {
  if (!isComesAgain(error) || isNamedByRule(run, error)) {
    return undefined;
  }
  const coming = error[comesAgain](run.record);
  if (coming === undefined) {
    return undefined;
  }
  const { delay, changes } = coming;
  const text = `Put back ${run.className}, again in ${Math.ceil(delay)} s: ${thrownMessage(error)}`;
  run.log("info", { requeueIn: delay }, text);
  return run.requeue(delay, changes);
}

function isComesAgain(error: unknown): error is ComesAgain {
  const says =
    isError(error) && readOr(undefined, () => (error as Partial<ComesAgain>)[comesAgain]);
  return typeof says === "function" && !types.isProxy(error);
}

function isNamedByRule(run: JobRun, error: ComesAgain): boolean {
  const match = findRule(run, error);
  return match?.rule.matchers.some(({ errorClass }) => errorClass === error.constructor) === true;
}
