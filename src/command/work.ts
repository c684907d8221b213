import type { InjectionToken } from "tsyringe";
import type { Batch } from "../batches/batch.ts";
import { prereqResults, type PrereqResults } from "../batches/prereq-results.ts";
import { runningBatch } from "../batches/batch-of-job.ts";
import { unlimitedController } from "../support/abort.ts";
import type { Duration } from "../support/duration.ts";
import type { Logger } from "../support/logger.ts";
import { classJobs, type ClassJobs } from "../job/declare/class-jobs.ts";
import { runningJob } from "../job/surroundings/current-job.ts";
import { ownScope, resolveFor, type InjectionScope } from "../job/inside/inject.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import { Macros } from "./macros.ts";
import { runnable, type RunnableClass } from "../job/declare/registry.ts";
import { reportProgress } from "../job/inside/report-progress.ts";
import { requeueCurrentJob } from "../job/inside/requeue.ts";
import { doStep } from "../steps/do-step.ts";
import { iterate, type IterateOptions } from "../steps/iterate.ts";
import type { Source } from "../steps/source.ts";
import type { Step } from "../steps/step.ts";
import { settings } from "../job/settings/settings.ts";

/** Of those that asked for one inline: each its own, which lives as long as it does. */
const inlineSignals = new WeakMap<Work, AbortSignal>();

/**
 * What commands and jobs have in common: macros, collaborators, and a view of the job they run in.
 */
export abstract class Work extends Macros {
  /** @internal */
  static readonly [runnable] = true;
  /**
   * Names that the class had before. Jobs that wait under one of them are its own.
   *
   * @default none
   */
  static readonly formerNames: readonly string[] = [];
  /** @internal */
  declare readonly [ownScope]?: InjectionScope | undefined;

  /**
   * In tests: the jobs of this class that wait, as Sidekiq's testing has them. A class that has a
   * static `jobs` of its own keeps that.
   *
   * @throws {ConfigurationError} if no test adapter is in use.
   *
   * @example
   * ```ts
   * import { Command } from "mandate";
   * import { useTestAdapter } from "mandate/testing";
   *
   * class Welcome extends Command.initializeWith((name: string) => ({ name })) {
   *   call() {}
   * }
   *
   * using _ = useTestAdapter();
   * await Welcome.defer("Ada");
   * console.log(Welcome.jobs.size, Welcome.jobs[0]?.arguments);
   * // Output: 1 [ 'Ada' ]
   * await Welcome.jobs.drain();
   * ```
   */
  static get jobs(): ClassJobs {
    return classJobs(this as unknown as RunnableClass);
  }

  static set jobs(jobs: unknown) {
    Object.defineProperty(this, "jobs", { value: jobs, writable: true, configurable: true });
  }

  /** The running job; `undefined` where this runs inline, outside of any job. */
  protected get job(): JobHandle | undefined {
    return runningJob()?.job;
  }

  /**
   * The batch that the running job is of, or a callback of: to add jobs to it, to cancel it, or to
   * ask for its status; `undefined` where it is of none.
   *
   * @throws {ConfigurationError} if the store keeps no batches.
   */
  protected get batch(): Batch | undefined {
    return runningBatch();
  }

  /**
   * Aborted when the run must end: at a shutdown's deadline, or when the job was given to another
   * worker, and what is thrown from then on is no failure; or when its `timeout` is over, which is
   * one. Inline each command has one of its own, which is never aborted. Any number may listen to
   * it.
   */
  protected get signal(): AbortSignal {
    return runningJob()?.signal ?? inlineSignal(this);
  }

  /** Inside a job each of its lines says which. */
  protected get logger(): Logger {
    return runningJob()?.logger ?? settings().logger;
  }

  /**
   * Says how far this job is, to `progress()` of its handle and to operators. Cheap, and meant to
   * be called often: what is said in between is left out, so that few of many calls are written. It
   * waits for nothing and never fails the job; with the store away nobody hears of it. Inline it
   * does nothing.
   *
   * @param done How much of it is done, from 0 up.
   * @param total How much there is, in the same unit.
   * @param note What it does now; its first 200 characters are kept.
   * @throws {RangeError | TypeError} if a number is none, or out of range; or if the note is no
   * text.
   */
  protected progress(done: number, total: number, note?: string): void {
    reportProgress(done, total, note);
  }

  /**
   * Does a part of the work that is not done again: a run that goes on from a checkpoint gets its
   * result from there. In a job it is durable once this has resolved. Inline it just runs.
   *
   * Steps follow one another, and may have others within them. Their names and their order are what
   * a later run knows them by. What stands between steps is done in each run.
   *
   * @param work Gets the step, for its cursor. What it returns is kept as arguments are, 64 KB at
   *   most, and given again.
   * @throws {StepsChangedError} if runs before this one came to another step here.
   * @throws {TypeError} if another step runs, or had that name.
   * @throws {SerializationError} if its result cannot be kept.
   * @throws what `work` throws.
   */
  protected step<Output, Cursor = unknown>(
    name: string,
    work: (step: Step<Cursor>) => Output,
  ): Promise<Awaited<Output>> {
    return doStep(this, name, work) as Promise<Awaited<Output>>;
  }

