import { describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { Chaos } from "./chaos.ts";

describe.skipIf(missing("redis"))("a worker whose answers are lost", () => {
  it.each([
    ["one by one", { before: 0, batch: 10, lost: 40 }],
    // Fast enough for two exchanges to be under way.
    ["several at once", { before: 5_000, batch: 3_000, lost: 30 }],
  ])(
    "loses no job, strands none, and runs none twice: answers lost %s",
    { timeout: 240_000 },
    async (_, { before, batch, lost }) => {
      const chaos = await Chaos.start();
      await chaos.ran(await chaos.enqueue(before));
      chaos.proxy.loseReplies(someScripts());

      const names: string[] = [];
      while (chaos.proxy.lost < lost) {
        const some = await chaos.enqueue(batch);
        await chaos.ran(some);
        names.push(...some);
      }
      chaos.proxy.mend();
      await chaos.works();

      expect(names.filter((name) => chaos.runs.get(name) !== 1)).toEqual([]);
      expect(await chaos.leftovers()).toEqual(["queues"]);
      expect(chaos.log.troubles.join("\n")).toContain("The redis store failed this worker");
    },
  );

  it("enqueues no job twice", { timeout: 60_000 }, async () => {
    const chaos = await Chaos.start();
    chaos.proxy.loseReplies(someScripts());

    const names: string[] = [];
    while (chaos.proxy.lost < 30) {
      names.push(...(await chaos.enqueue(3, chaos.adapter)));
    }
    await chaos.ran(names);
    chaos.proxy.mend();
    await chaos.works();

    expect(names.filter((name) => chaos.runs.get(name) !== 1)).toEqual([]);
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });
});

/** Three scripts in seven, whatever they do. */
function someScripts(): (request: string) => boolean {
  let scripts = 0;
  return (request) => {
    if (!request.includes("EVALSHA")) {
      return false;
    }
    scripts += 1;
    return [2, 3, 6].includes(scripts % 7);
  };
}
