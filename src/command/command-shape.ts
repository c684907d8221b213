import type { DeferOptions } from "../job/defer-options.ts";
import type { ReservedName } from "./initialize-with.ts";
import type { Results } from "./results.ts";

/** A command class that can be made: not abstract, with `call`. */
export type CallableClass = new (...args: never) => { call(): unknown };

/** The arguments a command declares. */
export type CallArguments<Class> = Class extends abstract new (...args: infer Args) => unknown
  ? Args
  : never;

/** What `X.call(…)` returns: what the instance's `call()` does or, of a `CallbacksCommand`, its `Results`. */
export type CallOutput<Class extends CallableClass> = Class extends {
  readonly "mandate.callsBack": true;
}
  ? ResultsOf<ReturnType<InstanceType<Class>["call"]>>
  : ReturnType<InstanceType<Class>["call"]>;

type ResultsOf<Output> =
  Output extends Promise<infer Result> ? Promise<Results<Result>> : Results<Output>;

/** A command's arguments, or all of them written out and options behind them. */
export type DeferArguments<Args extends readonly unknown[]> = number extends Args["length"]
  ? Args
  : Args | [...WrittenOut<Args>, options: DeferOptions];

/** Optional parameters become `T | undefined`: options can only follow what is there. */
type WrittenOut<Args extends readonly unknown[]> = number extends Args["length"]
  ? Args
  : Args extends readonly [unknown, ...infer Rest]
    ? Args extends readonly [...infer First, ...Rest]
      ? [...First, ...WrittenOut<Rest>]
      : never
    : Filled<Args>;

/** Only optional parameters are left: their names are kept, and `undefined` is said aloud. */
type Filled<Args extends readonly unknown[]> = Unboxed<{
  // In a box, or `-?` would take the `undefined` away.
  [Index in keyof Args]-?: [Args[Index] | undefined];
}>;

type Unboxed<Boxes extends readonly unknown[]> = {
  [Index in keyof Boxes]: Boxes[Index] extends [infer Value] ? Value : never;
};

/** What `initializeWith` returns: the class it was called on, with other arguments and more properties. */
export type InitializedCommand<
  Base extends abstract new () => object,
  Args extends unknown[],
  Properties extends object,
> = Statics<Base> & (abstract new (...args: Args) => InstanceType<Base> & Readonly<Properties>);

type Statics<Base> = { [Name in Exclude<keyof Base, "prototype">]: Base[Name] };

/**
 * What is wrong with a function that was given to `initializeWith`, in words where TypeScript has none;
 * `unknown` if nothing is. Nobody asks for a call signature there: a parameter that has no type would get
 * its own from that, and not from its default value.
 */
export type Initializing<Initialize> = Initialize extends (...args: never) => infer Properties
  ? Properties extends PromiseLike<unknown>
    ? "initializeWith cannot wait: what must be awaited belongs into call()"
    : Properties extends object
      ? keyof Properties & ReservedName extends never
        ? unknown
        : (...args: never) => NotReserved<Properties>
      : "initializeWith takes a function that returns an object of properties"
  : unknown;

/** Makes a property that would hide a member of `Command` a compile-time error. */
export type NotReserved<Properties> = {
  [
    Name in keyof Properties & ReservedName
  ]: `"${Name}" is a member of Command: choose another name`;
};

/** The parameters of what `initializeWith` was given. */
export type InitializeArguments<Initialize> = Initialize extends (...args: infer Args) => unknown
  ? Args
  : never;

/** The properties that it returns. */
export type InitializeProperties<Initialize> = Initialize extends (...args: never) => infer Found
  ? Found extends object
    ? Found
    : object
  : object;
