import { Command, type IterateOptions, type Source } from "mandate";
import { describe, expect, it } from "vitest";
import { onEach } from "./steps-rig.ts";

const LETTERS = ["a", "b", "c", "d", "e"];

interface Given {
  readonly source: Source<string, number>;
  readonly options?: IterateOptions;
  readonly each?: (given: unknown) => unknown;
}

/** What a command and its hooks are called with. */
class Iterating extends Command {
  static given: Given;
  static seen: unknown[];

  call(): Promise<void> {
    const { source, options, each } = Iterating.given;
    return this.iterate(
      "rows",
      source,
      (item: unknown) => {
        Iterating.seen.push(item);
        return each?.(item);
      },
      options as object,
    );
  }

  override onStart(name: string): void {
    Iterating.seen.push(`start ${name}`);
  }

  override onResume(name: string): void {
    Iterating.seen.push(`resume ${name}`);
  }

  override onStop(name: string): void {
    Iterating.seen.push(`stop ${name}`);
  }

  override onCancel(name: string): void {
    Iterating.seen.push(`cancel ${name}`);
  }

  override onComplete(name: string): void {
    Iterating.seen.push(`complete ${name}`);
  }
}

function given(options: Given): unknown[] {
  Iterating.given = options;
  Iterating.seen = [];
  return Iterating.seen;
}

/** The letters behind a cursor, which is the number of a letter. */
async function* lettersBehind(cursor: number | undefined): AsyncGenerator<[string, number]> {
  for (const [index, letter] of LETTERS.entries()) {
    if (index + 1 > (cursor ?? 0)) yield [letter, index + 1];
  }
}

describe("iterating, inline,", () => {
  it("goes through an array, and tells the command", async () => {
    const seen = given({ source: ["a", "b"] });

    await Iterating.call();

    expect(seen).toEqual(["start rows", "a", "b", "complete rows"]);
  });

  it("goes through what a function returns, in pages", async () => {
    const seen = given({ source: lettersBehind, options: { batchSize: 2 } });

    await Iterating.call();

    expect(seen).toEqual(["start rows", ["a", "b"], ["c", "d"], ["e"], "complete rows"]);
  });

  it("takes what is no async iterable, or comes later", async () => {
    const pairs: [string, number][] = [["a", 1]];
    const seen = given({ source: () => pairs });
    await Iterating.call();
    Iterating.given = { source: () => Promise.resolve(pairs) };
    await Iterating.call();

    expect(seen.filter((each) => each === "a")).toEqual(["a", "a"]);
  });

  it.each([
    [
      5,
      {},
      'Cannot go through iteration "rows" of Iterating: its source is a number. ' +
        "Give an array, or a function that gets a cursor and returns an iterable of [item, cursor]",
    ],
    [
      () => 5,
      {},
      'Cannot go through iteration "rows" of Iterating: its source returned a number. ' +
        "Return an iterable of [item, cursor], such as what a generator function returns",
    ],
    [
      () => ["a"],
      {},
      'Cannot go through iteration "rows" of Iterating: its source yielded a string. Yield [item, cursor]',
    ],
    [
      () => [["a"]],
      {},
      'Cannot go through iteration "rows" of Iterating: its source yielded an array of 1. Yield [item, cursor]',
    ],
    [
      [],
      { batchSize: 0 },
      'Cannot use 0 as batchSize of iteration "rows" of Iterating: give an integer of at least 1',
    ],
    [
      [],
      { size: 5 },
      'Cannot use option "size" in the options of iteration "rows" of Iterating: there is no such option. There are: batchSize, inclusive',
    ],
  ])("refuses %s with %s", async (source, options, message) => {
    given({ source: source as never, options: options as never });

    await expect(Iterating.call()).rejects.toThrow(message);
  });

  it("needs something to do with each", async () => {
    class Idle extends Command {
      call(): Promise<void> {
        return this.iterate("rows", ["a"], 5 as never);
      }
    }

    await expect(Idle.call()).rejects.toThrow(
      new TypeError(
        'Cannot go through iteration "rows" of Idle: what is to be done with each is a number. Give a function',
      ),
    );
  });
});

