import { describe, expect, it } from "vitest";
import type { ProgressNote } from "../adapters/job-notes.ts";
import { jid } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function notesContract(create: CreateStore): void {
  describe("progress", () => {
    it("is what was noted last, for every adapter on the store", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();

      await rig.adapter.notes.writeProgress([progress("a", 1), progress("b", 5)]);
      await rig.adapter.notes.writeProgress([{ ...progress("a", 2.5), note: 'half-"way"\n' }]);

      const jids = ["b", "unknown", "a"].map(jid);
      expect(await other.notes.readProgress(jids)).toEqual([
        progress("b", 5),
        undefined,
        { ...progress("a", 2.5), note: 'half-"way"\n' },
      ]);
    });

    it("is read of many jobs, and of none", async () => {
      const rig = await Rig.open(create);
      const all = Array.from({ length: 1_100 }, (_, index) => progress(`job${index}`, index));

      await rig.adapter.notes.writeProgress(all);

      expect(await rig.adapter.notes.readProgress(all.map((each) => each.jid))).toEqual(all);
      expect(await rig.adapter.notes.readProgress([])).toEqual([]);
    });
  });
}

function progress(name: string, done: number): ProgressNote {
  return { jid: jid(name), done, total: 1_000, at: 1_700_000_000.25 };
}
