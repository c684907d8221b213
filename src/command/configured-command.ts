import { defer, prepareJob } from "../job/defer.ts";
import { checkDeferOptions, type DeferOptions } from "../job/defer-options.ts";
import type { JobHandle } from "../job/job-handle.ts";
import type { PreparedJob } from "../job/prepared-job.ts";
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
  async defer(...args: CallArguments<This>): Promise<JobHandle> {
    return defer(deferralOf(this.#command, { args, options: this.#options }));
  }

  /** @see Command.prepare */
  prepare(...args: CallArguments<This>): PreparedJob {
    return prepareJob(deferralOf(this.#command, { args, options: this.#options }));
  }
}
