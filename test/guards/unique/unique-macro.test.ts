import { Command, InvalidDurationError, UnknownOptionError } from "mandate";
import { describe, expect, it } from "vitest";
import { GuardKeyError } from "../../../src/guards/guard-key-error.ts";
import { LastingAdapter, queue, Rig, SCHEDULED } from "../../job/rig.ts";

class Sync extends Command.initializeWith((account: string) => ({ account })) {
  call(): void {}
}

function declaring(...options: unknown[]): () => void {
  return () => {
    class Declared extends Sync {}
    (Declared.unique as (...options: unknown[]) => void).apply(Declared, options);
  };
}

function debouncing(...options: unknown[]): () => void {
  return () => {
    class Declared extends Sync {}
    (Declared.debounce as (...options: unknown[]) => void).apply(Declared, options);
  };
}

describe("unique", () => {
  it.each([
    [{ by: "account" }, 'Cannot use "account" in by of unique of Declared: give a function'],
    [
      { until: "executed" },
      'Cannot use "executed" as until in unique of Declared: give "finished", "started" or "expired"',
    ],
    [
      { until: "toString" },
      'Cannot use "toString" as until in unique of Declared: give "finished", "started" or "expired"',
    ],
    [
      { onConflict: "log" },
      'Cannot use "log" as onConflict in unique of Declared: give "skip", "raise" or "replace"',
    ],
    [
      { until: "expired" },
      'Cannot use until: "expired" without ttl in unique of Declared: say how long, as in ttl: "1 hour"',
    ],
    [{ ttl: 0 }, "Cannot use 0 as ttl in unique of Declared: give a duration above 0"],
    [
      { across: Sync },
      "Cannot use a function as across in unique of Declared: give an array of classes",
    ],
    [
      { across: ["Sync"] },
      "Cannot use an array as across in unique of Declared: give an array of classes",
    ],
    [
      { key: 1 },
      'Cannot use option "key" in unique of Declared: there is no such option. ' +
        "There are: by, until, onConflict, ttl, across",
    ],
    [null, "Cannot use null as unique of Declared: give an object"],
  ])("refuses %j", (options, message) => {
    expect(declaring(options)).toThrow(message);
  });

  it.each([-1, NaN, Infinity, "soon"])("refuses %j as ttl", (ttl) => {
    expect(declaring({ ttl })).toThrow(InvalidDurationError);
    expect(declaring({ ttl })).toThrow(" as ttl in unique of Declared: ");
  });

  it("refuses a class across that is not unique, and enqueues nothing", async () => {
    const rig = new Rig();
    class Both extends Sync {
      static {
        this.unique({ across: [Sync] });
      }
    }

    await expect(Both.defer("a")).rejects.toThrow(
      "Cannot use Sync as across in unique of Both: it has no keys. Declare unique in Sync, too",
    );
    expect(await rig.stored(queue())).toEqual([]);
  });

  it.each([
    ["throws", () => JSON.parse("{")],
    ["returns a promise", async () => "a"],
    ["returns undefined", () => undefined],
    ["returns a function", () => () => "a"],
    ["returns what cannot be deferred", () => new WeakMap()],
  ])("enqueues nothing where by %s", async (_, by) => {
    const rig = new Rig();
    class Bad extends Sync {
      static {
        this.unique({ by });
      }
    }
    class Late extends Sync {
      static {
        this.debounce(5, { by });
      }
    }

    await expect(Bad.defer("a")).rejects.toThrow(GuardKeyError);
    await expect(Late.defer("a")).rejects.toThrow("Cannot make the key of Late for debounce: ");
    expect(() => Bad.prepare("a")).toThrow(GuardKeyError);
    expect(await rig.stored(queue())).toEqual([]);
    expect(await rig.stored(SCHEDULED)).toEqual([]);
  });

  it("takes a key of a megabyte", async () => {
    new Rig();
    class Long extends Sync {
      static {
        this.unique();
      }
    }

    const { id } = await Long.defer("a".repeat(1_000_000));

    expect((await Long.defer("a".repeat(1_000_000))).id).toBe(id);
  });

  it("refuses options of a call that are none", () => {
    new Rig();

    expect(() => Sync.set({ unique: true } as never)).toThrow(
      "Cannot use true as unique of Sync: give false, and declare all else in its class",
    );
    expect(() => Sync.set({ uniqueKey: "" })).toThrow(
      "Cannot use an empty text as uniqueKey of Sync: give a text that is not empty",
    );
    expect(() => Sync.set({ uniqueKey: 7 } as never)).toThrow(
      "Cannot use 7 as uniqueKey of Sync: give a text that is not empty",
    );
  });

  it("refuses a call that says both that it is not unique, and by what it is", async () => {
    const rig = new Rig();

    await expect(Sync.defer("a", { unique: false, uniqueKey: "b" })).rejects.toThrow(
      "Cannot defer Sync with both unique: false and uniqueKey: give one of them",
    );
    expect(await rig.stored(queue())).toEqual([]);
  });

  it("is taken back by false, and else inherited", async () => {
    new Rig();
    abstract class Parent extends Command {
      static {
        this.unique();
      }
    }
    class Child extends Parent {
      call(): void {}
    }
    class Free extends Parent {
      static {
        this.unique(false);
      }

      call(): void {}
    }

    await Promise.all([Child.defer(), Free.defer()]);

    expect((await Child.defer()).isDuplicate).toBe(true);
    expect((await Free.defer()).isDuplicate).toBe(false);
  });

  it("is refused where the store keeps no keys", async () => {
    const rig = new Rig(new LastingAdapter());
    class Unique extends Sync {
      static {
        this.unique();
      }
    }

    await expect(Unique.defer("a")).rejects.toThrow(
      'Cannot defer Unique: it has to hold a key, and the adapter "memory" keeps none. ' +
        "Use one that does, or declare neither unique nor limits",
    );
    expect(await rig.stored(queue())).toEqual([]);
  });
});

describe("debounce", () => {
  it.each([
    [["0s"], "Cannot use 0 as debounce of Declared: give a duration above 0"],
    [
      ["5s", { maxWait: "3s" }],
      'Cannot use "3s" as maxWait in debounce of Declared: it is shorter than what each call waits, "5s". Give more',
    ],
    [
      ["5s", { maxWait: 0 }],
      "Cannot use 0 as maxWait in debounce of Declared: give a duration above 0",
    ],
    [["5s", { by: 1 }], "Cannot use 1 in by of debounce of Declared: give a function"],
  ])("refuses %j", (options, message) => {
    expect(debouncing(...options)).toThrow(message);
  });

  it("refuses what is no duration, and options that do not exist", () => {
    expect(debouncing()).toThrow(InvalidDurationError);
    expect(debouncing("5s", { until: "started" })).toThrow(UnknownOptionError);
  });
});
