import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { npm, npmExec } from "./node.ts";
import { root, runNode, type ProgramResult } from "./program.ts";

/** An empty project that installed the packed package. */
export class Consumer {
  readonly folder: string;
  readonly tarball: string;
  /** What the tarball holds, by name. */
  readonly files: readonly string[];

  private constructor(folder: string, tarball: string, files: readonly string[]) {
    this.folder = folder;
    this.tarball = tarball;
    this.files = files;
  }

  static async create(): Promise<Consumer> {
    const folder = mkdtempSync(join(tmpdir(), "mandate-consumer-"));
    const packed = await succeed(npm(["pack", "--json", "--pack-destination", folder]));
    const { filename, files } = parsePacked(packed.stdout);
    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), `{ "name": "project", "private": true }`);
    const tarball = resolve(folder, filename);
    await succeed(npm(["install", "--prefer-offline", tarball], project));
    // Not the package's dependencies, but its optional peers, and what a project that compiles has of its own.
    const peers = ["vitest", "@opentelemetry/api", "prom-client", "hot-shots", "hono"];
    const own = ["typescript", "@types/node", ...peers];
    for (const tool of own) link(project, tool);
    return new Consumer(project, tarball, files.map(({ path }) => path).toSorted());
  }

  remove(): void {
    rmSync(dirname(this.folder), { recursive: true });
  }

  write(file: string, code: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), code);
  }

  /** Runs an ES module, and gives what it printed. */
  async evaluate(code: string, node?: string): Promise<string> {
    return this.#execute("program.mjs", code, node);
  }

  async evaluateCommonJs(code: string, node?: string): Promise<string> {
    return this.#execute("program.cjs", code, node);
  }

  /** What the compiler has to say about these files: nothing, if all is well. */
  async typeCheck(files: Readonly<Record<string, string>>, compiler?: string): Promise<string> {
    for (const [file, code] of Object.entries(files)) this.write(file, code);
    return this.#compile(Object.keys(files), { noEmit: true, skipLibCheck: false }, compiler);
  }

  /** Leaves the declarations and the code of a library, and removes its source. */
  async emitLibrary(file: string, code: string): Promise<string> {
    this.write(file, code);
    const said = await this.#compile([file], { declaration: true });
    rmSync(join(this.folder, file));
    return said;
  }

  /** Runs a test file, and gives Vitest's report. */
  async vitest(code: string): Promise<unknown> {
    this.write("program.test.mts", code);
    const report = join(this.folder, "report.json");
    const vitest = join(this.folder, "node_modules/vitest/vitest.mjs");
    const flags = ["--reporter=json", `--outputFile=${report}`, "--root", this.folder];
    const { stdout, stderr } = await runNode([vitest, "run", ...flags], { cwd: this.folder });
    try {
      return JSON.parse(readFileSync(report, "utf8"));
    } catch (cause) {
      throw new Error(`Cannot read Vitest's report: ${stdout}${stderr}`, { cause });
    }
  }

  async #execute(file: string, code: string, node: string = process.execPath): Promise<string> {
    this.write(file, code);
    // Whoever reads this from a pipe gets no colours; a timer left behind would run into this.
    const options = { cwd: this.folder, node, deadlineMs: 30_000 };
    return (await succeed(runNode([file], options))).stdout.trim();
  }

  /** A compiler that is not the repository's own is given as npm has it: `typescript@5.9`. */
  async #compile(files: readonly string[], settings: object, compiler?: string): Promise<string> {
    const compilerOptions = { ...strictest, ...settings };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    const { exit, stdout, stderr } = await (compiler
      ? npmExec(compiler, ["tsc"], this.folder)
      : runNode([join(this.folder, "node_modules/typescript/bin/tsc")], { cwd: this.folder }));
    return exit === 0 ? stdout : stdout + stderr;
  }
}

const strictest = {
  target: "es2023",
  module: "nodenext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
};

function link(project: string, name: string): void {
  const path = join(project, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, "node_modules", name), path, "junction");
}

async function succeed(result: Promise<ProgramResult>): Promise<ProgramResult> {
  const { exit, stdout, stderr } = await result;
  if (exit !== 0) throw new Error(`Exited with ${exit}: ${stderr}${stdout}`);
  return { exit, stdout, stderr };
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm's report, which what `prepack` printed precedes. */
function parsePacked(stdout: string): Packed {
  const report = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as
    Packed[] | Record<string, Packed>;
  const [packed] = Object.values(report);
  if (!packed) throw new Error(`Cannot read what npm pack said: ${stdout}`);
  return packed;
}
