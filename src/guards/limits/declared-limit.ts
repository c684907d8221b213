import type { DeclaringClass } from "../../job/declare/declarations.ts";

/** What becomes of a job that is over a limit as it comes to be handed out. */
export type OnLimit = "wait" | "discard";

/** A number, or a function of a job's arguments that says it. */
export type MostOf<Args extends readonly unknown[]> = number | ((...args: Args) => number);

/** What a class has declared. */
export interface DeclaredLimit {
  readonly macro: "limitConcurrency" | "limitRate";
  /** Whose static block it stands in. */
  readonly declaring: DeclaringClass;
  readonly group: string | undefined;
  readonly by: ((...args: never) => unknown) | undefined;
  readonly to: MostOf<never>;
  /** Of a rate: in how many seconds. */
  readonly seconds: number;
  /** Of a rate; `undefined`: the usual one. */
  readonly burst: number | undefined;
  readonly onLimit: OnLimit;
}

/** Whether two count the same jobs, so that a class can have but one of them. */
export function isSameLimit(one: DeclaredLimit, other: DeclaredLimit): boolean {
  return (
    one.macro === other.macro &&
    one.group === other.group &&
    (one.by === undefined) === (other.by === undefined)
  );
}
