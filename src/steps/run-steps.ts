import type { Outcome } from "../adapters/adapter.ts";
import { editPayload, fieldText, JsonText } from "../adapters/payload.ts";
import type { JobRun } from "../job/inside/job-run.ts";
import type { RunPart } from "../job/inside/run-part.ts";
import { activeJobIn, isWrapper } from "../job/record/active-job.ts";
import { withContinuation } from "../job/record/continuation.ts";
import { withCurrentKey } from "../job/record/encrypted-arguments.ts";
import { writtenSteps } from "../job/record/recorded-steps.ts";
import { stepsIn } from "../job/record/steps-in.ts";
import { surroundedBy, surroundings } from "../job/surroundings/surroundings.ts";
import { clock } from "../support/clock.ts";
import { nextTurn } from "../support/turn.ts";
import { isAskedFor } from "./asked-interruptions.ts";
import { Level } from "./level.ts";
import { ResumptionLimitError } from "./resumption-limit-error.ts";
import type { RunStep, StepHost } from "./run-step.ts";
import { StepInterrupted, swallowedInterruption } from "./step-interrupted.ts";
import type { StepWork } from "./step.ts";
import { maxResumptionsTrait, maxRunTimeTrait } from "./steps-macros.ts";

/** Seconds from one checkpoint to the next. */
const PAUSE = 1;
/** Seconds after which timers and I/O get their turn. */
const LONGEST_TURN = 0.01;

const atOnce = Promise.resolve();

/** What of a record tells of failures: they do not count once the job has gone on. */
const noFailures = {
  retry_count: undefined,
  retried_at: undefined,
  failed_at: undefined,
  exception_executions: undefined,
  error_class: undefined,
  error_message: undefined,
  error_backtrace: undefined,
};

/** Why a run ends before its work does. */
type Interruption = "its worker stops" | "its maxRunTime is over" | "a test asked for it";

/** The steps of a worker's run: how far it has come, and what becomes of that. */
export class RunSteps implements RunPart, StepHost {
  /** How often a run went on from where one before had come to, this one included. */
  readonly resumptions: number;
  readonly #run: JobRun;
  readonly #root: Level;
  readonly #beganAt: number;
  readonly #maxRunTime: number;
  readonly #maxResumptions: number;
  /** In this run something was done that is not to be done again. */
  #hasGoneOn = false;
  /** There is something that no checkpoint has. */
  #isChanged = false;
  #interruption: Interruption | undefined;
  #mirrored: { write(): Promise<void> } | undefined;
  #writing: Promise<void> = atOnce;
  #writtenAt: number;
  #turnedAt: number;

  /** @throws what `stepsIn` does. */
  constructor(run: JobRun) {
    const known = stepsIn(run.record);
    const { resumptions = 0 } = run.record;
    this.#run = run;
    this.#root = new Level(this, "", known ?? []);
    this.resumptions = known === undefined ? resumptions : resumptions + 1;
    this.#maxRunTime = maxRunTimeTrait.of(run.declarations);
    this.#maxResumptions = maxResumptionsTrait.of(run.declarations);
    this.#beganAt = clock.monotonic();
    this.#writtenAt = this.#beganAt;
    this.#turnedAt = this.#beganAt;
  }

  /** What is encrypted Rails cannot run. */
  get isForRuby(): boolean {
    const { record } = this.#run;
    return isWrapper(record.class) && record.encrypted === undefined;
  }

  get className(): string {
    return this.#run.className;
  }

  /** Does a step, unless it is done. Resolves to what it came to, now or before. */
  async step(name: string, work: StepWork<unknown, never>): Promise<unknown> {
    this.#assertGoesOn();
    const around = surroundings().step;
    const level = around instanceof Level && around.host === this ? around : this.#root;
    const { step, inner } = level.begin(name);
    let output: unknown;
    try {
      if (step.isDone) {
        return await step.output();
      }
      await step.load();
      this.#assertNotAskedFor(step);
      output = await surroundedBy({ step: inner }, () => work(step as never));
      if (this.#interruption !== undefined) {
        throw this.#swallowed();
      }
      step.finish(output);
    } finally {
      step.end();
      level.left(step);
    }
    this.#hasGoneOn = true;
    this.#isChanged = true;
    await this.write();
    return output;
  }

  advanced(step: RunStep): Promise<void> {
    this.#hasGoneOn = true;
    this.#isChanged = true;
    this.#assertGoesOn();
    this.#assertNotAskedFor(step);
    const now = clock.monotonic();
    if (now - this.#writtenAt >= PAUSE) {
      return this.#writeInPassing();
    }
    if (now - this.#turnedAt >= LONGEST_TURN) {
      this.#turnedAt = now;
      return nextTurn();
    }
    return atOnce;
  }

