import { AssertionError } from "node:assert";
import { Batch } from "../batches/batch.ts";
import type { BatchStatus } from "../batches/batch-status.ts";
import { checkFunction, checkOptionNames } from "../job/checks/checks.ts";
import type { Block } from "./block-arguments.ts";
import { testAdapter } from "./use-test-adapter.ts";

const FIELDS = [
  "description",
  "total",
  "pending",
  "done",
  "failed",
  "dead",
  "open",
  "incomplete",
  "children",
] as const;

/** How a batch should be; what is left out may be anything. */
export type ExpectedBatch = Partial<Pick<BatchStatus, (typeof FIELDS)[number]>>;

/**
 * Asserts that there is a batch: one that the block creates, as it is after the block; without a
 * block, any.
 *
 * @example
 * ```ts
 * import { Batch, Command } from "mandate";
 * import { assertBatch, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
 *
 * class ImportRow extends Command.initializeWith((row: number) => ({ row })) {
 *   call() {}
 * }
 *
 * using _ = useTestAdapter();
 * await assertBatch({ description: "Import", total: 2 }, () =>
 *   Batch.create({ description: "Import" }, async () => {
 *     await ImportRow.defer(1);
 *     await ImportRow.defer(2);
 *   }),
 * );
 * await performEnqueuedJobs(); // callbacks, too
 * await assertBatch({ description: "Import", done: 2 });
 * ```
 *
 * @returns the latest that is as expected.
 * @throws {AssertionError} if none is; it shows those that there are instead.
 * @throws what the block threw.
 */
export async function assertBatch(expected: ExpectedBatch, block?: Block): Promise<Batch> {
  checkOptionNames(expected, FIELDS, "the batch of assertBatch");
  if (block !== undefined) checkFunction(block, "assertBatch");
  testAdapter("assert that there is a batch");
  const before = new Set<string>();
  for await (const { id } of Batch.all()) before.add(id);
  await block?.();
  const found: BatchStatus[] = [];
  for await (const batch of Batch.all()) {
    if (block === undefined || !before.has(batch.id)) {
      const status = await batch.status();
      if (isAsExpected(status, expected)) return batch;
      found.push(status);
    }
  }
  const wanted = shown(expected);
  const listed = found.map((status) => `  ${status.id} ${shown(status)}`).join("\n");
  const instead = found.length === 0 ? "found none" : `found:\n${listed}`;
  const message = `Expected a batch${wanted === "" ? "" : ` with ${wanted}`}, ${instead}`;
  throw new AssertionError({ message, expected, actual: found[0], operator: "assertBatch" });
}

function isAsExpected(status: BatchStatus, expected: ExpectedBatch): boolean {
  return FIELDS.every((field) => !(field in expected) || status[field] === expected[field]);
}

function shown(batch: ExpectedBatch): string {
  return FIELDS.flatMap((field) =>
    batch[field] === undefined ? [] : `${field} ${JSON.stringify(batch[field])}`,
  ).join(", ");
}
