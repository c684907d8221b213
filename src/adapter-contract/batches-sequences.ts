import fc from "fast-check";
import { describe, it } from "vitest";
import { openBatches } from "./batch-rig.ts";
import { BATCH_DEEDS, BatchGame } from "./model/batches-game.ts";
import { Rig, type CreateStore } from "./rig.ts";

const TIMEOUT_MS = 120_000;

const steps = fc.array(fc.tuple(fc.constantFrom(...BATCH_DEEDS), fc.nat(1_000)), {
  minLength: 20,
  maxLength: 60,
});

/** @param sequences how many random trees of batches are tried. */
export function batchSequencesContract(create: CreateStore, sequences: number): void {
  describe("any tree of batches, whatever becomes of its jobs", () => {
    it(
      "has each callback once, none too early, and its jobs counted",
      { timeout: 10 * TIMEOUT_MS },
      async ({ skip }) => {
        await openBatches(create, skip);
        await assertBatchesAgree(create, sequences);
      },
    );
  });
}

async function assertBatchesAgree(create: CreateStore, sequences: number): Promise<void> {
  const agrees = fc.asyncProperty(steps, async (given) => {
    const rig = new Rig(await create());
    const { batches } = rig.adapter;
    try {
      await (batches && new BatchGame(rig, batches).play(given));
    } finally {
      await rig.dispose();
    }
  });
  const plugins = [fc.interruptAfterTimeLimit(TIMEOUT_MS * (sequences > 200 ? 10 : 0.5))];
  await fc.assert(agrees, { numRuns: sequences, plugins });
}