describe("a job that iterates", () => {
  onEach((open) => {
    it("goes on with the next item of an array", async () => {
      const rig = await open();
      const seen = given({ source: ["a", "b", "c"], each: (item) => item === "b" && rig.stop() });
      await Iterating.defer();

      expect(await rig.work()).toEqual(["release", "done"]);
      expect(seen).toEqual([
        "start rows",
        "a",
        "b",
        "stop rows",
        "resume rows",
        "c",
        "complete rows",
      ]);
    });

    it("goes on behind the cursor of the item that was done last", async () => {
      const rig = await open();
      const seen = given({ source: lettersBehind, each: (item) => item === "b" && rig.stop() });
      await Iterating.defer();

      await rig.run();
      const [record] = await rig.records();
      await rig.run();

      expect(record?.steps).toEqual([{ name: "rows", value: { json: 2 } }]);
      expect(seen.filter((each) => String(each).length === 1)).toEqual(LETTERS);
    });

    it("goes on with the item that was about to be done, where the source begins there", async () => {
      const rig = await open();
      const seen = given({
        source: (cursor) => lettersBehind((cursor ?? 1) - 1),
        options: { inclusive: true },
        each: (item) => item === "b" && rig.stop(),
      });
      await Iterating.defer();

      await rig.run();
      const [record] = await rig.records();
      await rig.run();

      expect(record?.steps).toEqual([{ name: "rows", value: { json: 3 } }]);
      expect(seen.filter((each) => String(each).length === 1)).toEqual(LETTERS);
    });

    it("loses no item where the size of pages is another then", async () => {
      const rig = await open();
      for (const source of [LETTERS, lettersBehind] as const) {
        const seen = given({ source, options: { batchSize: 2 }, each: () => rig.stop() });
        await Iterating.defer();
        await rig.run();
        Iterating.given = { source, options: { batchSize: 3 } };
        await rig.run();

        expect(seen.filter((each) => Array.isArray(each))).toEqual([
          ["a", "b"],
          ["c", "d", "e"],
        ]);
      }
    });

    it("does an item that failed once more", async () => {
      const rig = await open();
      let isBroken = true;
      const seen = given({
        source: lettersBehind,
        each(item) {
          if (item === "c" && isBroken) {
            isBroken = false;
            throw new Error("c is broken");
          }
        },
      });
      await Iterating.defer();

      await rig.run();
      await rig.retryNow();

      expect(seen).toEqual([
        "start rows",
        "a",
        "b",
        "c",
        "resume rows",
        "c",
        "d",
        "e",
        "complete rows",
      ]);
    });

    it("tells the command once that it starts, though nothing was done then", async () => {
      const rig = await open();
      let isBroken = true;
      const seen = given({
        source: lettersBehind,
        each() {
          if (isBroken) {
            isBroken = false;
            throw new Error("a is broken");
          }
        },
      });
      await Iterating.defer();

      await rig.run();
      await rig.retryNow();

      expect(seen.slice(0, 4)).toEqual(["start rows", "a", "resume rows", "a"]);
    });

    it("tells the command that it was cancelled", async () => {
      const rig = await open();
      const seen = given({
        source: ["a", "b", "c"],
        each: (item) => (item === "b" ? rig.cancel() : undefined),
      });
      await Iterating.defer();

      expect(await rig.run()).toMatchObject({ kind: "done", ended: "cancelled" });
      expect(seen).toEqual(["start rows", "a", "b", "cancel rows"]);
    });

    it("lets the source end what it opened", async () => {
      const rig = await open();
      let isClosed = false;
      given({
        async *source(cursor) {
          try {
            yield* lettersBehind(cursor);
          } finally {
            isClosed = true;
          }
        },
        each: () => rig.stop(),
      });
      await Iterating.defer();

      expect((await rig.run()).kind).toBe("release");
      expect(isClosed).toBe(true);
    });
  });
});
