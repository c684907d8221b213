import { defer, prepareJob } from "../job/defer.ts";
import { checkDeferOptions, type DeferOptions } from "../job/defer-options.ts";
import type { HandleOf, PreparedJobOf } from "../job/handle-of.ts";
import { wireName } from "../job/registry.ts";
import { deferralOf, type DeferredClass } from "./arguments.ts";
import type { CallableClass, CallArguments } from "./command-shape.ts";

/** A command together with options for one `defer`. */
export class ConfiguredCommand<This extends CallableClass> {
  readonly #command: DeferredClass;
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

  /** @see Command.prepare */
  prepare(...args: CallArguments<This>): PreparedJobOf<This> {
    return prepareJob(deferralOf(this.#command, { args, options: this.#options }));
  }
}
