import { shared } from "../../support/shared-state.ts";
import { isMarked } from "../../support/thrown.ts";

/**
 * Thrown by a callback to stop what it stands around: a `beforeEnqueue` that throws it keeps the
 * job from being enqueued, a `beforePerform` from being run. It is no failure: nobody is told,
 * nothing is retried. (It is an `Error` so that linters let it be thrown.)
 *
 * @example
 * ```ts
 * import { abort, Command } from "mandate";
 *
 * class SendNewsletter extends Command.initializeWith((email: string) => ({ email })) {
 *   static {
 *     this.beforeEnqueue((job) => {
 *       if (job.arguments[0] === "") throw abort;
 *     });
 *   }
 *
 *   call() {}
 * }
 *
 * await SendNewsletter.defer(""); // resolves to undefined
 * ```
 */
export const abort: Error = shared("abort", () => {
  const signal = new Error("A callback threw abort where nothing listens to it");
  signal.name = "Abort";
  return Object.freeze(signal);
});

/** Leaves a `CallbacksCommand` early. Deferred, it discards the job. */
export class CommandAborted {
  /** Known by this, whichever copy of this library throws it. */
  readonly "mandate.aborted" = true;
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    this.errors = errors;
  }

  static [Symbol.hasInstance](thrown: unknown): boolean {
    return isMarked(thrown, "mandate.aborted") && Array.isArray((thrown as CommandAborted).errors);
  }
}
