import fc from "fast-check";
import { describe, it } from "vitest";
import { FairGame, fairOperations } from "./model/fair-game.ts";
import { Rig, type CreateStore } from "./rig.ts";

const TIMEOUT_MS = 120_000;

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
  const agrees = fc.asyncProperty(fairOperations, async (operations) => {
    const rig = new Rig(await create());
    try {
      await (await FairGame.open(rig)).play(operations);
    } finally {
      await rig.dispose();
    }
  });
  const plugins = [fc.interruptAfterTimeLimit(TIMEOUT_MS / 2)];
  await fc.assert(agrees, { numRuns: sequences, plugins });
}
