import fc from "fast-check";
import type { Hold } from "../../adapters/hold.ts";
import { inLine, turn, unique } from "../hold-rig.ts";

export const HOLD_QUEUES = ["red", "green"] as const;
export type HoldQueue = (typeof HOLD_QUEUES)[number];

/** One key of each kind, and a second one of those that are often contested. */
export const HOLDS: readonly Hold[] = [
  unique({ key: "unique" }),
  unique({ key: "unique too" }),
  unique({ key: "until fetched", until: "fetched" }),
  unique({ key: "until settled", until: "settled", to: 2 }),
  unique({ key: "attempts", until: "attempted", to: Infinity }),
  unique({ key: "members", until: "over", to: Infinity }),
  inLine({ key: "line" }),
  turn({ key: "turn" }),
  turn({ key: "two turns", to: 2 }),
  turn({ key: "turn to the end", until: "finished" }),
  turn({ key: "turn or nothing", whenFull: "refuse" }),
];

/** Numbers stand for one of those there are, so that any number will do. */
export type HoldOperation =
  | { readonly op: "enqueue"; readonly entries: readonly NewHolder[] }
  | {
      readonly op: "fetch";
      readonly worker: number;
      readonly queues: readonly HoldQueue[];
      readonly limit: number;
      readonly turns: number;
    }
  | { readonly op: "settle"; readonly worker: number; readonly job: number; readonly kind: Ended }
  | { readonly op: "close" | "die"; readonly worker: number }
  | { readonly op: "delete" | "run" | "kill" | "cancel"; readonly job: number }
  | { readonly op: "clear"; readonly queue: HoldQueue }
  | { readonly op: "take" | "giveBack"; readonly hold: number }
  | { readonly op: "release" | "promote" };

export type Ended = "done" | "discarded" | "retry" | "requeue" | "dead" | "release";

export interface NewHolder {
  readonly queue: HoldQueue;
  readonly isLater: boolean;
  readonly holds: readonly number[];
}

const number = fc.nat({ max: 30 });
const worker = fc.nat({ max: 2 });
const queue = fc.constantFrom(...HOLD_QUEUES);

function only<Op extends HoldOperation["op"]>(...ops: readonly Op[]): fc.Arbitrary<Op> {
  return fc.constantFrom(...ops);
}

const newHolder: fc.Arbitrary<NewHolder> = fc.record({
  queue,
  isLater: fc.constantFrom(false, false, false, true),
  holds: fc.uniqueArray(fc.nat({ max: HOLDS.length - 1 }), { maxLength: 3 }),
});

const kind = fc.constantFrom<Ended>(
  "done",
  "done",
  "discarded",
  "retry",
  "requeue",
  "dead",
  "release",
);

const operation: fc.Arbitrary<HoldOperation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: only("enqueue"),
      entries: fc.array(newHolder, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      op: only("fetch"),
      worker,
      queues: fc.shuffledSubarray([...HOLD_QUEUES], { minLength: 1 }),
      limit: fc.integer({ min: 1, max: 4 }),
      turns: fc.constantFrom(0, 1, 4, 4, 4),
    }),
  },
  { weight: 8, arbitrary: fc.record({ op: only("settle"), worker, job: number, kind }) },
  { weight: 1, arbitrary: fc.record({ op: only("close"), worker }) },
  { weight: 1, arbitrary: fc.record({ op: only("die"), worker }) },
  {
    weight: 4,
    arbitrary: fc.record({ op: only("delete", "run", "run", "kill", "cancel"), job: number }),
  },
  { weight: 1, arbitrary: fc.record({ op: only("clear"), queue }) },
  { weight: 2, arbitrary: fc.record({ op: only("take", "giveBack"), hold: number }) },
  { weight: 3, arbitrary: fc.record({ op: only("release", "promote") }) },
);

export const holdOperations: fc.Arbitrary<HoldOperation[]> = fc.array(operation, {
  maxLength: 40,
  size: "max",
});
