import { describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { Chaos } from "./chaos.ts";

describe.skipIf(missing("redis"))("a worker whose answers are lost", () => {
  it("loses no job, strands none, and runs none twice", { timeout: 60_000 }, async () => {
    const chaos = await Chaos.start();
    chaos.proxy.loseReplies(someScripts());

    const names: string[] = [];
    while (chaos.proxy.lost < 40) {
      const batch = await chaos.enqueue(10);
      await chaos.ran(batch);
      names.push(...batch);
    }
    chaos.proxy.mend();
    await chaos.works();

    expect(names.filter((name) => chaos.runs.get(name) !== 1)).toEqual([]);
    expect(await chaos.leftovers()).toEqual(["queues"]);
    expect(chaos.log.troubles.join("\n")).toContain("The redis store failed this worker");
  });

  it("does so where several exchanges are lost at once", { timeout: 60_000 }, async () => {
    const chaos = await Chaos.start();
    // Fast enough for two to be under way.
    await chaos.ran(await chaos.enqueue(5_000));
    chaos.proxy.loseReplies(someScripts());

    const names: string[] = [];
    while (chaos.proxy.lost < 30) {
      const batch = await chaos.enqueue(3_000);
      await chaos.ran(batch);
      names.push(...batch);
    }
    chaos.proxy.mend();
    await chaos.works();

    expect(names.filter((name) => chaos.runs.get(name) !== 1)).toEqual([]);
    expect(await chaos.leftovers()).toEqual(["queues"]);
  });

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
