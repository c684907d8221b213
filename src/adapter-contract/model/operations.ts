import fc from "fast-check";
import type { PrereqFailure } from "../../adapters/adapter.ts";

export const QUEUES = ["red", "green", "blue"] as const;
export type Queue = (typeof QUEUES)[number];

/**
 * Numbers of jobs and of held jobs are taken modulo how many there are, so that any number will do.
 */
export type Operation =
  | { readonly op: "enqueue"; readonly entries: readonly NewJob[] }
  | { readonly op: "enqueueAgain"; readonly job: number }
  | {
      readonly op: "exchange";
      readonly worker: number;
      readonly settle: readonly Settlement[];
      readonly fetch: { readonly queues: readonly Queue[]; readonly limit: number } | undefined;
    }
  | { readonly op: "settleAgain"; readonly worker: number; readonly held: number }
  | { readonly op: "settleForeign"; readonly worker: number; readonly held: number }
  | { readonly op: "die" | "close"; readonly worker: number }
  /** A worker of its own fetches, dies, and is recovered from. */
  | { readonly op: "crash"; readonly queue: Queue; readonly limit: number }
  /** A worker takes all that a queue has, and one more comes in. */
  | {
      readonly op: "await";
      readonly worker: number;
      readonly queue: Queue;
      readonly priority: number;
    }
  | { readonly op: "recover" | "release" }
  | { readonly op: "promote"; readonly limit: number }
  | { readonly op: "elapse"; readonly ticks: number }
  | { readonly op: "pause" | "resume"; readonly queue: Queue }
  | { readonly op: "delete" | "run" | "kill" | "cancel"; readonly job: number };

export interface NewJob {
  readonly queue: Queue;
  readonly priority: number;
  /** Ticks from now; 0 gives no time at all. */
  readonly due: number;
  readonly prereqs: readonly number[];
  readonly failure: PrereqFailure;
  /** The jid makes no second job after the job's end. */
  readonly remembered?: boolean;
}

export interface Settlement {
  readonly held: number;
  readonly kind: "done" | "failed" | "retry" | "requeue" | "dead" | "release" | "block";
  readonly ticks: number;
  readonly queue: Queue;
  readonly prereqs: readonly number[];
  readonly failure: PrereqFailure;
}

const number = fc.nat({ max: 30 });
const queue = fc.constantFrom(...QUEUES);
const failure = fc.constantFrom<PrereqFailure>("release", "bury", "cancel");
const worker = fc.nat({ max: 2 });
const prereqs = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(number, { minLength: 1, maxLength: 3 }) },
);

const priority = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) },
);

const newJob: fc.Arbitrary<NewJob> = fc.record({
  queue,
  priority,
  due: fc.constantFrom(0, 0, 0, 1, 3, 12),
  prereqs,
  failure,
  remembered: fc.boolean(),
});

const settlement: fc.Arbitrary<Settlement> = fc.record({
  held: fc.nat({ max: 5 }),
  kind: fc.constantFrom("done", "done", "failed", "retry", "requeue", "dead", "release", "block"),
  ticks: fc.constantFrom(0, 1, 4),
  queue,
  prereqs: fc.array(number, { minLength: 1, maxLength: 2 }),
  failure,
});

const fetch = fc.record({
  queues: fc.shuffledSubarray([...QUEUES], { minLength: 1 }),
  limit: fc.integer({ min: 1, max: 4 }),
});

const exchange: fc.Arbitrary<Operation> = fc.record({
  op: fc.constant("exchange" as const),
  worker,
  settle: fc.array(settlement, { maxLength: 3 }),
  fetch: fc.option(fetch, { nil: undefined }),
});

function only<Op extends Operation["op"]>(op: Op): fc.Arbitrary<Op> {
  return fc.constant(op);
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: only("enqueue"),
      entries: fc.array(newJob, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 12, arbitrary: exchange },
  { weight: 1, arbitrary: fc.record({ op: only("enqueueAgain"), job: number }) },
  { weight: 1, arbitrary: fc.record({ op: only("settleAgain"), worker, held: number }) },
  { weight: 1, arbitrary: fc.record({ op: only("settleForeign"), worker, held: number }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("die", "close"), worker }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: only("crash"), queue, limit: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ op: only("await"), worker, queue, priority }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constantFrom("recover", "release") }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: only("promote"), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: only("elapse"), ticks: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("pause", "resume"), queue }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constantFrom("delete", "run", "kill"), job: number }),
  },
  { weight: 3, arbitrary: fc.record({ op: only("cancel"), job: number }) },
);

export const operations: fc.Arbitrary<Operation[]> = fc.array(operation, {
  maxLength: 40,
  size: "max",
});
