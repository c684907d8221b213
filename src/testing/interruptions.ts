import { isDeepStrictEqual } from "node:util";
import { checkFunction, checkOptionNames, describeType } from "../job/checks/checks.ts";
import { askingFor } from "../steps/asked-interruptions.ts";
import type { Block } from "./block-arguments.ts";
import { checkTestedClass, nameOf, type TestedClass } from "./tested-class.ts";

/** Where a run is to be interrupted. */
export interface InterruptedStep {
  /** The class of the job, or its name. */
  readonly command: TestedClass | string;
  /** The step's name, behind those of the steps around it: `"outer/inner"`. */
  readonly step: string;
  /** Where in it; absent: as it begins, without a cursor. */
  readonly cursor?: unknown;
}

/**
 * Interrupts the first run that comes to a place in a step, as a worker does that stops: the job is
 * put back, and a later run goes on from there.
 *
 * @example
 * ```ts
 * import { Command, type Step } from "mandate";
 * import { interruptJobDuringStep, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
 *
 * class Import extends Command.initializeWith((rows: number) => ({ rows })) {
 *   async call() {
 *     await this.step("rows", async (step: Step<number>) => {
 *       for (let row = step.cursor ?? 0; row < this.rows; row += 1) await step.advance(row + 1);
 *     });
 *   }
 * }
 *
 * const { restore } = useTestAdapter();
 * await Import.defer(10);
 * await interruptJobDuringStep({ command: Import, step: "rows", cursor: 4 }, () =>
 *   performEnqueuedJobs(),
 * );
 * await performEnqueuedJobs(); // goes on behind row 4
 * restore();
 * ```
 *
 * @returns what the block returned.
 * @throws {TypeError} if the place is none, or the block is no function.
 * @see Active Job 8.1 `ActiveJob::Continuation::TestHelper#interrupt_job_during_step`
 */
export async function interruptJobDuringStep<Output>(
  place: InterruptedStep,
  block: () => Output,
): Promise<Awaited<Output>> {
  const where = "interruptJobDuringStep";
  checkOptionNames(place, ["command", "step", "cursor"], where);
  checkTestedClass(place.command, `the command of ${where}`);
  checkFunction(block satisfies Block, where);
  if (typeof place.step !== "string") {
    throw new TypeError(
      `Cannot interrupt a step that is ${describeType(place.step)}: give ${where} the step's name`,
    );
  }
  const name = nameOf(place.command);
  let wasThere = false;
  return askingFor((at) => {
    const isThere =
      !wasThere &&
      at.className === name &&
      at.step === place.step &&
      isDeepStrictEqual(at.cursor, place.cursor);
    wasThere ||= isThere;
    return isThere;
  }, block);
}
