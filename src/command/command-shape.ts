import type { DeferOptions } from "./defer-options.ts";
import type { ReservedName } from "./initialize-with.ts";
import type { Results } from "./results.ts";

/** A command class that can be made: not abstract, with `call`. */
export type CallableClass = new (...args: never) => { call(): unknown };

/** The arguments a command declares. */
export type CallArguments<Class> = Class extends abstract new (...args: infer Args) => unknown
  ? Args
  : never;

/**
 * What `X.call(…)` returns: what the instance's `call()` does or, of a `CallbacksCommand`, its
 * `Results`.
 */
export type CallOutput<Class extends CallableClass> = Class extends {
  readonly "mandate.callsBack": true;
}
  ? ResultsOf<ReturnType<InstanceType<Class>["call"]>>
  : ReturnType<InstanceType<Class>["call"]>;

type ResultsOf<Output> =
  Output extends Promise<infer Result> ? Promise<Results<Result>> : Results<Output>;

/**
 * A command's arguments, all of which are written out where options follow. With a rest parameter
 * none can.
 */
export type DeferArguments<Args extends readonly unknown[]> = number extends Args["length"]
  ? Args
  : [...Args, options?: DeferOptions];

/**
 * What `initializeWith` returns: the class it was called on, with other arguments and more
 * properties.
 */
export type InitializedCommand<
  Base extends abstract new () => object,
  Args extends unknown[],
  Properties extends object,
> = Statics<Base> & (abstract new (...args: Args) => InstanceType<Base> & Readonly<Properties>);

type Statics<Base> = { [Name in Exclude<keyof Base, "prototype">]: Base[Name] };

/**
 * What is wrong with a function that was given to `initializeWith`, in words where TypeScript has
 * none; `unknown` if nothing is. Nobody asks for a call signature there: a parameter that has no
 * type would get its own from that, and not from its default value.
 */
export type Initializing<Initialize> = Initialize extends (...args: never) => infer Properties
  ? Properties extends PromiseLike<unknown>
    ? "initializeWith cannot wait: what must be awaited belongs into call()"
    : Properties extends object
      ? keyof Properties & ReservedName extends never
        ? unknown
        : Reserved<keyof Properties & ReservedName>
      : "initializeWith takes a function that returns an object of properties"
  : unknown;

type Reserved<Name extends ReservedName> =
  `"${Name}" is a member of Command: choose another name for the property`;

/** The parameters of what `initializeWith` was given. */
export type InitializeArguments<Initialize> = Initialize extends (...args: infer Args) => unknown
  ? Args
  : never;

/**
 * The properties that it returns; none where they cannot be a command's, of which `Initializing`
 * complains.
 */
export type InitializeProperties<Initialize> =
  unknown extends Initializing<Initialize>
    ? Initialize extends (...args: never) => infer Found
      ? Found extends object
        ? Found
        : object
      : object
    : object;
