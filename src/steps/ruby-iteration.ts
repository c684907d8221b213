import type { Iterations } from "../adapters/iterations.ts";
import { cancelRun } from "../job/inside/cancellation.ts";
import type { JobRun } from "../job/inside/job-run.ts";
import { isWrapper, mandateJob } from "../job/record/active-job.ts";
import { clock } from "../support/clock.ts";

/**
 * Where an iteration of a `Job` is as Ruby's `IterableJob` says it, so that either side goes on
 * with the other's job. It is written before each checkpoint, and so is never behind it: where it
 * is there, it decides.
 */
export class RubyIteration {
  readonly #run: JobRun;
  readonly #iterations: Iterations;
  readonly #cursor: () => unknown;
  readonly #beganAt = clock.monotonic();
  /** How many runs there were before this one, and how long they took. */
  #before = { executions: 0, runtime: 0 };

  /**
   * @param cursor The cursor of the item that is next.
   * @returns `undefined` where Ruby cannot run the job, or does not share the store.
   */
  static of(run: JobRun | undefined, cursor: () => unknown): RubyIteration | undefined {
    const iterations = run?.environment.adapter.notes.iterations;
    if (run === undefined || iterations === undefined) {
      return undefined;
    }
    const { class: name, encrypted } = run.record;
    return name === mandateJob || isWrapper(name) || encrypted !== undefined
      ? undefined
      : new RubyIteration(run, { iterations, cursor });
  }

  private constructor(
    run: JobRun,
    { iterations, cursor }: { readonly iterations: Iterations; readonly cursor: () => unknown },
  ) {
    this.#run = run;
    this.#iterations = iterations;
    this.#cursor = cursor;
  }

  /** @returns the cursor to go on from; `undefined` where Ruby knows nothing of the job. */
  async begin(): Promise<{ readonly cursor: unknown } | undefined> {
    const state = await this.#iterations.read(this.#run.record.jid);
    if (state === undefined) {
      return undefined;
    }
    const { executions, runtime, isCancelled } = state;
    this.#before = { executions, runtime };
    if (isCancelled) {
      this.#cancel();
    }
    return executions === 0
      ? undefined
      : { cursor: (JSON.parse(state.cursor) as unknown) ?? undefined };
  }

  async write(): Promise<void> {
    const { executions, runtime } = this.#before;
    const isCancelled = await this.#iterations.write(this.#run.record.jid, {
      executions: executions + 1,
      cursor: JSON.stringify(this.#cursor() ?? null),
      runtime: runtime + clock.monotonic() - this.#beganAt,
    });
    if (isCancelled) {
      this.#cancel();
    }
  }

  /** The run ends, and the job goes on later, or not. Never rejects. */
  async end(): Promise<void> {
    try {
      await (this.#run.cancellation === undefined ? this.write() : this.forget());
    } catch (error) {
      const { className } = this.#run;
      this.#run.log("warn", { err: error }, `Could not tell Ruby how far ${className} is`);
    }
  }

  forget(): Promise<void> {
    return this.#iterations.delete(this.#run.record.jid);
  }

  /** Ruby's `cancel!` cancels the run as `cancel` of its handle does. */
  #cancel(): void {
    cancelRun(this.#run.fetched);
  }
}
