import type { FetchedJob, Outcome } from "../../adapters/adapter.ts";
import type { ProgressNote } from "../../adapters/job-notes.ts";
import { readPrereqFailure, readTimestamp, type JobRecord } from "../../adapters/job-record.ts";
import { editPayload, type PayloadChanges } from "../../adapters/payload.ts";
import { unlimitedController } from "../../support/abort.ts";
import { clock } from "../../support/clock.ts";
import { levelEnabled, logSafely, type Logger, type LogLevel } from "../../support/logger.ts";
import { readOr } from "../../support/thrown.ts";
import { cancellationOf, onCancellation, type JobCancelledError } from "./cancellation.ts";
import type { JobScope, RunningJob } from "../surroundings/surroundings.ts";
import { undeclared, type Declarations } from "../declare/declarations.ts";
import type { EndedRun } from "../declare/hooks.ts";
import { renewedFields } from "../record/failure-fields.ts";
import { JobHandle } from "../handle/job-handle.ts";
import { jobLogger, loggedArguments, performedText } from "./job-logger.ts";
import { noCounts } from "../record/put-back.ts";
import { progressOver, writeProgress } from "./progress-writer.ts";
import { overdueJobs } from "../record/overdue.ts";
import { Requeued, swallowedRequeue } from "./requeue.ts";
import type { RunPart } from "./run-part.ts";
import type { RunEnvironment } from "../settings/run-environment.ts";
import { displayName, wireArguments, type Target } from "../record/target.ts";
import { Interruption } from "./interruption.ts";

/** One run of one job: what it needs to know, and the ways in which it can end. */
export class JobRun implements RunningJob, EndedRun {
  readonly fetched: FetchedJob;
  readonly record: JobRecord;
  readonly environment: RunEnvironment;
  target: Target | undefined = undefined;
  requeueIn: number | undefined = undefined;
  scope: JobScope | undefined = undefined;
  /** How it ended that could not begin: what it waits for is unfinished. */
  notBegun: Outcome | undefined = undefined;
  /** What was made to be called or performed. */
  command: object | undefined = undefined;
  /** A callback or middleware kept it from being performed. */
  isHalted = false;
  /** What has a say in how it ends. */
  part: RunPart | undefined = undefined;
  /** The run ended because its job was cancelled. */
  isCancelled = false;
  beganAt: number | undefined = undefined;
  /** What its last failure is, for those who observe it. */
  thrown: unknown = undefined;
  /** Made when somebody asks: most jobs never do. */
  #job: JobHandle | undefined = undefined;
  #logger: Logger | undefined = undefined;
  #abort: AbortController | undefined = undefined;
  #environmentListener: (() => void) | undefined = undefined;
  #located: readonly unknown[] | undefined = undefined;
  #startedAt: number | undefined = undefined;
  #hasReported = false;
  #interruption: Interruption | undefined = undefined;
  #atEnd: (() => void)[] | undefined = undefined;
  #hasEnded = false;

  constructor(fetched: FetchedJob, record: JobRecord, environment: RunEnvironment) {
    this.fetched = fetched;
    this.record = record;
    this.environment = environment;
  }

