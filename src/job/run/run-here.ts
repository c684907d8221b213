import type { JobRecord } from "../../adapters/job-record.ts";
import { unlimitedController } from "../../support/abort.ts";
import { logSafely, type Logger, type LogLevel } from "../../support/logger.ts";
import type { Run } from "../declare/hooks.ts";
import type { PreparedJob } from "../defer/prepared-job.ts";
import { runningJob } from "../surroundings/current-job.ts";
import type { JobScope, RunningJob } from "../surroundings/surroundings.ts";
import { Interruption } from "../inside/interruption.ts";
import { jobLogger } from "../inside/job-logger.ts";
import { settings } from "../settings/settings.ts";

/** The run of a job that runs here and now, by `performNow`. */
export class RunHere implements RunningJob, Run {
  readonly job: PreparedJob;
  readonly logger: Logger;
  beganAt: number | undefined = undefined;
  requeueIn: number | undefined = undefined;
  scope: JobScope | undefined = undefined;
  readonly #around: RunningJob | undefined = runningJob();
  readonly #atEnd: (() => void)[] = [];
  /** Made when somebody asks, and held by nobody else. */
  #abort: AbortController | undefined = undefined;
  #interruption: Interruption | undefined = undefined;

  constructor(job: PreparedJob) {
    this.job = job;
    this.logger = jobLogger(settings().logger, job);
  }

  get className(): string {
    return this.job.className;
  }

  get record(): JobRecord {
    return this.job.record;
  }

  /** That of the job around, unless this run may be interrupted by itself. */
  get signal(): AbortSignal {
    const { aroundRun } = this.job.declarations.hooks;
    if (aroundRun === undefined && this.#around !== undefined) {
      return this.#around.signal;
    }
    return (this.#abort ?? this.#listen()).signal;
  }

  interrupt(makeError: (options?: ErrorOptions) => Error): boolean {
    this.#interruption ??= new Interruption(makeError);
    this.#abort?.abort(this.#interruption.error);
    return false;
  }

  /** @throws what it fails with, if it was interrupted. */
  assertUninterrupted(): void {
    if (this.#interruption !== undefined) {
      throw this.#interruption.error;
    }
  }

  /** What it failed with that threw this. */
  failure(thrown: unknown): unknown {
    return this.#interruption === undefined ? thrown : this.#interruption.failure(thrown);
  }

  atEnd(letGo: () => void): void {
    this.#atEnd.push(letGo);
  }

  /** Lets go of what outlives it. */
  end(): void {
    this.#atEnd.splice(0).forEach((letGo) => letGo());
  }

  log(level: LogLevel, fields: object, text: string): void {
    logSafely(this.logger, level, fields, text);
  }

  #listen(): AbortController {
    const abort = (this.#abort = unlimitedController());
    const around = this.#around?.signal;
    if (this.#interruption !== undefined) {
      abort.abort(this.#interruption.error);
    } else if (around?.aborted === true) {
      abort.abort(around.reason);
    } else if (around !== undefined) {
      const end = (): void => abort.abort(around.reason);
      around.addEventListener("abort", end);
      this.atEnd(() => around.removeEventListener("abort", end));
    }
    return abort;
  }
}
