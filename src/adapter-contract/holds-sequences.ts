import { describe, it } from "vitest";
import { openHolds } from "./hold-rig.ts";
import { HoldGame } from "./model/holds-game.ts";
import { holdOperations } from "./model/holds-operations.ts";
import { playHolds } from "./model/holds-player.ts";
import { playSequences, TIMEOUT_MS } from "./model/play-sequences.ts";
import { Rig, type CreateStore } from "./rig.ts";

/** @param sequences how many random sequences are tried. */
export function holdSequencesContract(create: CreateStore, sequences: number): void {
  describe("any sequence of operations on jobs with holds", () => {
    it(
      "lets none hold a key that is over, and none wait for one that is free",
      { timeout: TIMEOUT_MS },
      async ({ skip }) => {
        await openHolds(create, skip);
        await assertHoldsAgree(create, sequences);
      },
    );
  });
}

async function assertHoldsAgree(create: CreateStore, sequences: number): Promise<void> {
  await playSequences(holdOperations, sequences, async (operations) => {
    const rig = new Rig(await create());
    const { holds } = rig.adapter;
    try {
      await (holds && playHolds(new HoldGame(rig, holds), operations));
    } finally {
      await rig.dispose();
    }
  });
}
