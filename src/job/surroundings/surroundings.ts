import { AsyncLocalStorage } from "node:async_hooks";
import type { ProgressNote } from "../../adapters/job-notes.ts";
import type { Logger } from "../../support/logger.ts";
import { shared } from "../../support/shared-state.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import type { JobBatch } from "./job-batch.ts";

/** The job that runs, as what it calls sees it. */
export interface RunningJob {
  readonly job: JobHandle;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Set by `requeueJob`: seconds after which the job comes again. */
  requeueIn: number | undefined;
  /** What `inject` shares in this job, and how to dispose of it. */
  scope: JobScope | undefined;
  /** Takes what `progress` says, where somebody can read it. */
  report?(progress: Omit<ProgressNote, "jid">): void;
}

export interface JobScope {
  dispose(): Promise<void> | void;
}

/** The attributes of one definition, by their names. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What one definition's attributes are at the moment. */
interface Values {
  readonly attributes: Attributes;
  /** How they stood in the record of the running job, as long as nobody has changed one. */
  readonly wire?: unknown;
}

/** A definition of attributes, as far as log lines need it. */
interface Definition {
  readonly name: string;
  readonly logged: readonly string[];
}

/** All attributes that hold in one `run` of a definition, or in one job. */
export type AttributeSets = Map<Definition, Values>;

/** What surrounds a call, and all that it awaits. */
export interface Surroundings {
  readonly job: RunningJob | undefined;
  readonly attributes: AttributeSets | undefined;
  /** What `deferAfter` collects jobs in. */
  readonly collector: object | undefined;
  /** What an inline call shares what it injects in. */
  readonly scope: object | undefined;
  /** What the innermost step of a job has its steps in. */
  readonly step: object | undefined;
  /** What the jobs that are deferred join. */
  readonly batch: JobBatch | undefined;
}

/** All of one shape: one is made for each run. */
class Around implements Surroundings {
  readonly job: RunningJob | undefined;
  readonly attributes: AttributeSets | undefined;
  readonly collector: object | undefined;
  readonly scope: object | undefined;
  readonly step: object | undefined;
  readonly batch: JobBatch | undefined;

  constructor({ job, attributes, collector, scope, step, batch }: Partial<Surroundings>) {
    this.job = job;
    this.attributes = attributes;
    this.collector = collector;
    this.scope = scope;
    this.step = step;
    this.batch = batch;
  }
}

/** One for all: each storage costs something at every promise. */
const storage: AsyncLocalStorage<Surroundings> = shared(
  "surroundings",
  () => new AsyncLocalStorage<Surroundings>(),
);

/** The caller's. */
export function surroundings(): Surroundings {
  return storage.getStore() ?? nothing;
}

const nothing: Surroundings = new Around({});

/** Calls `work` where some of the caller's surroundings are others. */
export function surroundedBy<Output>(changed: Partial<Surroundings>, work: () => Output): Output {
  return storage.run(new Around({ ...surroundings(), ...changed }), work);
}

/**
 * Calls `work` in a job, and nothing else around it: wherever in this process its worker was woken,
 * in a `deferAfter` maybe, is none of the job's business.
 */
export function alone<Job extends RunningJob, Output>(
  job: Job,
  attributes: AttributeSets | undefined,
  work: (job: Job) => Output,
): Output {
  return storage.run(new Around({ job, attributes }), work, job);
}
