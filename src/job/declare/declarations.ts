import type { WireFormat } from "../../adapters/wire-format.ts";
import { shared } from "../../support/shared-state.ts";
import type { Duration } from "../../support/duration.ts";
import type { ReadMatcher } from "../errors/error-matcher.ts";
import type { Callback } from "../around/middleware.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import type { KeepFinished } from "../settings/keep-finished.ts";
import type { KeepResult } from "../handle/result-text.ts";
import type { TagSource } from "../handle/tags.ts";

/** Any class that macros can be called on. */
export type DeclaringClass = abstract new (...args: never) => object;

/** What a class has declared by its macros, its parents' declarations included. */
export interface Declarations {
  readonly queue: string | ((...args: readonly unknown[]) => string) | undefined;
  readonly priority: number | ((...args: readonly unknown[]) => number) | undefined;
  readonly retry: number | boolean | undefined;
  readonly retryIn: RetryIn | undefined;
  readonly retriesExhausted: RetriesExhausted | undefined;
  /** Seconds that a run may take; `false`, as undefined: any time. */
  readonly timeout: number | false | undefined;
  readonly options: JobOptions;
  /** In the order they were declared, a parent's first. */
  readonly tags: readonly TagSource[];
  readonly logArguments: boolean | undefined;
  /** What becomes of results; `false` takes back what a parent said. */
  readonly keepResult: KeepResult | false | undefined;
  /** What becomes of finished jobs; `false` takes back what a parent, or `configure`, said. */
  readonly keepFinished: KeepFinished | false | undefined;
  /** In the order to search: the latest of the class itself first, then its parent's. */
  readonly rules: readonly ErrorRule[];
  /** In the order they were declared, a parent's first. */
  readonly enqueueCallbacks: readonly Callback[];
  readonly performCallbacks: readonly Callback[];
  readonly discardCallbacks: readonly DiscardCallback[];
}

/** Called when a job is over by an error. */
export type DiscardCallback = (
  job: JobHandle,
  error: unknown,
  command: object | undefined,
) => unknown;

/**
 * When a failed job comes again: after seconds, or a duration such as `"5 minutes"`; `"default"`, or nothing: by Sidekiq's
 * formula; `"discard"` or `"kill"`: never.
 *
 * @param count Retries so far: 0 after the first failure.
 */
export type RetryIn = (
  count: number,
  error: unknown,
) => Duration | "default" | "discard" | "kill" | undefined | null;

/** Called when a job is out of retries; `"discard"` keeps it out of the dead set. */
export type RetriesExhausted<Command = never> = (
  job: JobHandle,
  error: unknown,
  command: Command | undefined,
) => unknown;

/** Sidekiq's job options that have no macro of their own. */
export interface JobOptions {
  /** Lines of the backtrace to keep with a failed job; `true` keeps all, `0` none. @default false: the place alone, which is the first line of the application's own */
  readonly backtrace?: boolean | number;
  /** `false` keeps a job that is out of retries out of the dead set. @default true */
  readonly dead?: boolean;
  /** Retry until this long after the first failure, however often: **seconds**, or a string such as `"2 days"`. */
  readonly retryFor?: Duration;
  /** The queue for retries. @default the job's own */
  readonly retryQueue?: string;
  /** Words that operators see and search by; those of `tags` stay, and are added to these. */
  readonly tags?: readonly string[];
  /** `"activejob"` writes jobs so that Ruby performs them. @default the queue's, or the application's */
  readonly wireFormat?: WireFormat;
  /**
   * `"exact"`: symbols, durations, dates and modules of jobs that Rails enqueued arrive as what `ruby` makes, and so
   * can be told apart and go back as they came. `"plain"`: as strings and numbers. @default "plain"
   */
  readonly rubyValues?: "exact" | "plain";
}

/** The job options of classes that do not say otherwise. */
export interface DefaultJobOptions extends JobOptions {
  /** How often a failed job is tried again; `false`: never, and it is not kept. @default the `retry` of `configure` */
  readonly retry?: number | boolean;
}

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

/** When a `retryOn` runs a job again: in **seconds**, or a string such as `"5 minutes"`; a function gets the number of failed runs so far. */
export type RetryWait<Thrown = unknown> =
  Duration | "polynomially" | "exponentially" | ((executions: number, error: Thrown) => Duration);

/** What one class itself has declared. */
type Own = { -readonly [Name in keyof Declarations]?: Declarations[Name] };

interface Cached {
  readonly version: number;
  readonly declarations: Declarations;
}

export const noDeclarations: Declarations = {
  queue: undefined,
  priority: undefined,
  retry: undefined,
  retryIn: undefined,
  retriesExhausted: undefined,
  timeout: undefined,
  options: {},
  tags: [],
  logArguments: undefined,
  keepResult: undefined,
  keepFinished: undefined,
  rules: [],
  enqueueCallbacks: [],
  performCallbacks: [],
  discardCallbacks: [],
};

const state = shared("declarations", () => ({
  own: new WeakMap<DeclaringClass, Own>(),
  cached: new WeakMap<DeclaringClass, Cached>(),
  version: 0,
  /** What holds for all that do not say otherwise. */
  forAll: noDeclarations,
}));

/** All that holds for a class. The same object until a macro is called anywhere. */
export function declarationsOf(declaring: DeclaringClass): Declarations {
  const cached = state.cached.get(declaring);
  if (cached !== undefined && cached.version === state.version) {
    return cached.declarations;
  }
  const parent = Object.getPrototypeOf(declaring) as DeclaringClass | null;
  const inherited =
    typeof parent === "function" && parent !== Function.prototype
      ? declarationsOf(parent)
      : state.forAll;
  const declarations = inherit(inherited, state.own.get(declaring));
  state.cached.set(declaring, { version: state.version, declarations });
  return declarations;
}

/** Sidekiq's `default_job_options`: what holds for every class that does not say otherwise. Replaces what was said before. */
export function declareForAll({ retry, ...options }: DefaultJobOptions): void {
  state.forAll = { ...noDeclarations, retry, options };
  state.version += 1;
}

/** Notes a declaration: single ones replace, options merge, rules and callbacks are added. */
export function declare(declaring: DeclaringClass, declared: Own): void {
  let own = state.own.get(declaring);
  if (own === undefined) {
    own = {};
    state.own.set(declaring, own);
  }
  Object.assign(own, inherit({ ...noDeclarations, ...own }, declared));
  state.version += 1;
}

function inherit(inherited: Declarations, own: Own | undefined): Declarations {
  if (own === undefined) {
    return inherited;
  }
  return {
    queue: own.queue ?? inherited.queue,
    priority: own.priority ?? inherited.priority,
    retry: own.retry ?? inherited.retry,
    retryIn: own.retryIn ?? inherited.retryIn,
    retriesExhausted: own.retriesExhausted ?? inherited.retriesExhausted,
    timeout: own.timeout ?? inherited.timeout,
    logArguments: own.logArguments ?? inherited.logArguments,
    keepResult: own.keepResult ?? inherited.keepResult,
    keepFinished: own.keepFinished ?? inherited.keepFinished,
    options: { ...inherited.options, ...own.options },
    tags: [...inherited.tags, ...(own.tags ?? [])],
    rules: [...(own.rules ?? []), ...inherited.rules],
    enqueueCallbacks: [...inherited.enqueueCallbacks, ...(own.enqueueCallbacks ?? [])],
    performCallbacks: [...inherited.performCallbacks, ...(own.performCallbacks ?? [])],
    discardCallbacks: [...inherited.discardCallbacks, ...(own.discardCallbacks ?? [])],
  };
}
