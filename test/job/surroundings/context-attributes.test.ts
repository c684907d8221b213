import { contextAttributes, Job, UnknownOptionError } from "mandate";
import { describe, expect, it } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { Rig } from "../rig.ts";

const Current = contextAttributes<{ requestId: string; attempts: number }>("Current");
const Other = contextAttributes<{ requestId: string }>("Other");

describe("contextAttributes", () => {
  it("are none outside of run", () => {
    expect(Current.attributes).toEqual({});
  });

  it("hold for what run calls, and what that awaits", async () => {
    const seen = await Current.run({ requestId: "req-1" }, async () => {
      await Promise.resolve();
      return Current.attributes;
    });

    expect(seen).toEqual({ requestId: "req-1" });
    expect(Current.attributes).toEqual({});
  });

  it("hold by themselves for each of two runs side by side", async () => {
    const [both, go] = gate();
    const one = Current.run({ requestId: "one" }, async () => {
      await both;
      return Current.attributes.requestId;
    });
    const two = Current.run({ requestId: "two" }, async () => {
      go();
      await both;
      return Current.attributes.requestId;
    });

    expect(await Promise.all([one, two])).toEqual(["one", "two"]);
  });

  it("hold in a run inside of another, unless given anew there", () => {
    Current.run({ requestId: "outer", attempts: 1 }, () => {
      const inner = Current.run({ requestId: "inner" }, () => Current.attributes);

      expect(inner).toEqual({ requestId: "inner", attempts: 1 });
      expect(Current.attributes).toEqual({ requestId: "outer", attempts: 1 });
    });
  });

  it("are each definition's own", () => {
    Current.run({ requestId: "current" }, () =>
      Other.run({ requestId: "other" }, () => {
        expect([Current.attributes, Other.attributes]).toEqual([
          { requestId: "current" },
          { requestId: "other" },
        ]);
      }),
    );
  });

  it("can be set from within, for the rest of the innermost run", async () => {
    await Current.run({ requestId: "req-1" }, async () => {
      const authenticate = async (): Promise<void> => {
        await Promise.resolve();
        Current.set({ attempts: 2 });
      };
      await authenticate();

      expect(Current.attributes).toEqual({ requestId: "req-1", attempts: 2 });
      Current.run({}, () => Current.set({ attempts: 3 }));
      expect(Current.attributes).toEqual({ requestId: "req-1", attempts: 2 });
    });
  });

  it("give back what their work returned, and throw what it threw", () => {
    const error = new RangeError("from the work");

    expect(Current.run({}, () => 5)).toBe(5);
    expect(() =>
      Current.run({}, () => {
        throw error;
      }),
    ).toThrow(error);
  });

  it("cannot be set where nobody would take them away", () => {
    expect(() => Current.set({ requestId: "req-1" })).toThrow(
      new TypeError(
        "Cannot set attributes of Current: there is no run of it around, and no job. " +
          "Call Current.run(attributes, work) where the request begins",
      ),
    );
  });

  it.each<[string, () => unknown, Error]>([
    [
      "no name",
      () => contextAttributes(""),
      new TypeError(
        'Cannot use "" as the name of context attributes: give what its constant is called',
      ),
    ],
    [
      "an unknown option",
      () => contextAttributes("Current", { log: [] } as object),
      new UnknownOptionError("log", "contextAttributes of Current", ["logged", "wireNames"]),
    ],
    [
      "attributes that are none",
      () => Current.run("req-1" as never, () => {}),
      new TypeError('Cannot use "req-1" as attributes in run of Current: give an object'),
    ],
    [
      "no work",
      () => Current.run({}, "work" as never),
      new TypeError('Cannot use "work" in run of Current: give a function'),
    ],
  ])("refuse %s", (_, misuse, error) => {
    expect(misuse).toThrow(error);
  });
});

describe("contextAttributes, in a job", () => {
  it("are none at first, wherever its worker was woken, and none after it", async () => {
    const rig = new Rig();
    const seen: unknown[] = [];
    class Show extends Job {
      perform(): void {
        seen.push(Current.attributes);
        Current.set({ requestId: "left behind" });
        seen.push(Current.attributes);
      }
    }
    await Show.performLater();
    await Show.performLater();

    await Current.run({ requestId: "of whoever works" }, async () => {
      await rig.run();
      await rig.run();
      seen.push(Current.attributes);
    });

    const [before, after] = [{}, { requestId: "left behind" }];
    expect(seen).toEqual([before, after, before, after, { requestId: "of whoever works" }]);
  });

  it("are those of the caller where it is performed now", async () => {
    new Rig();
    class Show extends Job {
      perform(): unknown {
        return Current.attributes;
      }
    }

    const seen = await Current.run({ requestId: "req-1" }, () => Show.performNow());

    expect(seen).toEqual({ requestId: "req-1" });
  });

  it("do not travel unless configure names them", async () => {
    new Rig();
    class Show extends Job {
      perform(): void {}
    }

    const job = await Current.run({ requestId: "req-1" }, () => Show.performLater());

    expect(settings().contextAttributes).toEqual([]);
    expect(job.record).not.toHaveProperty("cattr");
  });
});

function gate(): [Promise<void>, () => void] {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return [opened, open];
}
