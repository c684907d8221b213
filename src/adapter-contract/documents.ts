import { describe, expect, it } from "vitest";
import type { Documents } from "../adapters/documents.ts";
import { jid } from "./jobs.ts";
import { Rig, type CreateStore } from "./rig.ts";

export function documentsContract(create: CreateStore): void {
  const open = async (skip: (reason: string) => void): Promise<DocumentRig> => {
    const rig = await Rig.open(create);
    const { documents } = rig.adapter;
    if (!rig.adapter.capabilities.documents || documents === undefined) {
      skip("keeps no documents");
      throw new Error("skipped");
    }
    return { rig, documents };
  };

  describe("documents", () => {
    it("are read as they were written", async ({ skip }) => {
      const { documents } = await open(skip);
      const text = '{"größe":[],"🙂":1.0}';

      const { version } = await documents.write({ name: "a", text, version: "none" });

      expect(await documents.read(["b", "a"])).toEqual([undefined, { name: "a", text, version }]);
    });

    it("are written over in the version that was read", async ({ skip }) => {
      const { documents } = await open(skip);
      const first = await documents.write({ name: "a", text: "1", version: "none" });

      const second = await documents.write({ name: "a", text: "2", version: first.version ?? 0 });

      expect(second.conflict).toBeUndefined();
      expect(second.version).toBeGreaterThan(first.version ?? Infinity);
      expect(await textsOf(documents, "a")).toEqual(["2"]);
    });

    it("are left where another version is there, which is the answer", async ({ skip }) => {
      const { documents } = await open(skip);
      const { version = 0 } = await documents.write({ name: "a", text: "1", version: "none" });
      const found = { name: "a", text: "1", version };

      expect(await documents.write({ name: "a", text: "2", version: "none" })).toEqual({
        conflict: { found },
      });
      expect(await documents.write({ name: "a", text: "2", version: version + 1 })).toEqual({
        conflict: { found },
      });
      expect(await textsOf(documents, "a")).toEqual(["1"]);
    });

    it("are not there where a version was asked for and none is", async ({ skip }) => {
      const { documents } = await open(skip);

      const { conflict } = await documents.write({ name: "a", text: "2", version: 1 });

      expect(conflict).toEqual({ found: undefined });
      expect(await textsOf(documents, "a")).toEqual([undefined]);
    });

    it("are written in any version where that is asked for", async ({ skip }) => {
      const { documents } = await open(skip);

      await documents.write({ name: "a", text: "1", version: "any" });
      await documents.write({ name: "a", text: "2", version: "any" });

      expect(await textsOf(documents, "a")).toEqual(["2"]);
    });

    it("have one winner where many write the same version", async ({ skip }) => {
      const { documents } = await open(skip);
      const { version = 0 } = await documents.write({ name: "a", text: "", version: "none" });

      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          documents.write({ name: "a", text: `${index}`, version }),
        ),
      );

      expect(all.filter(({ conflict }) => conflict === undefined)).toHaveLength(1);
    });

    it("never get a version twice, not even after their deletion", async ({ skip }) => {
      const { documents } = await open(skip);
      const first = await documents.write({ name: "a", text: "1", version: "none" });

      expect(await documents.delete("a")).toBe(true);
      const second = await documents.write({ name: "a", text: "1", version: "none" });

      expect(second.version).toBeGreaterThan(first.version ?? Infinity);
      expect(
        await documents.write({ name: "a", text: "2", version: first.version ?? 0 }),
      ).toMatchObject({ conflict: { found: { text: "1" } } });
    });

    it("are deleted in the version that was asked for, and no other", async ({ skip }) => {
      const { documents } = await open(skip);
      const { version = 0 } = await documents.write({ name: "a", text: "1", version: "none" });

      expect(await documents.delete("a", version + 1)).toBe(false);
      expect(await documents.delete("a", version)).toBe(true);
      expect(await documents.delete("a", version)).toBe(false);
      expect(await textsOf(documents, "a")).toEqual([undefined]);
    });

    it("go by themselves once their time is over, from the last write on", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const seconds = 2.5 * rig.tick;
      await documents.write({ name: "a", text: "1", version: "none", seconds });
      await documents.write({ name: "b", text: "1", version: "none", seconds });
      await rig.elapse(1.5);
      await documents.write({ name: "b", text: "2", version: "any", seconds });
      expect(await textsOf(documents, "a", "b")).toEqual(["1", "2"]);

      await rig.elapse(1.5);

      expect(await textsOf(documents, "a", "b")).toEqual([undefined, "2"]);
      expect((await documents.write({ name: "a", text: "3", version: "none" })).conflict).toBe(
        undefined,
      );
    });

    it("stay where a later write says no time", async ({ skip }) => {
      const { rig, documents } = await open(skip);
      const seconds = rig.tick;
      await documents.write({ name: "a", text: "1", version: "none", seconds });
      await documents.write({ name: "a", text: "2", version: "any" });

      await rig.elapse(2);

      expect(await textsOf(documents, "a")).toEqual(["2"]);
    });

    it("are listed page by page by what their names begin with", async ({ skip }) => {
      const { documents } = await open(skip);
      const names = Array.from({ length: 7 }, (_, index) => `some:*[${index}]`);
      for (const name of [...names, "some", "other:1"]) {
        await documents.write({ name, text: name, version: "none" });
      }

      const found = await listed(documents, "some:*[", 3);

      expect(found.toSorted()).toEqual(names);
    });

    it("are seen in the list if they stay, whatever comes and goes", async ({ skip }) => {
      const { documents } = await open(skip);
      for (const name of ["a", "b", "c", "d", "e"]) {
        await documents.write({ name, text: "", version: "none" });
      }

      const found = await listed(
        documents,
        "",
        1,
        async (page) => {
          await documents.delete(page === 0 ? "b" : `new ${page - 1}`);
          await documents.write({ name: `new ${page}`, text: "", version: "any" });
          if (page > 20) {
            throw new Error(`Expected an end of pages, found ${page}`);
          }
        },
        8,
      );

      expect(["a", "c", "d", "e"].filter((name) => !found.includes(name))).toEqual([]);
    });

    it("refuse a text that is too long", async ({ skip }) => {
      const { documents } = await open(skip);
      const most = "ß".repeat(32 * 1024);
      await documents.write({ name: "a", text: most, version: "none" });

      await expect(
        documents.write({ name: "a", text: `${most}!`, version: "any" }),
      ).rejects.toThrow(
        new RangeError(
          'Cannot write document "a": its text takes 65537 bytes, and 65536 is the most. ' +
            "Keep what is large elsewhere, and its place in the document",
        ),
      );
      expect(await textsOf(documents, "a")).toEqual([most]);
    });
  });

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

interface DocumentRig {
  readonly rig: Rig;
  readonly documents: Documents;
}

async function textsOf(
  documents: Documents,
  ...names: readonly string[]
): Promise<(string | undefined)[]> {
  return (await documents.read(names)).map((document) => document?.text);
}

/** Names in the order of the pages. @param between what happens after each page. */
async function listed(
  documents: Documents,
  prefix: string,
  limit: number,
  between: (page: number) => Promise<void> = () => Promise.resolve(),
  most = 100,
): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < most; page += 1) {
    const read = await documents.list(prefix, cursor, limit);
    names.push(...read.documents.map(({ name }) => name));
    if (read.cursor === undefined) {
      break;
    }
    cursor = read.cursor;
    await between(page);
  }
  return names;
}
