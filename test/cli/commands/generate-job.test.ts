import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root, runProgram } from "../../repository/program.ts";
import { run } from "./recording-terminal.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mandate-generate-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("mandate generate job", () => {
  it("writes a command and its test for a class's name, with a queue and Rails's types", async () => {
    mkdirSync(join(folder, "src"));

    const { lines } = await generate(
      "Billing::SendPDFInvoice",
      "customer",
      "amount:integer",
      "at:datetime",
      "notes:text[]",
      "--queue",
      "mailers",
    );

    expect(lines).toEqual([
      "Wrote src/commands/billing/send-pdf-invoice.ts",
      "Wrote src/commands/billing/send-pdf-invoice.test.ts",
    ]);
    expect(read("src/commands/billing/send-pdf-invoice.ts")).toContain(
      "export class SendPDFInvoice extends Command.initializeWith(" +
        "(customer: string, amount: number, at: Date, notes: string[]) => ({ customer, amount, at, notes })) {\n" +
        '  static {\n    this.queueAs("mailers");\n  }\n',
    );
    expect(read("src/commands/billing/send-pdf-invoice.test.ts")).toContain(
      'SendPDFInvoice.call("customer", 1, new Date(0), ["notes"])',
    );
  });

  it.each([
    ["where nothing is", [], "clean_up", "commands/clean-up.ts"],
    ["in the folder of commands", ["app/jobs"], "CleanUp", "app/jobs/clean-up.ts"],
    ["where a path says", ["src", "lib"], "lib/clean_up", "lib/clean_up.ts"],
    ["in a file that is named", [], "own/clean-up.ts", "own/clean-up.ts"],
  ])("writes it %s", async (_where, folders, name, file) => {
    folders.forEach((each) => mkdirSync(join(folder, each), { recursive: true }));

    const { lines } = await generate(name);

    expect(lines[0]).toBe(`Wrote ${file}`);
    expect(read(file)).toContain("class CleanUp extends Command {\n  async call()");
  });

  it.each([
    [["7-up"], '"7-up": no class can be named after it. Write one such as SendInvoice'],
    [
      ["CleanUp", "--queue", "very low"],
      '"very low" as a queue: it is no name. Write one such as mailers',
    ],
  ])("refuses %j", async (args, message) => {
    const { exit, notes } = await run(["generate", "job", ...args]);

    expect([exit, notes]).toEqual([2, [`mandate: Cannot use ${message}`]]);
  });
});

/** Runs the program in that folder. */
async function generate(...args: string[]): Promise<{ lines: string[] }> {
  const argv = ["generate", "job", ...args];
  const { stdout } = await runProgram(join(root, "src/cli.ts"), { args: argv, cwd: folder });
  return { lines: stdout.trimEnd().split("\n") };
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}
