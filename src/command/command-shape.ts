import type { DeferOptions } from "../job/defer-options.ts";
import type { ReservedName } from "./initialize-with.ts";
import type { Results } from "./results.ts";

/** A command class that can be made: not abstract, with `call`. */
export type CallableClass = new (...args: never) => { call(): unknown };

/** The arguments a command declares. */
export type CallArguments<Class> = Class extends abstract new (...args: infer Args) => unknown
  ? Args
  : never;

/** In the types only: marks commands whose `call` comes wrapped in `Results`. */
export declare const callsBack: unique symbol;

/** What `X.call(…)` returns: what the instance's `call()` does or, of a `CallbacksCommand`, its `Results`. */
export type CallOutput<Class extends CallableClass> =
  InstanceType<Class> extends { readonly [callsBack]: true }
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
type Filled<Args extends readonly unknown[]> = {
  [Index in keyof Args]-?: Args[Index] | undefined;
};

/** What `initializeWith` returns: the class it was called on, with other arguments and more properties. */
export type InitializedCommand<
  Base extends abstract new () => object,
  Args extends unknown[],
  Properties extends object,
> = Statics<Base> & (abstract new (...args: Args) => InstanceType<Base> & Readonly<Properties>);

type Statics<Base> = { [Name in Exclude<keyof Base, "prototype">]: Base[Name] };

/** Makes a property that would hide a member of `Command` a compile-time error. */
export type NotReserved<Properties> = {
  [
    Name in keyof Properties & ReservedName
  ]: `"${Name}" is a member of Command: choose another name`;
};
