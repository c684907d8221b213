import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

describe.skipIf(missing("redis"))("mandate profiles", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
  });
  afterAll(() => redis?.dispose());

  const keep = (name: string, jid: string, text: string): Promise<void> =>
    redis.adapter.notes.writeProfile({
      name,
      jid,
      className: "Import",
      startedAt: Date.now() / 1000 - 3 * 3_600,
      seconds: 2.5,
      format: "cpuprofile",
      data: gzipSync(text),
    });

  it("says that there are none, and how to have some", async () => {
    const { exit, lines, notes } = await run(["profiles", "list", ...redis.url]);

    expect([exit, lines]).toEqual([0, []]);
    expect(notes).toEqual([
      'There are no profiles. Defer a job by X.set({ profile: "a-name" }).defer()',
    ]);
  });

  it("lists them", async () => {
    await keep("slow-import", "4f1d", '{"nodes":[1]}');

    const { lines } = await run(["profiles", "list", ...redis.url]);

    expect(lines.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      "PROFILE JOB RAN SIZE BEGAN",
      "slow-import-4f1d Import 2.5s 33 B 3h ago",
    ]);
    expect(jsonOf(await run(["profiles", "list", "--json", ...redis.url]))).toEqual([
      {
        key: "slow-import-4f1d",
        name: "slow-import",
        jid: "4f1d",
        className: "Import",
        startedAt: expect.any(String) as string,
        seconds: 2.5,
        size: 33,
        format: "cpuprofile",
      },
    ]);
  });

  it("writes one to a file, found by key, name or jid: the latest", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mandate-profiles-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await keep("odd/../name", "5a5a", '{"nodes":[2]}');
    const file = join(folder, "x.cpuprofile");

    const written = await run(["profiles", "get", "5a5a", "-o", file, ...redis.url]);
    const printed = await run(["profiles", "get", "odd/../name", "-o", "-", ...redis.url]);

    expect(written).toMatchObject({ exit: 0, lines: [`Wrote 13 B to ${file}`] });
    expect(readFileSync(file, "utf8")).toBe('{"nodes":[2]}');
    expect(printed.lines).toEqual(['{"nodes":[2]}']);
  });

  it("names the file so that it is in the working directory, whatever the profile's name", async () => {
    await keep("../odd name", "6b6b", "{}");
    onTestFinished(() => rmSync("_odd_name-6b6b.cpuprofile", { force: true }));

    const { lines } = await run(["profiles", "get", "6b6b", ...redis.url]);

    expect(lines).toEqual(["Wrote 2 B to _odd_name-6b6b.cpuprofile"]);
  });

  it("says that there is none such, and which file cannot be written", async () => {
    await keep("slow", "7c7c", "{}");

    const unknown = await run(["profiles", "get", "nobody", ...redis.url]);
    const nowhere = await run(["profiles", "get", "slow", "-o", "/nowhere/x", ...redis.url]);

    expect(unknown).toMatchObject({
      exit: 1,
      notes: ["There is no profile nobody. mandate profiles list has those there are"],
    });
    expect(nowhere).toMatchObject({
      exit: 2,
      notes: [
        "mandate: Cannot write /nowhere/x: ENOENT: no such file or directory, open '/nowhere/x'. " +
          "Give another file to --output",
      ],
    });
  });
});
