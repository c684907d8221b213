import { types } from "node:util";
import { CommandAborted } from "../job/around/abort.ts";
import { checkFields } from "../job/record/hidden-arguments.ts";
import { callInScope, ownScope } from "../job/inside/inject.ts";
import type { CallableClass, CallArguments, CallOutput } from "./command-shape.ts";
import { Command } from "./command.ts";
import { Results } from "./results.ts";

/**
 * A command that tells success from failure: `X.call()` returns `Results`, or a promise of them.
 * Deferred, an abort drops the job and logs its errors.
 *
 * @example
 * ```ts
 * import { CallbacksCommand } from "mandate";
 *
 * class Sum extends CallbacksCommand.initializeWith((numbers: number[]) => ({ numbers })) {
 *   call() {
 *     if (this.numbers.length === 0) this.abort("nothing to add");
 *     return this.numbers.reduce((sum, number) => sum + number, 0);
 *   }
 * }
 *
 * Sum.call([1, 2])
 *   .onSuccess((sum) => console.log(`Sum: ${sum}`))
 *   .onFailure((errors) => console.log(`Failed: ${errors.join(", ")}`));
 * // Output: Sum: 3
 * ```
 */
export abstract class CallbacksCommand extends Command {
  /** Marks classes whose `call` comes wrapped in `Results`. */
  static readonly "mandate.callsBack" = true;

  readonly #errors: unknown[] = [];

  /**
   * Calls the command here and now.
   *
   * @returns its results, or a promise of them where its `call()` is asynchronous.
   * @throws what `call()` threw, unless it was its own abort.
   */
  static override call<This extends CallableClass>(
    this: This,
    ...args: CallArguments<This>
  ): CallOutput<This> {
    const command = new (this as unknown as new (...args: unknown[]) => CallbacksCommand)(...args);
    checkFields(command);
    const scope = command[ownScope];
    return (
      scope === undefined ? command.#results() : callInScope(scope, () => command.#results())
    ) as CallOutput<This>;
  }

  /** Notes an error, and goes on. */
  protected addError(error: unknown): void {
    this.#errors.push(error);
  }

  /** Ends the call as a failure. @param error Noted before, if there is one. */
  protected abort(error?: unknown): never {
    if (error !== undefined) {
      this.addError(error);
    }
    throw new CommandAborted(this.#errors);
  }

  /** Ends the call as a failure if an error was noted. */
  protected abortIfErrored(): void {
    if (this.#errors.length > 0) {
      this.abort();
    }
  }

  #results(): unknown {
    try {
      const output = this.call();
      return types.isPromise(output)
        ? output.then(
            (result) => this.#succeeded(result),
            (error: unknown) => this.#failed(error),
          )
        : this.#succeeded(output);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #succeeded(result: unknown): Results<unknown> {
    return new Results({ succeeded: true, result, errors: this.#errors });
  }

  /** Only its own abort is a result; everything else, a nested command's abort too, is an error. */
  #failed(error: unknown): Results<unknown> {
    if (error instanceof CommandAborted && error.errors === this.#errors) {
      return new Results({ succeeded: false, result: undefined, errors: this.#errors });
    }
    throw error;
  }
}
