import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PostgresAdapter } from "mandate/postgres";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { claimDirectory } from "../../../src/adapters/postgres/connection/pglite-directory.ts";
import { silentLogger } from "../../../src/support/logger.ts";

vi.setConfig({ testTimeout: 120_000 });

const refusal =
  /Cannot use the PGlite directory .+: process \d+ has it, and PGlite is for one process alone/;

describe("a PGlite directory", () => {
  it("is refused to a second process, and free once the first is gone", async () => {
    const directory = folder();
    const holder = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `import { PGlite } from "@electric-sql/pglite";
       const { claimDirectory } = await import("tsx/esm/api").then(({ tsImport }) =>
         tsImport("./src/adapters/postgres/connection/pglite-directory.ts", "file://" + process.cwd() + "/"));
       const pglite = new PGlite(${JSON.stringify(directory)});
       await pglite.waitReady;
       claimDirectory(pglite.dataDir);
       console.log("ready");
       setInterval(() => {}, 1000);`,
    ]);
    onTestFinished(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    const pglite = new PGlite(directory);
    onTestFinished(() => pglite.close());
    await pglite.waitReady;
    const open = (): PostgresAdapter => new PostgresAdapter({ pglite, logger: silentLogger });

    await expect(open().store.queueNames()).rejects.toThrow(refusal);

    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    expect(await open().store.queueNames()).toEqual([]);
  });

  it("is this process's as often as it likes, by path and by URL", () => {
    const directory = folder();

    claimDirectory(directory);
    claimDirectory(`file://${directory}`);

    expect(() => claimDirectory("memory://")).not.toThrow();
    expect(() => claimDirectory(undefined)).not.toThrow();
  });

  it.each([
    ["of a process that got the number of another", `${process.ppid} 1`],
    ["of nobody", "4194305 7"],
    ["that nobody can read", "garbage"],
  ])("takes over a note %s", (_, text) => {
    const directory = folder();
    writeFileSync(join(directory, "mandate.pid"), text);

    expect(() => claimDirectory(directory)).not.toThrow();
  });
});

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "mandate-pglite-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
