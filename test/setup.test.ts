import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runProgram } from "./repository/program.ts";
import { missing, skip } from "./support/requires.ts";

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "mandate-path-"));
});
afterEach(() => {
  rmSync(path, { recursive: true });
  vi.unstubAllEnvs();
});

describe("npm run setup", () => {
  it("says what to install by hand where no package manager is known", async () => {
    const { exit, stdout } = await runProgram("scripts/setup.ts", { env: { PATH: path } });

    expect(stdout).toContain("setup: Missing: redis-server");
    expect(stdout).toContain("Install by hand, and run this again to check: redis-server");
    expect(exit).toBe(0);
  });

  it("installs nothing where nothing is missing", async () => {
    provide("redis-server");
    provide("postgres");
    provide("faketime");
    provide("zsh");
    provide("fish");
    provide("chromium");
    provide("ruby");

    const { exit, stdout } = await runProgram("scripts/setup.ts", { env: { PATH: path } });

    expect(stdout).toBe("setup: Everything that tests need is installed\n");
    expect(exit).toBe(0);
  });

  it("says what to install by hand where the package manager fails", async () => {
    provide("brew", "false");
    provide("postgres");

    const { exit, stdout } = await runProgram("scripts/setup.ts", { env: { PATH: path } });

    expect(stdout).toContain(
      'Cannot install them here: "brew install redis libfaketime zsh fish" failed',
    );
    expect(stdout).toContain(
      "Install by hand, and run this again to check: redis libfaketime zsh fish",
    );
    expect(stdout).toContain("No package of brew for ruby");
    expect(exit).toBe(0);
  });
});

describe("missing", () => {
  it("is false where the server is there", () => {
    provide("redis-server");
    vi.stubEnv("PATH", path);

    expect(missing("redis", {})).toBe(false);
  });

  it("is true where it is not, and says so on stderr", () => {
    vi.stubEnv("PATH", path);
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);

    expect(missing("redis", { CI: "false" })).toBe(true);
    expect(stderr.mock.calls.join("")).toContain("SKIPPED: no redis-server on the PATH");
    stderr.mockRestore();
  });

  it("is true where it lacks what it needs, and says what is tested instead", () => {
    provide("ruby", "false");
    vi.stubEnv("PATH", path);
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);

    expect(missing("ruby", {})).toBe(true);
    expect(stderr.mock.calls.join("")).toContain(
      "SKIPPED: no ruby with what tests need on the PATH",
    );
    expect(stderr.mock.calls.join("")).toContain("on the recordings in test/fixtures/wire");
    stderr.mockRestore();
  });

  it("throws under CI, where a skip would hide that nothing was tested", () => {
    expect(() => skip("no such server", { CI: "true" })).toThrow(
      new Error("Cannot skip tests under CI: no such server"),
    );
  });
});

/** Puts a program of this name on the PATH; it does what the other one does. */
function provide(name: string, as = "true"): void {
  symlinkSync(`/bin/${as}`, join(path, name));
}
