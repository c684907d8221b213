import { describe, expect, it } from "vitest";
import type { Documents } from "../adapters/documents.ts";
import { opener, textsOf } from "./document-rig.ts";
import type { CreateStore } from "./rig.ts";

export function documentsContract(create: CreateStore): void {
  const open = opener(create);

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
