import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root, run as runAny, runProgram } from "../../repository/program.ts";
import { run } from "./recording-terminal.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mandate-generate-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("mandate generate command", () => {
  it("writes a command, and its test beside it", async () => {
    const { exit, lines } = await generate("src/billing/send-invoice");

    expect([exit, lines]).toEqual([
      0,
      ["Wrote src/billing/send-invoice.ts", "Wrote src/billing/send-invoice.test.ts"],
    ]);
    expect(read("src/billing/send-invoice.ts")).toContain("class SendInvoice extends Command {");
    const test = read("src/billing/send-invoice.test.ts");
    expect(test).toContain('import { describe, it } from "node:test";');
    expect(test).toContain('from "./send-invoice.ts"');
  });

  it("writes in the project's style: its test folder, its runner, its imports", async () => {
    mkdirSync(join(folder, "test"));
    write("package.json", '{"devDependencies":{"vitest":"^4.0.0"}}');
    write("tsconfig.json", '{"compilerOptions":{}}');

    const path = "src/commands/send_invoice.ts";
    const { lines } = await generate(path, "customer", "month");

    expect(lines).toEqual([
      "Wrote src/commands/send_invoice.ts",
      "Wrote test/commands/send_invoice.test.ts",
    ]);
    expect(read(path)).toContain(
      "Command.initializeWith((customer: string, month: string) => ({ customer, month }))",
    );
    const test = read("test/commands/send_invoice.test.ts");
    expect(test).toContain('import { describe, expect, it } from "vitest";');
    expect(test).toContain('from "../../src/commands/send_invoice.js"');
  });

  it("gives arguments the types that are typed behind their names", async () => {
    const { lines } = await generate(
      "order/refund",
      "amount:number",
      "reasons:string[]",
      "at:Date",
    );

    expect(lines).toEqual(["Wrote order/refund.ts", "Wrote order/refund.test.ts"]);
    expect(read("order/refund.ts")).toContain(
      "class Refund extends Command.initializeWith(" +
        "(amount: number, reasons: string[], at: Date) => ({ amount, reasons, at })) {",
    );
    expect(read("order/refund.test.ts")).toContain('Refund.call(1, ["reasons"], new Date(0))');
  });

  it("puts the test of what is not in src under its own path", async () => {
    mkdirSync(join(folder, "test"));

    const { lines } = await generate("commands/clean-up");

    expect(lines[1]).toBe("Wrote test/commands/clean-up.test.ts");
  });

  it("overwrites nothing", async () => {
    const { exit, notes } = await run(["generate", "command", "vitest.config"]);

    expect([exit, notes]).toEqual([
      2,
      [
        "mandate: Cannot write vitest.config.ts: there is such a file. " +
          "Give another path, or delete it",
      ],
    ]);
    expect(existsSync(join(root, "vitest.config.test.ts"))).toBe(false);
  });

  it.each([
    [
      ["src/7-up"],
      '"src/7-up": no class can be named after it. Write a path such as src/commands/send-invoice',
    ],
    [["send", "to-whom"], '"to-whom" as an argument: it is no name. Write one such as customer'],
    [["send", ":number"], '":number" as an argument: it is no name. Write one such as customer'],
    [
      ["send", "amount:money"],
      '"amount:money" as an argument: there is no type "money". Write amount, or amount with one of ' +
        ":number, :boolean, :bigint, :Date or :string, or a list of these such as :number[]",
    ],
  ])("refuses %j", async (args, message) => {
    const { exit, notes } = await run(["generate", "command", ...args]);

    expect([exit, notes]).toEqual([2, [`mandate: Cannot use ${message}`]]);
  });

  it.each([
    ["node:test", "{}"],
    ["vitest", '{"devDependencies":{"vitest":"^4.0.0"}}'],
  ])(
    "writes what compiles and passes its own test, by %s",
    { timeout: 180_000 },
    async (runner, manifest) => {
      write("package.json", manifest.replace("{", '{"type":"module",').replace(",}", "}"));
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      const types = ["amount:number", "paid:boolean", "total:bigint", "due:Date", "lines:number[]"];
      await generate("src/send-invoice", "customer", ...types);

      const tsx = ["--import", "tsx", "--test", "src/send-invoice.test.ts"];
      const config = `export default { resolve: { alias: ${JSON.stringify(aliases())} } };`;
      write("vitest.config.js", config);
      const vitest = ["node_modules/vitest/vitest.mjs", "run", "--root", folder];
      const compilerOptions = { noEmit: true, types: ["node"], paths: paths() };
      const base = join(root, "tsconfig.base.json");
      write("tsconfig.json", JSON.stringify({ extends: base, compilerOptions, include: ["src"] }));
      const compiled = await runAny(process.execPath, ["node_modules/typescript/bin/tsc"], {
        cwd: folder,
      });
      const result = await runAny(process.execPath, runner === "vitest" ? vitest : tsx, {
        cwd: folder,
      });

      expect(compiled).toEqual({ exit: 0, stdout: "", stderr: "" });
      expect(result.stdout + result.stderr).toMatch(/pass 2|2 passed/);
      expect(result.exit).toBe(0);
    },
  );
});

/** Runs the program in that folder. */
async function generate(...args: string[]): Promise<{ exit: unknown; lines: string[] }> {
  const argv = ["generate", "command", ...args];
  const { exit, stdout } = await runProgram(join(root, "src/cli.ts"), { args: argv, cwd: folder });
  return { exit, lines: stdout.trimEnd().split("\n") };
}

function read(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

/** Where a project would have the package. */
function aliases(): Record<string, string> {
  return {
    "mandate/testing": join(root, "src/testing.ts"),
    mandate: join(root, "src/index.ts"),
  };
}

function paths(): Record<string, string[]> {
  return Object.fromEntries(Object.entries(aliases()).map(([name, file]) => [name, [file]]));
}
