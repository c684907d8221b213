import { describe, expect, it } from "vitest";
import { opener, textsOf } from "./document-rig.ts";
import { jid } from "./jobs.ts";
import type { CreateStore } from "./rig.ts";

export function documentChangesContract(create: CreateStore): void {
  const open = opener(create);

  describe("listening to documents", () => {
    it("hears of those that are written or deleted, whose names begin so", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const heard: string[] = [];
      const listening = documents.listen("a:", (name) => heard.push(name));
      const ceased = documents.listen("a:", () => heard.push("ceased"));
      await Promise.all([listening.ready, ceased.ready]);
      ceased.stop();

      await documents.write({ name: "a:1", text: "1", version: "none" });
      await documents.write({ name: "b:1", text: "1", version: "none" });
      await rig.adapter.enqueue([], undefined, { name: "a:2", text: "1", version: "none" });
      await documents.delete("a:1");

      await expect.poll(() => heard).toEqual(["a:1", "a:2", "a:1"]);
      listening.stop();
    });

    it("hears the note of whoever wrote them", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const heard: unknown[] = [];
      const listening = documents.listen("", (...told) => heard.push(told));
      await listening.ready;

      await documents.write({ name: "a\nb", text: "1", version: "none", note: "first: 1" });
      await documents.write({ name: "a\nb", text: "2", version: "any" });
      const given = { name: "c", text: "1", version: "none", note: "größer" } as const;
      await rig.adapter.enqueue([], undefined, given);

      await expect
        .poll(() => heard)
        .toEqual([
          ["a\nb", "first: 1"],
          ["a\nb", undefined],
          ["c", "größer"],
        ]);
      listening.stop();
    });

    it("does not hear of a write that was refused", async ({ skip }) => {
      const { documents } = await open(skip);
      const heard: string[] = [];
      const listening = documents.listen("", (name) => heard.push(name));
      await listening.ready;
      await documents.write({ name: "a", text: "1", version: "none" });

      await documents.write({ name: "a", text: "2", version: "none" });
      await documents.write({ name: "b", text: "1", version: "none" });

      await expect.poll(() => heard).toEqual(["a", "b"]);
      listening.stop();
    });
  });

  describe("enqueueing, given a document", () => {
    it("writes it with the jobs", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const given = { name: "a", text: "1", version: "none" } as const;

      const answer = await rig.adapter.enqueue([await rig.entry("job")], undefined, given);

      const [written] = await documents.read(["a"]);
      expect(answer).toEqual({ refused: [], conflict: undefined, version: written?.version });
      expect(await rig.status("job")).toBe("enqueued");
      expect(await textsOf(documents, "a")).toEqual(["1"]);
    });

    it("accepts nothing where it is not there in that version", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const { version = 0 } = await documents.write({ name: "a", text: "1", version: "none" });
      const given = { name: "a", text: "2", version: "none" } as const;

      const answer = await rig.adapter.enqueue([await rig.entry("job")], undefined, given);

      expect(answer).toEqual({
        refused: [],
        conflict: { found: { name: "a", text: "1", version } },
      });
      expect(await rig.status("job")).toBe("finished");
      expect(await rig.adapter.unfinished([jid("job")])).toEqual([]);
      expect(await textsOf(documents, "a")).toEqual(["1"]);
    });

    it("has one winner where many are given the same version", async ({ skip }) => {
      const { rig } = await open(skip);
      const names = Array.from({ length: 10 }, (_, index) => `job ${index}`);
      const given = { name: "a", text: "1", version: "none" } as const;

      const answers = await Promise.all(
        names.map(async (name) => rig.adapter.enqueue([await rig.entry(name)], undefined, given)),
      );

      expect(answers.filter(({ conflict }) => conflict === undefined)).toHaveLength(1);
      expect(await rig.store.size({ queue: "default" })).toBe(1);
    });

    it("accepts each by its own document where several are given at once", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      await documents.write({ name: "b", text: "before", version: "none" });
      const given = [
        { name: "a", job: "a0" },
        { name: "b", job: "b1" },
        { name: "c", job: "c2" },
        { name: "a", job: "a3" },
      ];
      const entries = await Promise.all(given.map(({ job }) => rig.entry(job)));

      const answers = await Promise.all(
        given.map(({ name, job }, at) =>
          rig.adapter.enqueue(entries.slice(at, at + 1), undefined, {
            name,
            text: job,
            version: "none",
          }),
        ),
      );

      // Several connections may send them in any order.
      const [first, last] = answers[0]?.conflict === undefined ? ["a0", "a3"] : ["a3", "a0"];
      expect(
        Object.fromEntries(given.map(({ job }, at) => [job, answers[at]?.conflict?.found?.text])),
      ).toEqual({ [first]: undefined, [last]: first, b1: "before", c2: undefined });
      expect(await textsOf(documents, "a", "b", "c")).toEqual([first, "before", "c2"]);
      expect(await rig.status(first)).toBe("enqueued");
      expect(await rig.status(last)).toBe("finished");
      expect(await rig.status("b1")).toBe("finished");
      expect(await rig.status("c2")).toBe("enqueued");
    });

    it("accepts a job that comes with two documents once, and with the one that is as expected", async ({
      skip,
    }) => {
      const { rig, documents } = await open(skip);
      await documents.write({ name: "a", text: "before", version: "none" });
      const entry = await rig.entry("job");
      const give = (name: string): ReturnType<typeof rig.adapter.enqueue> =>
        rig.adapter.enqueue([entry], undefined, { name, text: "1", version: "none" });

      await Promise.all([give("a"), give("b"), give("c")]);

      expect(await rig.store.size({ queue: "default" })).toBe(1);
      expect(await textsOf(documents, "a", "b", "c")).toEqual(["before", "1", "1"]);
    });

    it("writes it without any job, too", async ({ skip }) => {
      const { rig, documents } = await open(skip);

      await rig.adapter.enqueue([], undefined, { name: "a", text: "1", version: "none" });

      expect(await textsOf(documents, "a")).toEqual(["1"]);
    });

    it("refuses more jobs than one step takes, and a text that is too long", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const entry = await rig.entry("job");
      const given = { name: "a", text: "1", version: "none" } as const;

      await expect(
        rig.adapter.enqueue(Array<typeof entry>(1_001).fill(entry), undefined, given),
      ).rejects.toThrow(
        new RangeError(
          'Cannot enqueue 1001 jobs together with document "a": 1000 is the most in one step. ' +
            "Enqueue the others afterwards",
        ),
      );
      await expect(
        rig.adapter.enqueue([entry], undefined, { ...given, text: "x".repeat(65_537) }),
      ).rejects.toThrow(RangeError);
      expect(await textsOf(documents, "a")).toEqual([undefined]);
      expect(await rig.status("job")).toBe("finished");
    });
  });
}
