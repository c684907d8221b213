import { undeclared } from "../job/declare/argument-count.ts";
import { defer, prepareJob } from "../job/defer/defer.ts";
import type { DeferOptions } from "./defer-options.ts";
import { checkFields } from "../job/record/hidden-arguments.ts";
import { callInScope, ownScope } from "../job/inside/inject.ts";
import type { HandleOf, PreparedJobOf } from "../job/defer/handle-of.ts";
import { Work } from "./work.ts";
import { deferralOf, splitOptions } from "./arguments.ts";
import type {
  CallableClass,
  CallArguments,
  CallOutput,
  DeferArguments,
  InitializeArguments,
  InitializedCommand,
  InitializeProperties,
  Initializing,
} from "./command-shape.ts";
import { ConfiguredCommand } from "./configured-command.ts";
import { initializedClass } from "./initialize-with.ts";
import { memoizeMember } from "./memoize.ts";

/**
 * One class for one thing the application does: called inline, deferred, scheduled, chained and
 * tested.
 *
 * @example
 * ```ts
 * import { Command } from "mandate";
 *
 * class Greet extends Command.initializeWith((name: string) => ({ name })) {
 *   call() {
 *     return `Hello ${this.name}`;
 *   }
 * }
 *
 * console.log(Greet.call("Ada"));
 * // Output: Hello Ada
 * ```
 */
export abstract class Command extends Work {
  constructor() {
    super();
    if (arguments.length > 0) {
      throw undeclared(new.target.name, arguments.length);
    }
  }

  /**
   * The name on the wire, such as `"Exercise::Process"` where Ruby shares the queue.
   *
   * @default the class's
   */
  static get commandName(): string {
    return this.name;
  }

  static set commandName(name: string) {
    Object.defineProperty(this, "commandName", { value: name, writable: true, configurable: true });
  }

  /**
   * A base class whose arguments are the parameters of `initialize`, and whose readonly properties
   * are what it returns. It may check them, and throw. The members of the class it is called on are
   * kept.
   */
  static initializeWith<This extends abstract new () => Command, Initialize extends Function>(
    this: This,
    initialize: Initialize & Initializing<Initialize>,
  ): InitializedCommand<This, InitializeArguments<Initialize>, InitializeProperties<Initialize>> {
    return initializedClass(this, initialize as never) as never;
  }

  /**
   * Calls the command here and now.
   *
   * @returns exactly what its `call()` returns; a promise of one that injects also waits until that
   *   is disposed of.
   * @throws {ArgumentCountError} if there are more arguments than it declares.
   */
  static override call<This extends CallableClass>(
    this: This,
    ...args: CallArguments<This>
  ): CallOutput<This> {
    const command = new (this as unknown as new (...args: unknown[]) => Command)(...args);
    checkFields(command);
    const scope = command[ownScope];
    return (
      scope === undefined ? command.call() : callInScope(scope, () => command.call())
    ) as CallOutput<This>;
  }

  /**
   * Enqueues the call for a worker. Options may follow the arguments; with a rest parameter `set`
   * gives them.
   *
   * @returns the job's handle; `undefined` if a callback threw `abort`.
   * @throws {SerializationError} if an argument cannot travel.
   * @throws {UnknownOptionError} if an option does not exist.
   * @throws {AdapterError} if the store did not take it.
   */
  static defer<This extends CallableClass>(
    this: This,
    ...args: DeferArguments<CallArguments<This>>
  ): Promise<HandleOf<This>> {
    return defer(() => deferralOf(this, splitOptions(this, args)));
  }

  /** Makes a job without enqueueing it, for `deferAll`. */
  static prepare<This extends CallableClass>(
    this: This,
    ...args: DeferArguments<CallArguments<This>>
  ): PreparedJobOf<This> {
    return prepareJob(deferralOf(this, splitOptions(this, args)));
  }

  /** @throws {UnknownOptionError} if an option does not exist. */
  static set<This extends CallableClass>(
    this: This,
    options: DeferOptions,
  ): ConfiguredCommand<This> {
    return new ConfiguredCommand(this, options);
  }

  /**
   * Makes methods without parameters, or getters, run once per instance, private ones too.
   *
   * @throws {TypeError} if a name is neither.
   */
  static memoize(
    this: abstract new (...args: never) => Command,
    ...names: readonly string[]
  ): void {
    names.forEach((name) => memoizeMember(this, name));
  }

  /** The work. */
  abstract call(): unknown;

  /**
   * What becomes of a job whose records are gone: `true` looks again for up to 5 seconds, then
   * drops it; `false` makes it a failure like any other.
   */
  protected guardAgainstDeserializationErrors(): boolean {
    return true;
  }
}
