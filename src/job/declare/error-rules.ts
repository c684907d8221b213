import type { Duration } from "../../support/duration.ts";
import type { ReadMatcher } from "../errors/error-matcher.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { defineTrait, type Trait } from "./declarations.ts";

/**
 * When a `retryOn` runs a job again: in **seconds**, or a string such as `"5 minutes"`; a function
 * gets the number of failed runs so far.
 */
export type RetryWait<Thrown = unknown> =
  Duration | "polynomially" | "exponentially" | ((executions: number, error: Thrown) => Duration);

/** What a rule is for. */
export interface RuledErrors {
  /** One of which will do. */
  readonly matchers: readonly ReadMatcher[];
  /** Under which a record counts the failures that a `retryOn` was for. */
  readonly key: string;
}

/** What a rule calls; `command` is `undefined` where none could be made. */
type Told = (job: JobHandle, error: never, command: never) => unknown;

/** A class's answer to some errors. */
export type ErrorRule = RuledErrors &
  (
    | {
        readonly kind: "retry";
        readonly wait: RetryWait;
        readonly attempts: number;
        readonly jitter: number;
        readonly whenExhausted: Told | undefined;
      }
    | {
        readonly kind: "discard";
        readonly handler: Told | undefined;
      }
    | {
        readonly kind: "rescue";
        readonly handler: (error: never, job: JobHandle, command: never) => unknown;
      }
  );

/** In the order to search: the latest of the class itself first, then its parent's. */
export const errorRules: Trait<readonly ErrorRule[]> = defineTrait<readonly ErrorRule[]>({
  name: "retryOn, discardOn and rescueFrom",
  undeclared: [],
  inherit: (inherited, own) => [...own, ...inherited],
});
