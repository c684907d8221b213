import type { FetchedJob, Outcome } from "../adapters/adapter.ts";
import { readTimestamp, type JobRecord } from "../adapters/job-record.ts";
import { editPayload } from "../adapters/payload.ts";
import { clock } from "../support/clock.ts";
import { levelEnabled, type Logger, type LogLevel } from "../support/logger.ts";
import type { JobContext, JobScope } from "./current-job.ts";
import { noDeclarations, type Declarations } from "./declarations.ts";
import { JobHandle } from "./job-handle.ts";
import { jobLogger, loggedArguments } from "./job-logger.ts";
import type { RunEnvironment } from "./run-environment.ts";
import { displayName, mandateJob, type Target } from "./target.ts";

/** One run of one job: what it needs to know, and the ways in which it can end. */
export class JobRun implements JobContext {
  readonly fetched: FetchedJob;
  readonly record: JobRecord;
  readonly environment: RunEnvironment;
  readonly job: JobHandle;
  declarations: Declarations = noDeclarations;
  target: Target | undefined;
  requeueIn: number | undefined;
  scope: JobScope | undefined;
  #logger: Logger | undefined;
  #startedAt = 0;

  constructor(fetched: FetchedJob, record: JobRecord, environment: RunEnvironment) {
    this.fetched = fetched;
    this.record = record;
    this.environment = environment;
    this.job = new JobHandle({
      record,
      className: displayName(record),
      arguments: record.class === mandateJob ? record.args.slice(1) : record.args,
      adapter: environment.adapter,
    });
  }

  get signal(): AbortSignal {
    return this.environment.signal;
  }

  get logger(): Logger {
    return (this.#logger ??= jobLogger(this.environment.logger, this.job));
  }

  aimAt(target: Target): void {
    this.target = target;
    this.declarations = target.declarations;
  }

  /** From here on the handle shows the arguments as they were found. */
  locate(args: readonly unknown[]): readonly unknown[] {
    this.job.locate(args);
    return args;
  }

  /** When it failed first, in epoch seconds. */
  failedAt(): number | undefined {
    return readTimestamp(this.record.failed_at);
  }

  settled(): { readonly job: FetchedJob; readonly jid: string } {
    return { job: this.fetched, jid: this.record.jid };
  }

  done(options?: { readonly failed: true }): Outcome {
    return options === undefined
      ? { job: this.fetched, jid: this.record.jid, kind: "done" }
      : { job: this.fetched, jid: this.record.jid, kind: "done", failed: true };
  }

  /** The same job again, with what may have changed. */
  requeue(delay: number, changes: Readonly<Record<string, unknown>> = {}): Outcome {
    const payload = editPayload(this.fetched.payload, { enqueued_at: undefined, ...changes });
    const back = { ...this.settled(), kind: "requeue", payload, queue: this.record.queue } as const;
    return delay > 0 ? { ...back, at: clock.now() + delay } : back;
  }

  blockedBy(prereqs: readonly string[]): Outcome {
    this.log("info", { prereqs }, `Holding ${this.job.className}: unfinished job ${prereqs[0]}`);
    return {
      ...this.settled(),
      kind: "block",
      payload: editPayload(this.fetched.payload, { enqueued_at: undefined }),
      queue: this.record.queue,
      prereqs,
      prereqFailure: this.record.prereq_failure ?? "release",
    };
  }

  async disposeScope(scope: JobScope): Promise<void> {
    try {
      await scope.dispose();
    } catch (error) {
      this.log("error", { err: error }, `Could not dispose of what ${this.job.className} injected`);
    }
  }

  log(level: LogLevel, fields: object, text: string): void {
    if (levelEnabled(this.environment.logger, level)) {
      this.logger[level](fields, text);
    }
  }

  logStart(): void {
    if (levelEnabled(this.environment.logger, "info")) {
      this.#startedAt = clock.monotonic();
      this.logger.info(
        loggedArguments(this.job, this.declarations),
        `Performing ${this.job.className}`,
      );
    }
  }

  logDone(): void {
    if (this.#startedAt !== 0) {
      const duration = clock.monotonic() - this.#startedAt;
      this.logger.info(
        { duration },
        `Performed ${this.job.className} in ${milliseconds(duration)}`,
      );
    }
  }

  warnOfSwallowedRequeue(): void {
    this.log(
      "warn",
      {},
      `${this.job.className} caught what requeueJob throws. It is put back all the same: ` +
        "let that pass, or call requeueJob outside of the try block",
    );
  }
}

function milliseconds(duration: number): string {
  return `${(duration * 1000).toFixed(duration < 0.01 ? 2 : 0)} ms`;
}
