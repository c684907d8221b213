import type { Document } from "../../adapters/documents.ts";
import type { Definition } from "../definition.ts";
import type { StoredRun } from "./stored-run.ts";

/** A recurring job as its document has it. */
export interface StoredJob {
  /** What was defined at run time. */
  readonly own?: Definition;
  /** What code and files define, by the set that it is of. */
  readonly sets?: Readonly<Record<string, Definition>>;
  readonly isPaused?: true;
  /** The schedule by which `after` was reckoned. */
  readonly schedule: string;
  /** All that was due up to then is dealt with; epoch seconds. */
  readonly after: number;
  /** The latest in front. */
  readonly runs: readonly StoredRun[];
}

/** What is known of a recurring job, and in which version. */
export interface KeptJob {
  readonly key: string;
  readonly version: number;
  readonly stored: StoredJob;
}

const JOB = "recurring:job:";
/** With which the names of all documents begin. */
export const PREFIX = "recurring:";
/** How many runs are kept of each. */
const RUNS = 10;

export function jobDocument(key: string): string {
  return JOB + key;
}

export const JOBS: string = JOB;

/** The key of the recurring job that a document is about, if it is about one. */
export function keyIn(name: string): string | undefined {
  return name.startsWith(JOB) ? name.slice(JOB.length) : undefined;
}

export function keptIn({ name, text, version }: Document): KeptJob {
  return { key: name.slice(JOB.length), version, stored: JSON.parse(text) as StoredJob };
}

export function textOf(stored: StoredJob): string {
  return JSON.stringify({ ...stored, runs: stored.runs.slice(0, RUNS) });
}

/**
 * By which definition a recurring job runs.
 *
 * @param living The sets that living workers know, the one first seen latest in front.
 */
export function definitionOf(
  { own, sets = {} }: StoredJob,
  living: readonly string[],
): Definition | undefined {
  const set = living.find((id) => Object.hasOwn(sets, id));
  return set === undefined ? own : sets[set];
}

/** Whether code or a file defines it, as far as living workers know. */
export function isOfSet({ sets = {} }: StoredJob, living: readonly string[]): boolean {
  return living.some((id) => Object.hasOwn(sets, id));
}
