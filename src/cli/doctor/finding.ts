import type { Adapter } from "../../adapters/adapter.ts";

/** What a look at one thing found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** "wrong" means that jobs are lost, wait for nothing, or will. */
  readonly level: "ok" | "warning" | "wrong";
  readonly found: string;
  /** What to do; none where all is well. */
  readonly todo?: string;
}

/** What a look needs. */
export interface Patient {
  readonly adapter: Adapter;
  /** The classes that run jobs were loaded. */
  readonly knowsClasses: boolean;
  readonly signal: AbortSignal;
}

export type Check = (patient: Patient) => Promise<readonly Finding[]>;
