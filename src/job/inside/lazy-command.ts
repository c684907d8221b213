import { disposeOf, ownScope, type ScopeHolder } from "./inject.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import type { CommandSource } from "../around/middleware.ts";
import type { RunnableClass } from "../declare/registry.ts";
import { make } from "../record/target.ts";

/**
 * A job's command, or the `Job` that performs it: made when somebody asks for it first, and the
 * same for all who do.
 */
export class LazyCommand implements CommandSource {
  readonly #runnable: RunnableClass;
  readonly #job: JobHandle;
  #made: ScopeHolder | undefined = undefined;

  constructor(runnable: RunnableClass, job: JobHandle) {
    this.#runnable = runnable;
    this.#job = job;
  }

  get command(): object {
    return (this.#made ??= make(this.#runnable, this.#job.arguments));
  }

  /** `undefined` where nobody has asked yet. */
  get made(): object | undefined {
    return this.#made;
  }

  /**
   * Disposes of what it injected, where no job's end does.
   *
   * @returns `undefined` if that is nothing.
   */
  dispose(): Promise<void> | undefined {
    const scope = this.#made?.[ownScope];
    return scope === undefined ? undefined : disposeOf(scope);
  }
}
