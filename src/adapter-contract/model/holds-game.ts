import { deepStrictEqual } from "node:assert/strict";
import type { FetchedJob } from "../../adapters/adapter.ts";
import type { Holds } from "../../adapters/holds.ts";
import type { Rig } from "../rig.ts";
import type { TestLease } from "../test-lease.ts";
import { HoldModel, type Holding } from "./holds-model.ts";
import { HOLDS } from "./holds-operations.ts";

export interface HoldWorker {
  readonly lease: TestLease;
  held: { readonly job: Holding; readonly receipt: FetchedJob }[];
}

/** An adapter, the model of who should hold what, and what was done to both so far. */
export class HoldGame {
  readonly rig: Rig;
  readonly holds: Holds;
  readonly model: HoldModel = new HoldModel(HOLDS);
  readonly workers: Map<number, HoldWorker> = new Map();
  readonly trace: string[] = [];

  constructor(rig: Rig, holds: Holds) {
    this.rig = rig;
    this.holds = holds;
  }

  get jobs(): Holding[] {
    return [...this.model.jobs.values()];
  }

  /** Holds the adapter to what the model says; where they differ, all steps up to that are told. */
  same(what: string, found: unknown, expected: unknown): void {
    const texts = `the adapter says ${JSON.stringify(found)}, the model ${JSON.stringify(expected)}`;
    deepStrictEqual(found, expected, `${what}: ${texts}, after:\n${this.trace.join("\n")}`);
  }
}
