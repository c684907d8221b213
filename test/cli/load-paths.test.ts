import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadPaths } from "../../src/cli/load-paths.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { ConfigurationError } from "../../src/support/errors.ts";

describe("loadPaths", () => {
  it("calls a path that leads nowhere a mistake of who typed it", async () => {
    const folder = await emptyFolder();

    const error = await failureOf(loadPaths([join(folder, "nowhere.ts")]));

    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).cause).toBeInstanceOf(ConfigurationError);
  });

  it("lets a file that fails speak for itself", async () => {
    const folder = await emptyFolder();
    const file = join(folder, "broken.mjs");
    await writeFile(file, 'throw new Error("out of order");\n');

    const error = await failureOf(loadPaths([file]));

    expect(error).not.toBeInstanceOf(UsageError);
    expect((error as Error).cause).toMatchObject({ message: "out of order" });
  });
});

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "load-paths-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function failureOf(promise: Promise<void>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
