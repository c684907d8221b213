import { describe, it } from "vitest";
import { FairGame, fairOperations } from "./model/fair-game.ts";
import { playSequences, TIMEOUT_MS } from "./model/play-sequences.ts";
import { Rig, type CreateStore } from "./rig.ts";

/** @param sequences how many random sequences are tried. */
export function fairSequencesContract(create: CreateStore, sequences: number): void {
  describe("any sequence of operations on jobs whose keys take turns", () => {
    it(
      "lets the keys of each priority take turns, and loses none",
      { timeout: TIMEOUT_MS },
      async ({ skip }) => {
        const probe = await Rig.open(create);
        if (probe.adapter.capabilities.fairness !== true) {
          skip("lets no keys take turns");
        }
        await assertTurnsAgree(create, sequences);
      },
    );
  });
}

async function assertTurnsAgree(create: CreateStore, sequences: number): Promise<void> {
  await playSequences(fairOperations, sequences, async (operations) => {
    const rig = new Rig(await create());
    try {
      await (await FairGame.open(rig)).play(operations);
    } finally {
      await rig.dispose();
    }
  });
}
