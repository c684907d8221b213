import type { InjectionToken } from "tsyringe";
import type { Duration } from "../support/duration.ts";
import type { Logger } from "../support/logger.ts";
import { jobContext } from "./current-job.ts";
import { ownScope, resolveFor, type InjectionScope } from "./inject.ts";
import type { JobHandle } from "./job-handle.ts";
import { Macros } from "./macros.ts";
import { runnable } from "./registry.ts";
import { requeueCurrentJob } from "./requeue.ts";
import { settings } from "./settings.ts";

const neverAborted = new AbortController().signal;

/** What commands and jobs have in common: macros, collaborators, and a view of the job they run in. */
export abstract class Work extends Macros {
  /** @internal */
  static readonly [runnable] = true;
  /** @internal */
  declare readonly [ownScope]?: InjectionScope | undefined;

  /** The running job; `undefined` where this runs inline, outside of any job. */
  protected get job(): JobHandle | undefined {
    return jobContext()?.job;
  }

  /**
   * Aborted when the run must end: at a shutdown's deadline, or when the job was given to another
   * worker. What is thrown from then on is no failure. Inline it is never aborted.
   */
  protected get signal(): AbortSignal {
    return jobContext()?.signal ?? neverAborted;
  }

  /** Inside a job each of its lines says which. */
  protected get logger(): Logger {
    return jobContext()?.logger ?? settings().logger;
  }

  /**
   * Ends this run and puts the same job back after `delay`: same jid, arguments and prerequisites. It is
   * no failure, and what waits for the job goes on waiting.
   *
   * @throws {NotInJobError} outside of a job.
   */
  protected requeueJob(delay: Duration): never {
    return requeueCurrentJob(delay);
  }

  /**
   * A collaborator from the container, the same throughout one job or one outermost inline call.
   *
   * Inject in field initializers: what a method injects inline is the command's own, and is not disposed
   * of when the call ends.
   */
  protected inject<Collaborator>(token: InjectionToken<Collaborator>): Collaborator {
    return resolveFor(this, token);
  }
}
