import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { root, run } from "./program.ts";

/** Name, without a folder → TypeScript source. */
export type Sources = ReadonlyMap<string, string>;

/**
 * Compiles modules as a program of a user would be, with `mandate` standing for the sources.
 *
 * @returns What the compiler said about each module that has errors, by name: `3:7 error TS2304: …`.
 */
export async function typeCheck(sources: Sources): Promise<Map<string, string[]>> {
  return sources.size === 0 ? new Map() : diagnostics(await compilerOutput(sources), sources);
}

/** @returns All that the compiler prints about such modules. Paths begin with `modules/`. */
export async function compilerOutput(sources: Sources): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mandate-types-"));
  try {
    writeProject(folder, sources);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "--pretty", "false"], { cwd: folder });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeProject(folder: string, sources: Sources): void {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(projectConfig(), undefined, 2));
  for (const [name, text] of sources) {
    mkdirSync(dirname(join(folder, "modules", name)), { recursive: true });
    writeFileSync(join(folder, "modules", name), text);
  }
}

function projectConfig(): object {
  return {
    extends: resolve(root, "tsconfig.base.json"),
    compilerOptions: {
      noEmit: true,
      moduleDetection: "force",
      // An example may declare what it does not go on to use.
      noUnusedLocals: false,
      noUnusedParameters: false,
      paths: {
        mandate: [resolve(root, "src/index.ts")],
        "mandate/*": [resolve(root, "src/*.ts")],
      },
    },
    include: ["modules"],
  };
}

function diagnostics(output: string, sources: Sources): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    const match = /^modules\/(.+?)\((\d+),(\d+)\): (.*)$/.exec(line);
    const [, name = "", row, column, message] = match ?? [];
    if (sources.has(name)) {
      found.set(name, [...(found.get(name) ?? []), `${row}:${column} ${message}`]);
    } else if (!match && /error TS/.test(line) && !/^\S+\.ts\(/.test(line)) {
      throw new Error(`Cannot compile the examples: ${line}`);
    }
  }
  return found;
}
