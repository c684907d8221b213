import { describe, it } from "vitest";
import { operations } from "./model/operations.ts";
import { playSequences, TIMEOUT_MS } from "./model/play-sequences.ts";
import { play } from "./model/player.ts";
import { Rig, type CreateStore } from "./rig.ts";

/** @param sequences how many random sequences are tried. */
export function sequenceContract(create: CreateStore, sequences: number): void {
  describe("any sequence of operations", () => {
    it("loses no job, ends none twice, and keeps the order", { timeout: TIMEOUT_MS }, () =>
      assertAgreement([create], sequences),
    );
  });
}

/**
 * Plays the same random sequences on adapters side by side, each against its own model.
 *
 * @internal
 */
export async function assertAgreement(
  creates: readonly CreateStore[],
  sequences: number,
): Promise<void> {
  await playSequences(operations, sequences, async (sequence) => {
    const rigs = await Promise.all(creates.map(async (create) => new Rig(await create())));
    try {
      const priorities = rigs.every(({ adapter }) => adapter.capabilities.priorities);
      // Where priorities count, a worker is there to look.
      await Promise.all(rigs.map((rig) => rig.lease()));
      await Promise.all(rigs.map((rig) => play(rig, sequence, { priorities })));
    } finally {
      await Promise.all(rigs.map((rig) => rig.dispose()));
    }
  });
}