  get job(): JobHandle {
    return (this.#job ??= new JobHandle({
      record: this.record,
      className: this.className,
      arguments: this.#located ?? wireArguments(this.record),
      adapter: this.environment.adapter,
    }));
  }

  get className(): string {
    return displayName(this.record);
  }

  /** What comes again of the job. */
  get payload(): string {
    return this.part?.payload ?? this.fetched.payload;
  }

  /** Its own: listeners that a job leaves behind are not called at a shutdown long after. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = unlimitedController();
      this.#environmentListener = () => this.#abort?.abort(this.environment.signal.reason);
      onCancellation(this.fetched, (error) => this.#abort?.abort(error));
      const interruption = this.#interruption?.error ?? this.cancellation;
      if (interruption !== undefined) {
        this.#abort.abort(interruption);
      } else if (this.environment.signal.aborted) {
        this.#environmentListener();
      } else {
        this.environment.signal.addEventListener("abort", this.#environmentListener);
      }
    }
    return this.#abort.signal;
  }

  /** How it ended that did not throw. */
  ended(): Outcome {
    const outcome = this.notBegun ?? this.requeueAsked() ?? this.performed();
    this.end();
    return outcome;
  }

  interrupt(makeError: (options?: ErrorOptions) => Error): boolean {
    // What a run throws that is being ended already is no failure.
    if (this.#hasEnded || this.environment.signal.aborted) {
      return false;
    }
    this.#interruption ??= new Interruption(makeError);
    overdueJobs.add(this.fetched);
    this.#abort?.abort(this.#interruption.error);
    return true;
  }

  atEnd(letGo: () => void): void {
    (this.#atEnd ??= []).push(letGo);
  }

  /** Why it does not run again, whatever it asks for: it was cancelled. */
  get cancellation(): JobCancelledError | undefined {
    return cancellationOf(this.fetched);
  }

  /** Whether it is a failure, however it ends. */
  get isInterrupted(): boolean {
    return this.#interruption !== undefined;
  }

  /** @throws what it fails with, if it was interrupted. */
  assertUninterrupted(): void {
    if (this.#interruption !== undefined) {
      throw this.#interruption.error;
    }
  }

  /** What it failed with that threw this, if it was interrupted. Its work has ended. */
  interruptedBy(thrown: unknown): Error | undefined {
    this.#letGo();
    return this.#interruption?.failure(thrown);
  }

  /** Lets go of what outlives it. */
  end(): void {
    this.#hasEnded = true;
    this.#letGo();
    if (this.#interruption !== undefined) {
      overdueJobs.delete(this.fetched);
    }
    if (this.#environmentListener !== undefined) {
      this.environment.signal.removeEventListener("abort", this.#environmentListener);
    }
    if (this.#hasReported) {
      progressOver(this.environment.adapter, this.record.jid);
    }
  }

  #letGo(): void {
    if (this.#atEnd !== undefined) {
      const all = this.#atEnd;
      this.#atEnd = undefined;
      all.forEach((letGo) => letGo());
    }
  }

  get logger(): Logger {
    return (this.#logger ??= jobLogger(this.environment.logger, this.job));
  }

  report(progress: Omit<ProgressNote, "jid">): void {
    this.#hasReported = true;
    writeProgress(this.environment.adapter, { jid: this.record.jid, ...progress });
  }

  get declarations(): Declarations {
    return this.target?.declarations ?? undeclared();
  }

  /** From here on the handle shows the arguments as they were found. */
  locate(args: readonly unknown[]): void {
    this.#located = args;
    this.#job?.locate(args);
  }

  /** When it failed first, in epoch seconds. */
  failedAt(): number | undefined {
    return readTimestamp(this.record.failed_at);
  }

  settled(): { readonly job: FetchedJob; readonly jid: string } {
    return { job: this.fetched, jid: this.record.jid };
  }

  done(): Outcome {
    return { job: this.fetched, jid: this.record.jid, kind: "done" };
  }

  /** Over, without success: it counts as no failure, and what waits for it is told. */
  discarded(): Outcome {
    return { ...this.settled(), kind: "done", ended: "discarded" };
  }

  /** Discarded, and counted as a failure. */
  dropped(): Outcome {
    return { ...this.settled(), kind: "done", failed: true, ended: "discarded" };
  }

  /** Over, because it was cancelled. */
  cancelled(): Outcome {
    this.isCancelled = true;
    this.log("warn", {}, `Cancelled ${this.className} while it ran`);
    return { ...this.settled(), kind: "done", ended: "cancelled" };
  }

  release(): Outcome {
    const { part } = this;
    const back = { ...this.settled(), kind: "release" } as const;
    return part === undefined ? back : { ...back, payload: part.payload };
  }

  /**
   * The end that `requeueJob` asked for, whatever happened after; `undefined` if nobody called it.
   *
   * @param thrown What came out of the run, if anything.
   */
  requeueAsked(thrown?: unknown): Outcome | undefined {
    const { requeueIn: delay } = this;
    if (delay === undefined) {
      return undefined;
    }
    if (this.cancellation !== undefined) {
      return this.cancelled();
    }
    const { className } = this;
    if (!(thrown instanceof Requeued)) {
      this.log("warn", {}, swallowedRequeue(className));
    }
    this.log("info", { requeueIn: delay }, `Requeued ${className}, again in ${delay} s`);
    return this.requeue(delay);
  }

  /**
   * The same job again, with what may have changed; no attempt is spent. Where the job did not ask
   * for it, that is counted.
   */
  requeue(delay: number, changes: PayloadChanges = noCounts): Outcome {
    const payload = editPayload(this.payload, { ...renewedFields(this), ...changes });
    const { queue } = this.fetched;
    const back = { ...this.settled(), kind: "requeue", payload, queue } as const;
    return delay > 0 ? { ...back, at: clock.now() + delay, delay } : back;
  }

  blockedBy(prereqs: readonly string[]): Outcome {
    this.log("info", { prereqs }, `Holding ${this.className}: unfinished job ${prereqs[0]}`);
    return {
      ...this.settled(),
      kind: "block",
      payload: editPayload(this.payload, { ...renewedFields(this), ...noCounts }),
      queue: this.fetched.queue,
      prereqs,
      prereqFailure: readPrereqFailure(this.record.prereq_failure),
    };
  }

  async disposeScope(scope: JobScope): Promise<void> {
    try {
      await scope.dispose();
    } catch (error) {
      this.log("error", { err: error }, `Could not dispose of what ${this.className} injected`);
    }
  }

  /** A logger that throws must not be the reason why a job fails, or runs twice. */
  log(level: LogLevel, fields: object, text: string): void {
    readOr(undefined, () => {
      if (levelEnabled(this.environment.logger, level)) {
        logSafely(this.logger, level, fields, text);
      }
    });
  }

  logStart(): void {
    if (levelEnabled(this.environment.logger, "info")) {
      this.#startedAt = clock.monotonic();
      const fields = loggedArguments(this.job, this.declarations);
      this.log("info", fields, `Performing ${this.className}`);
    }
  }

  /** Done, unless it was halted; and says so. */
  performed(): Outcome {
    if (this.#startedAt !== undefined) {
      const duration = clock.monotonic() - this.#startedAt;
      this.log("info", { duration }, performedText(this, duration));
    }
    return this.isHalted ? this.discarded() : this.done();
  }
}
