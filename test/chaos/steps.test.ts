import { describe, expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { goThrough } from "./steps/course.ts";

describe.skipIf(missing("redis"))("jobs with steps, whose workers are killed", () => {
  it("go through each row, and on behind their checkpoints", { timeout: 300_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());

    const verdict = await goThrough({ server, seed, kills: 5, jobs: 8, rows: 2_000, pause: 0.4 });

    console.log({ seed, ...verdict });
    expect(verdict.problems.slice(0, 10)).toEqual([]);
  });
});
