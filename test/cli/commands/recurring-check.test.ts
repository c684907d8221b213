import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, describe } from "vitest";
import { commands } from "../running-program.ts";
import { run } from "./recording-terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "mandate-recurring-"));
const file = join(folder, "schedule.yml");

afterAll(() => rmSync(folder, { recursive: true }));

describe("mandate recurring check", () => {
  it("names the classes of a file, and when they are due", async () => {
    writeFileSync(
      file,
      `
greet: { class: Greet, cron: "0 0 1 1 *", args: [you] }
later: { class: Greet, cron: "*/45 * * * *", args: [you], status: disabled }
`,
    );

    const { exit, lines, notes } = await run(["recurring", "check", file, "-r", commands]);

    expect(exit).toBe(0);
    const years = [1, 2, 3, 4, 5].map((later) => new Date().getUTCFullYear() + later);
    expect(lines.slice(0, 7)).toEqual([
      "greet: Greet, every year on the 1st of January at 00:00",
      ...years.map((year) => `  ${year}-01-01T00:00:00.000Z`),
      "later: Greet, every hour at minutes 0 and 45 (not enabled)",
    ]);
    expect(notes).toEqual([expect.stringContaining(`${file}:3: `)]);
  });

  it("ends with 1 where a class is not there, or the file is none", async () => {
    writeFileSync(file, 'greet:\n  class: Greeet\n  cron: "@daily"\n');

    const unknown = await run(["recurring", "check", file, "-r", commands]);
    expect((await run(["recurring", "check", file])).exit).toBe(0);
    writeFileSync(file, "greet:\n  class: Greet\n  cron: soon\n");
    const broken = await run(["recurring", "check", file]);

    expect(unknown).toMatchObject({ exit: 1, lines: [] });
    expect(unknown.notes).toEqual([
      expect.stringContaining(
        `mandate: Cannot use ${file}:1: no command or job is registered as "Greeet". `,
      ),
    ]);
    expect(broken).toMatchObject({ exit: 1, lines: [] });
    expect(broken.notes[0]).toContain(`mandate: Cannot use ${file}:3: cannot read "soon"`);
  });
});
