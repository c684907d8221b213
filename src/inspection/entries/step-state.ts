import type { JobRecord } from "../../adapters/job-record.ts";
import { shownSteps, type RecordedStep } from "../../job/record/recorded-steps.ts";

/** How far a step of a job has come, as its last checkpoint says. */
export interface StepState {
  /** What its command calls it. */
  readonly name: string;
  /** Whether it is done, and will not be done again. */
  readonly isDone: boolean;
  /** Its result where it is done, else its cursor: as on the wire, global ids as text. */
  readonly value: unknown;
  /** Those within it, in their order. Of one that is done they are forgotten. */
  readonly steps: readonly StepState[];
}

/** `undefined` of a job that has come to no step, and where its class encrypts. */
export function stepStates(record: JobRecord): readonly StepState[] | undefined {
  return shownSteps(record)?.map(stateOf);
}

function stateOf({ name, done, value, steps = [] }: RecordedStep): StepState {
  const shown = value === undefined || "json" in value ? value?.json : value.ruby;
  return { name, isDone: done === true, value: shown, steps: steps.map(stateOf) };
}