  /**
   * A step that does the same with each item of a source, as Sidekiq's `IterableJob` does. A run
   * that goes on from a checkpoint goes on behind the items that are done.
   *
   * @param source An array, which is to have the same items in each run; or a function that gets
   *   the cursor of the item that was done last, `undefined` at first, and returns an iterable,
   *   async or not, of what follows: of `[item, cursor]`.
   * @param each Gets an item, or with `batchSize` a page of them. It is awaited.
   * @throws what `step` throws, and `each`.
   *
   * @example
   * ```ts
   * import { Command } from "mandate";
   *
   * class SendReminders extends Command.initializeWith((ids: number[]) => ({ ids })) {
   *   async call() {
   *     await this.iterate("reminders", this.ids, (id) => console.log(`to ${id}`));
   *   }
   * }
   *
   * await SendReminders.call([1, 2]);
   * // Output: to 1
   * //         to 2
   * ```
   */
  protected iterate<Item>(
    name: string,
    source: readonly Item[],
    each: (page: readonly Item[]) => unknown,
    options: IterateOptions & { readonly batchSize: number },
  ): Promise<void>;
  protected iterate<Item>(
    name: string,
    source: readonly Item[],
    each: (item: Item) => unknown,
    options?: IterateOptions & { readonly batchSize?: undefined },
  ): Promise<void>;
  protected iterate<Item, Cursor>(
    name: string,
    source: Source<Item, Cursor>,
    each: (page: readonly Item[]) => unknown,
    options: IterateOptions & { readonly batchSize: number },
  ): Promise<void>;
  protected iterate<Item, Cursor>(
    name: string,
    source: Source<Item, Cursor>,
    each: (item: Item) => unknown,
    options?: IterateOptions & { readonly batchSize?: undefined },
  ): Promise<void>;
  protected iterate(
    name: string,
    source: unknown,
    each: (given: never) => unknown,
    options: IterateOptions = {},
  ): Promise<void> {
    return iterate(this, name, { source, each, options });
  }

  /** An iteration begins, with that name. To be overridden, as the four that follow. */
  protected onStart?(name: string): unknown;

  /** An iteration goes on where a run before this one was. */
  protected onResume?(name: string): unknown;

  /** An iteration is interrupted, to go on in another run. */
  protected onStop?(name: string): unknown;

  /** The job was cancelled while it iterated, and will not go on. */
  protected onCancel?(name: string): unknown;

  /** An iteration has come to its end. */
  protected onComplete?(name: string): unknown;

  /**
   * What the jobs came to that this one has waited for (`prereqJobs`), in their order. Their
   * classes keep their results (`keepResult`).
   *
   * @example
   * ```ts
   * import { Command } from "mandate";
   *
   * class CountLines extends Command.initializeWith((file: string) => ({ file })) {
   *   static {
   *     this.keepResult("1 hour");
   *   }
   *   call(): number {
   *     return this.file.length;
   *   }
   * }
   * class Report extends Command {
   *   async call() {
   *     const counts = await this.prereqResults<(typeof CountLines)[]>();
   *     return counts.reduce((sum, each) => sum + each, 0);
   *   }
   * }
   *
   * const counted = await CountLines.defer("main.ts");
   * await Report.defer({ prereqJobs: [counted] });
   * ```
   * @throws {NotInJobError} outside of a job.
   * @throws {JobFailedError} if one of them is dead, or was discarded or cancelled.
   * @throws {ResultUnavailableError} if one of them left none.
   */
  protected async prereqResults<Jobs extends readonly unknown[] = unknown[]>(): Promise<
    PrereqResults<Jobs>
  > {
    return (await prereqResults()) as PrereqResults<Jobs>;
  }

  /**
   * Ends this run and puts the same job back after `delay`, **seconds** or a string such as
   * `"5 minutes"`: same jid, arguments and prerequisites. It is no failure, and what waits for the
   * job goes on waiting.
   *
   * @throws {NotInJobError} outside of a job.
   */
  protected requeueJob(delay: Duration): never {
    return requeueCurrentJob(delay);
  }

  /**
   * A collaborator from the container, the same throughout one job or one outermost inline call.
   *
   * Inject in field initializers: what a method injects inline is the command's own, and is not
   * disposed of when the call ends.
   */
  protected inject<Collaborator>(token: InjectionToken<Collaborator>): Collaborator {
    return resolveFor(this, token);
  }
}

function inlineSignal(work: Work): AbortSignal {
  const known = inlineSignals.get(work);
  if (known !== undefined) {
    return known;
  }
  const { signal } = unlimitedController();
  inlineSignals.set(work, signal);
  return signal;
}
