import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { root, runProgram } from "../repository/program.ts";
import { missing } from "../support/requires.ts";

describe.skipIf(missing("redis"))("npm run example:redis", () => {
  it("shows how a worker is killed, and how its jobs are done all the same", async () => {
    const file = resolve(root, "commands-example/redis.ts");

    const { exit, stdout, stderr } = await runProgram(file, { deadlineMs: 200_000 });

    expect({ exit, stderr, stdout }).toEqual({ exit: 0, stderr: "", stdout });
    expect(stdout).toMatch(/worker (\d) is killed \(kill -9 \d+\)[^]*worker \1 had begun: \w+/);
    expect(stdout).toMatch(/worker \d: Took \d+ jobs? back from dead worker[^]*, once more: done/);
    expect(stdout.match(/^✓ .*$/gm)).toHaveLength(14);
    expect(stdout).toMatch(/^✓ A job with steps went on .*: \d+ of \d+ files were not gone/m);
    expect(stdout).toMatch(/^✓ Another one took its jobs back.*: \d+ ran twice, from /m);
  }, 210_000);
});
