import { describe, expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { BatchChaos } from "./batches/course.ts";

describe.skipIf(missing("redis"))("trees of batches, whose workers are killed", () => {
  it("have each callback once, none too early, and count", { timeout: 300_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());

    const report = await BatchChaos.run({ server, seed, trees: 60, kills: 2, depth: 2 });

    const { problems, ...counts } = report;
    console.log({ seed, ...counts });
    expect(problems.slice(0, 10)).toEqual([]);
    expect(counts.batches).toBeGreaterThanOrEqual(60);
  });
});