  /** Has something else written before each checkpoint, as long as `work` goes on. */
  async mirroring<Output>(
    mirrored: { write(): Promise<void> },
    work: () => Promise<Output>,
  ): Promise<Output> {
    this.#mirrored = mirrored;
    try {
      return await work();
    } finally {
      this.#mirrored = undefined;
    }
  }

  write(): Promise<void> {
    const writing = this.#writing.then(() => this.#write());
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  get payload(): string {
    const { record, fetched } = this.#run;
    const steps = this.#root.recorded();
    const stamp = fieldText(fetched.payload, "enqueued_at");
    const startsAnew = this.#startsCountAnew();
    const payload = editPayload(fetched.payload, {
      ...(startsAnew ? noFailures : {}),
      ...withCurrentKey(record),
      steps: steps.length === 0 ? undefined : writtenSteps(record, steps),
      resumptions: this.resumptions === 0 ? undefined : this.resumptions,
      // Where it enters a queue it is renewed at the end.
      enqueued_at: stamp === undefined ? undefined : new JsonText(stamp),
    });
    const { resumptions } = this;
    return this.isForRuby
      ? withContinuation(payload, record, {
          steps,
          resumptions,
          ...(startsAnew ? { exception_executions: {} } : {}),
        })
      : payload;
  }

  returned(): void {
    if (this.#run.requeueIn !== undefined) {
      return;
    }
    if (this.#interruption !== undefined) {
      throw this.#swallowed();
    }
    this.#root.assertComplete();
  }

  ending(thrown: unknown): Outcome | undefined {
    const run = this.#run;
    if (this.#interruption === undefined || run.isInterrupted) {
      return undefined;
    }
    if (!(thrown instanceof StepInterrupted)) {
      run.log("warn", { err: thrown }, swallowedInterruption(run.className));
    }
    const fields = { resumptions: this.resumptions };
    run.log(
      "info",
      fields,
      `Interrupted ${run.className}, which goes on later: ${this.#interruption}`,
    );
    return this.#interruption === "its worker stops" ? run.release() : run.requeue(0);
  }

  failing(): void {
    if (this.#startsCountAnew()) {
      const { record } = this.#run;
      for (const field of Object.keys(noFailures)) {
        delete record[field];
      }
      const activeJob = activeJobIn(record);
      if (activeJob !== undefined) {
        activeJob.exception_executions = {};
      }
    }
  }

  #startsCountAnew(): boolean {
    return this.#hasGoneOn && this.resumptions < this.#maxResumptions;
  }

  /** @throws what the run is to end with; nothing where it goes on. */
  #assertGoesOn(): void {
    const run = this.#run;
    if (this.#interruption !== undefined) {
      throw new StepInterrupted();
    }
    const { signal, stopping } = run.environment;
    const { cancellation } = run;
    if (cancellation !== undefined) {
      throw cancellation;
    }
    signal.throwIfAborted();
    run.assertUninterrupted();
    if (stopping?.aborted === true) {
      this.#interrupt("its worker stops");
    }
    if (this.#hasGoneOn && clock.monotonic() - this.#beganAt >= this.#maxRunTime) {
      this.#interrupt("its maxRunTime is over");
    }
  }

  #assertNotAskedFor({ path, cursor }: RunStep): void {
    if (isAskedFor({ className: this.className, step: path, cursor })) {
      this.#interrupt("a test asked for it");
    }
  }

  #interrupt(why: Interruption): never {
    if (this.resumptions >= this.#maxResumptions) {
      throw new ResumptionLimitError(this.className, this.resumptions);
    }
    this.#interruption = why;
    throw new StepInterrupted();
  }

  #swallowed(): StepInterrupted {
    this.#run.log("warn", {}, swallowedInterruption(this.className));
    return new StepInterrupted();
  }

  /** With the store away, which is said elsewhere, the step goes on, and tries again. */
  async #writeInPassing(): Promise<void> {
    try {
      await this.write();
    } catch (error) {
      this.#run.log("warn", { err: error }, `Could not write a checkpoint of ${this.className}`);
      this.#writtenAt = clock.monotonic();
    }
    this.#assertGoesOn();
  }

  async #write(): Promise<void> {
    const { environment, fetched } = this.#run;
    if (!this.#isChanged || environment.checkpoint === undefined) {
      return;
    }
    this.#isChanged = false;
    try {
      await this.#mirrored?.write();
      const isHeld = await environment.checkpoint(fetched, this.payload);
      this.#writtenAt = clock.monotonic();
      this.#turnedAt = this.#writtenAt;
      if (!isHeld) {
        // It was given to another worker: how this run ends does not count.
        this.#interruption = "its worker stops";
        throw new StepInterrupted();
      }
    } catch (error) {
      this.#isChanged = true;
      throw error;
    }
  }
}
