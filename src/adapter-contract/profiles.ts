import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PROFILES_KEPT, type Profile } from "../adapters/job-notes.ts";
import { jid } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function profilesContract(create: CreateStore): void {
  describe("profiles", () => {
    it("are there for every adapter on the store, byte for byte, the latest first", async () => {
      const rig = await Rig.open(create);
      const other = await rig.connect();
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

      await rig.adapter.notes.writeProfile({ ...profile("slow", "a"), data: all });
      await rig.elapse(rig.tick);
      await rig.adapter.notes.writeProfile(profile("slow", "b"));

      expect(await other.notes.readProfiles()).toEqual([
        described(profile("slow", "b")),
        { ...described(profile("slow", "a")), size: 256 },
      ]);
      const read = await other.notes.readProfile(`slow-${jid("a")}`);
      expect([...(read ?? [])]).toEqual([...all]);
      expect(await other.notes.readProfile("unknown")).toBeUndefined();
    });

    it("stand for the last run of a job under a name", async () => {
      const rig = await Rig.open(create);

      await rig.adapter.notes.writeProfile(profile("slow", "a"));
      await rig.adapter.notes.writeProfile(profile("other", "a"));
      await rig.elapse(rig.tick);
      await rig.adapter.notes.writeProfile({ ...profile("slow", "a"), seconds: 7 });

      expect(await rig.adapter.notes.readProfiles()).toEqual([
        { ...described(profile("slow", "a")), seconds: 7 },
        described(profile("other", "a")),
      ]);
    });

    it("are the latest few, however many come", async () => {
      const rig = await Rig.open(create);
      const first = profile("slow", "first");
      await rig.adapter.notes.writeProfile(first);
      await rig.elapse(rig.tick);

      for (let index = 0; index < PROFILES_KEPT; index += 1) {
        await rig.adapter.notes.writeProfile(profile("slow", `job${index}`));
      }

      const kept = await rig.adapter.notes.readProfiles();
      expect(kept).toHaveLength(PROFILES_KEPT);
      expect(kept.map((each) => each.jid)).not.toContain(first.jid);
      expect(await rig.adapter.notes.readProfile(`slow-${first.jid}`)).toBeUndefined();
    });
  });
}

function profile(name: string, job: string): Profile {
  const data = gzipSync("{}");
  const format = "cpuprofile";
  return {
    name,
    jid: jid(job),
    className: "A",
    startedAt: 1_700_000_000,
    seconds: 1.5,
    format,
    data,
  };
}

function described({ data, ...rest }: Profile): object {
  return { key: `${rest.name}-${rest.jid}`, size: data.length, ...rest };
}
