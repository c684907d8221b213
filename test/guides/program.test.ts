import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JobsInRedis } from "../cli/commands/jobs-in-redis.ts";
import { run } from "../cli/commands/recording-terminal.ts";
import { RunningProgram } from "../cli/running-program.ts";
import { codeBlocks } from "../repository/code-blocks.ts";
import { root, runProgram } from "../repository/program.ts";
import { repositoryFiles } from "../repository/source-files.ts";
import { missing } from "../support/requires.ts";

/** What the guides' lines are typed in. */
const application = fileURLToPath(new URL("application/", import.meta.url));

const lines = repositoryFiles("docs/coming-from-*.md")
  .flatMap(codeBlocks)
  .filter(({ language }) => language === "sh")
  .flatMap(({ code, at }) =>
    code.split("\n").map((line) => [line.split(" #")[0] ?? "", at] as const),
  )
  .filter(([line]) => /^(npx )?mandate /.test(line))
  .map(([line, at]) => [wordsOf(line), at] as const);

describe.skipIf(missing("redis"))("the lines for a terminal in guides", () => {
  let redis: JobsInRedis;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "mandate-guides-"));
    redis = await JobsInRedis.start();
    await redis.add("retry", 2, { command: "PayJob", error: "RangeError", queue: "payments" });
    await redis.add("dead", 1, { command: "DeadJob", error: "Error" });
    await redis.add("queue", 2, { command: "PayJob", queue: "payments" });
    const jid = "9e848942c7b62592be4d7287";
    const payload = JSON.stringify({ class: "CleanUpJob", args: [], queue: "low", jid });
    await redis.adapter.enqueue([{ jid, queue: "low", payload }]);
    await redis.adapter.notes.writeProfile({
      name: "slow-payment",
      jid: "4f1d",
      className: "PayJob",
      startedAt: Date.now() / 1000,
      seconds: 2.5,
      format: "cpuprofile",
      data: gzipSync("{}"),
    });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await redis?.dispose();
  });

  const ofKind = (test: (words: readonly string[]) => boolean) =>
    lines.filter(([words]) => test(words));
  const isWorker = ([word]: readonly string[]) => word === "worker";
  const writes = ([word, next]: readonly string[]) => word === "generate" || next === "get";

  it("are there", () => {
    expect(lines).not.toEqual([]);
  });

  it.each(ofKind((words) => !isWorker(words) && !writes(words)))(
    "mandate %j, %s",
    async (words) => {
      const there = words.map((word) => word.replace(/^\.\/(?=commands)/, application));

      const { exit, notes } = await run([...there, "--redis-url", redis.server.url]);

      // The doctor finds queues that nobody serves.
      expect({ exit, notes }).toMatchObject({ exit: words[0] === "doctor" ? 1 : 0 });
    },
  );

  it.each(ofKind(writes))("mandate %j, %s", async (words) => {
    const env = { REDIS_URL: redis.server.url };
    const { exit, stderr } = await runProgram(`${root}src/cli.ts`, {
      args: words,
      cwd: folder,
      env,
    });

    expect({ exit, stderr }).toMatchObject({ exit: 0 });
  });

  it.each(ofKind(isWorker))("mandate %j, %s", async (words) => {
    const env = { REDIS_URL: redis.server.url };
    const program = new RunningProgram(words, { cwd: application, env });
    await program.line(/^mandate /);
    program.signal("SIGTERM");

    expect(await program.exit).toBe(0);
  });
});

/** As a shell takes them apart. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
  return words.slice(words.indexOf("mandate") + 1);
}
