import type { JobRun } from "../job/inside/job-run.ts";
import { runningJob } from "../job/surroundings/current-job.ts";
import { assertWork, inlineStep } from "./inline-step.ts";
import { RunSteps } from "./run-steps.ts";
import type { StepWork } from "./step.ts";

/**
 * Does a step of a command: of one that a worker runs once, whatever happens; of one that is called
 * inline, in a job too, as often as it is called.
 */
export async function doStep(
  command: object,
  name: string,
  work: StepWork<unknown, never>,
): Promise<unknown> {
  assertWork(work, `step ${JSON.stringify(name)} of ${command.constructor.name}`);
  const steps = stepsOf(command);
  return steps === undefined ? inlineStep(command, name, work) : steps.step(name, work);
}

/** Those of the run that is this command's own; `undefined` where it was called inline. */
export function stepsOf(command: object): RunSteps | undefined {
  const run = runOf(command);
  if (run === undefined) {
    return undefined;
  }
  if (run.part === undefined) {
    const steps = new RunSteps(run);
    run.part = steps;
    return steps;
  }
  return run.part as RunSteps;
}

/** The worker's run in which this command was made. */
export function runOf(command: object): JobRun | undefined {
  const job = runningJob();
  // Of whichever copy of this library; one that runs here and now was not fetched.
  const run = job !== undefined && "fetched" in job ? (job as JobRun) : undefined;
  return run?.target?.runnable === command.constructor ? run : undefined;
}
