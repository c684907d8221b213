import type { Adapter, FetchedJob, Outcome, RecordEntry } from "../../adapters/adapter.ts";
import type { JobRecord } from "../../adapters/job-record.ts";
import type { LogLevel } from "../../support/logger.ts";
import type { Hold } from "../../adapters/hold.ts";
import type { JobHandle } from "../handle/job-handle.ts";

/**
 * What a trait does with the jobs of a class. Each hook is left out where there is nothing to do.
 */
export interface Hooks {
  /**
   * A job is made: its record may be added to, and what it must hold. What this throws, `defer`
   * rejects with.
   */
  readonly onMake?: ((making: Making) => void) | undefined;
  /**
   * For so many seconds a job waits whose call does not say when it is due. Where several say, the
   * first.
   */
  readonly wait?: number | undefined;
  /** A job is handed to its store. */
  readonly onEntry?: ((entry: RecordEntry, job: JobHandle) => void) | undefined;
  /**
   * The store did not take a job, because another holds a key that it must hold. What this throws,
   * `defer` rejects with; else it returns the other's handle.
   */
  readonly onRefused?: ((job: JobHandle, by: KeyHolder) => void) | undefined;
  /**
   * Stands around a run, middleware and callbacks included. `next` returns what the command does, a
   * promise or not, and so does this. What it throws is a failure of the run.
   */
  readonly aroundRun?: ((run: Run, next: () => unknown) => unknown) | undefined;
  /** A worker's run has its outcome. Returns that, or another. Must not throw. */
  readonly onOutcome?: ((run: EndedRun, outcome: Outcome, end: RunEnd) => Outcome) | undefined;
  /** Somebody is about to wait for a job's result. Throws where there will be none. */
  readonly onAwait?: ((job: JobHandle) => void) | undefined;
}

/** A job that is being made. */
export interface Making {
  readonly className: string;
  /** The arguments as they were given. */
  readonly args: readonly unknown[];
  /** When it is due, epoch seconds; `undefined`: at once. */
  readonly due: number | undefined;
  /** Complete, but for what hooks add. */
  readonly record: JobRecord;
  /** Those of its entry: hooks add to them. */
  readonly holds: Hold[];
}

/** What keeps a job from being there. */
interface KeyHolder {
  readonly key: string;
  /** The jid of the job that has it. */
  readonly holder: string;
}

/** One run of a job: a worker's, or one here and now. */
export interface Run {
  readonly className: string;
  readonly job: JobHandle;
  readonly record: JobRecord;
  readonly signal: AbortSignal;
  /** When the run began, epoch seconds. Set by the hooks that want to know. */
  beganAt: number | undefined;
  /**
   * Makes the run a failure, however it ends, and aborts its signal.
   *
   * @param makeError Makes what the run fails with; its `cause` is what the run threw, if that is
   * something else.
   * @returns whether it keeps a worker's slot until it has ended: not where it is being ended
   * already, or runs here and now.
   */
  interrupt(makeError: (options?: ErrorOptions) => Error): boolean;
  /** Has `letGo` called once the work has ended, before anybody looks at how it did. */
  atEnd(letGo: () => void): void;
  log(level: LogLevel, fields: object, text: string): void;
}

/** A worker's run that has an outcome. */
export interface EndedRun extends Run {
  readonly fetched: FetchedJob;
  /** Where the job came from, and how times are written there. */
  readonly environment: { readonly adapter: Pick<Adapter, "timestamps"> };
}

/** What came of a run. */
export interface RunEnd {
  /** What the command returned. */
  readonly output: unknown;
  /** Why the run is no success; `undefined` where it is one. */
  readonly failure: RunFailure | undefined;
}

export interface RunFailure {
  readonly errorClass: string;
  readonly errorMessage: string;
  /** What was thrown, where it says more. */
  readonly error?: unknown;
}

/** All hooks of a class. */
export class ClassHooks implements Hooks {
  readonly onMake: Hooks["onMake"];
  readonly wait: Hooks["wait"];
  readonly onEntry: Hooks["onEntry"];
  readonly onRefused: Hooks["onRefused"];
  readonly aroundRun: Hooks["aroundRun"];
  readonly onOutcome: Hooks["onOutcome"];
  readonly onAwait: Hooks["onAwait"];

  /**
   * @param all In the order in which they are called; of those around a run the first is outermost.
   */
  constructor(all: readonly Hooks[]) {
    this.onMake = inTurn(all.flatMap(({ onMake = [] }) => onMake));
    this.wait = all.find(({ wait }) => wait !== undefined)?.wait;
    this.onEntry = inTurn(all.flatMap(({ onEntry = [] }) => onEntry));
    this.onRefused = inTurn(all.flatMap(({ onRefused = [] }) => onRefused));
    this.aroundRun = nested(all.flatMap(({ aroundRun = [] }) => aroundRun));
    this.onOutcome = handedOn(all.flatMap(({ onOutcome = [] }) => onOutcome));
    this.onAwait = inTurn(all.flatMap(({ onAwait = [] }) => onAwait));
  }
}

function inTurn<Args extends readonly unknown[]>(
  hooks: readonly ((...args: Args) => void)[],
): ((...args: Args) => void) | undefined {
  return hooks.length < 2 ? hooks[0] : (...args) => hooks.forEach((hook) => hook(...args));
}

function nested(hooks: readonly NonNullable<Hooks["aroundRun"]>[]): Hooks["aroundRun"] {
  return hooks.length < 2
    ? hooks[0]
    : (run, next) =>
        hooks.reduceRight<() => unknown>((inner, hook) => () => hook(run, inner), next)();
}

function handedOn(hooks: readonly NonNullable<Hooks["onOutcome"]>[]): Hooks["onOutcome"] {
  return hooks.length < 2
    ? hooks[0]
    : (run, outcome, end) => hooks.reduce((found, hook) => hook(run, found, end), outcome);
}
