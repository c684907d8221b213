import { unlimitedController } from "../../support/abort.ts";
import type { Logger } from "../../support/logger.ts";
import { jobContext, type JobContext, type JobScope } from "../inside/current-job.ts";
import { jobLogger } from "../inside/job-logger.ts";
import type { PreparedJob } from "../defer/prepared-job.ts";
import { settings } from "../settings/settings.ts";
import { TimeLimit } from "../inside/time-limit.ts";

/** What surrounds a job that runs here and now, by `performNow`. */
export class HereContext implements JobContext {
  readonly job: PreparedJob;
  readonly logger: Logger;
  /** Where its class limits its time, which begins here. */
  readonly timeLimit: TimeLimit | undefined;
  requeueIn: number | undefined = undefined;
  scope: JobScope | undefined = undefined;
  readonly #around: JobContext | undefined = jobContext();
  /** Made when somebody asks, and held by nobody else. */
  #abort: AbortController | undefined = undefined;
  #stopListening: (() => void) | undefined = undefined;

  constructor(job: PreparedJob) {
    const { className, declarations } = job;
    this.job = job;
    this.logger = jobLogger(settings().logger, job);
    if (typeof declarations.timeout === "number") {
      this.timeLimit = new TimeLimit({
        className,
        seconds: declarations.timeout,
        onElapsed: (error) => this.#abort?.abort(error),
      });
    }
  }

  /** That of the job around, unless its own time may end before. */
  get signal(): AbortSignal {
    if (this.timeLimit === undefined && this.#around !== undefined) {
      return this.#around.signal;
    }
    return (this.#abort ?? this.#listen()).signal;
  }

  /** Lets go of what outlives it. */
  end(): void {
    this.timeLimit?.end();
    this.#stopListening?.();
  }

  #listen(): AbortController {
    const abort = (this.#abort = unlimitedController());
    const around = this.#around?.signal;
    if (this.timeLimit?.error !== undefined) {
      abort.abort(this.timeLimit.error);
    } else if (around?.aborted === true) {
      abort.abort(around.reason);
    } else if (around !== undefined) {
      const end = (): void => abort.abort(around.reason);
      around.addEventListener("abort", end);
      this.#stopListening = () => around.removeEventListener("abort", end);
    }
    return abort;
  }
}
