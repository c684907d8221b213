import { defer, prepareJob } from "../job/defer.ts";
import { checkDeferOptions, type DeferOptions } from "../job/defer-options.ts";
import type { JobHandle } from "../job/job-handle.ts";
import type { Deferral } from "../job/make-record.ts";
import type { PreparedJob } from "../job/prepared-job.ts";
import { wireName, type RunnableClass } from "../job/registry.ts";
import { checkArguments, parameterNames, splitOptions, type WithInitializer } from "./arguments.ts";
import type { CallableClass, CallArguments } from "./command-shape.ts";

/** A command together with options for one `defer`. */
export class ConfiguredCommand<This extends CallableClass> {
  readonly #command: WithInitializer & RunnableClass;
  readonly #options: DeferOptions | undefined;

  /** @internal */
  constructor(command: This, options: DeferOptions | undefined) {
    this.#command = command;
    this.#options = options;
    if (options !== undefined) {
      checkDeferOptions(options, wireName(this.#command));
    }
  }

  /** @see Command.defer */
  defer(...args: CallArguments<This>): Promise<JobHandle> {
    return this.deferGiven(args);
  }

  /** @see Command.prepare */
  prepare(...args: CallArguments<This>): PreparedJob {
    return this.prepareGiven(args);
  }

  /** @internal */
  async deferGiven(given: readonly unknown[]): Promise<JobHandle> {
    return defer(this.#deferral(given));
  }

  /** @internal */
  prepareGiven(given: readonly unknown[]): PreparedJob {
    return prepareJob(this.#deferral(given));
  }

  #deferral(given: readonly unknown[]): Deferral {
    const command = this.#command;
    const names = (): readonly string[] => parameterNames(command);
    if (this.#options !== undefined) {
      checkArguments(command, given);
      return { runnable: command, args: given, options: this.#options, parameterNames: names };
    }
    const { args, options } = splitOptions(command, given);
    return { runnable: command, args, options, parameterNames: names };
  }
}
