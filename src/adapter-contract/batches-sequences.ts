import fc from "fast-check";
import { describe, it } from "vitest";
import { openBatches } from "./batch-rig.ts";
import { BATCH_DEEDS, BatchGame, type BatchStep } from "./model/batches-game.ts";
import { playSequences, TIMEOUT_MS } from "./model/play-sequences.ts";
import { Rig, type CreateStore } from "./rig.ts";

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
  const limitMs = TIMEOUT_MS * (sequences > 200 ? 10 : 0.5);
  const play = async (given: readonly BatchStep[]): Promise<void> => {
    const rig = new Rig(await create());
    const { batches } = rig.adapter;
    try {
      await (batches && new BatchGame(rig, batches).play(given));
    } finally {
      await rig.dispose();
    }
  };
  await playSequences(steps, sequences, play, limitMs);
}
