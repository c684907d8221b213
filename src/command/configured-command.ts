import type { Counted } from "../job/declare/argument-count.ts";
import { defer, prepareJob } from "../job/defer/defer.ts";
import { checkDeferOptions } from "../job/defer/defer-options.ts";
import type { DeferOptions } from "./defer-options.ts";
import type { HandleOf, PreparedJobOf, ResultOf } from "../job/defer/handle-of.ts";
import { performNow } from "../job/run/perform-now.ts";
import { wireName } from "../job/declare/registry.ts";
import { deferralOf } from "./arguments.ts";
import type { CallableClass, CallArguments } from "./command-shape.ts";

/** A command together with options for one `defer`. */
export class ConfiguredCommand<This extends CallableClass> {
  readonly #command: Counted;
  readonly #options: DeferOptions;

  /** @internal */
  constructor(command: This, options: DeferOptions) {
    this.#command = command;
    this.#options = options;
    checkDeferOptions(options, wireName(command));
  }

  /** @see Command.defer */
  defer(...args: CallArguments<This>): Promise<HandleOf<This>> {
    return defer(() => deferralOf(this.#command, { args, options: this.#options }));
  }

  /**
   * Runs the command here and now as a job, with its callbacks and its rules for errors, as
   * `performNow` of a `Job` does: one that `discardOn` or `rescueFrom` takes care of does not
   * throw, and `retryOn` enqueues it for later.
   *
   * @returns what `call()` returned; `undefined` where a rule, `abort` or `requeueJob` ended it.
   * @throws {PrereqJobNotFinishedError} if a job it waits for is not finished.
   */
  async performNow(...args: CallArguments<This>): Promise<ResultOf<This> | undefined> {
    const deferral = deferralOf(this.#command, { args, options: this.#options });
    return performNow(deferral) as Promise<ResultOf<This> | undefined>;
  }

  /** @see Command.prepare */
  prepare(...args: CallArguments<This>): PreparedJobOf<This> {
    return prepareJob(deferralOf(this.#command, { args, options: this.#options }));
  }
}
