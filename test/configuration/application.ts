import { build } from "esbuild";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { root, runNode } from "../repository/program.ts";

/** A project that has this package among its modules, as JavaScript, and commands in TypeScript. */
export class Application {
  readonly folder = mkdtempSync(join(tmpdir(), "mandate-application-"));

  static async create(): Promise<Application> {
    const application = new Application();
    const { folder } = application;
    const library = join(folder, "node_modules/mandate");
    await build({
      entryPoints: [resolve(root, "src/index.ts")],
      outfile: join(library, "index.js"),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
    });
    const manifest = { name: "mandate", type: "module", exports: "./index.js" };
    writeFileSync(join(library, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
    for (const name of dependencies()) application.#link(name);
    cpSync(resolve(root, "test/fixtures/commands"), folder, { recursive: true });
    // As where two packages ask for different versions.
    cpSync(library, join(folder, "node_modules/other/node_modules/mandate"), { recursive: true });
    return application;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Runs a program, and gives the lines it printed. */
  async run(code: string, { tsx = false } = {}): Promise<string[]> {
    writeFileSync(join(this.folder, "program.js"), code);
    const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
    const args = [...(tsx ? ["--import", loader] : []), "program.js"];
    const { exit, stdout, stderr } = await runNode(args, { cwd: this.folder, deadlineMs: 50_000 });
    if (exit !== 0) throw new Error(`Exited with ${exit}: ${stdout}${stderr}`);
    return stdout.trim().split("\n");
  }

  #link(name: string): void {
    const path = join(this.folder, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join(root, "node_modules", name), path, "junction");
  }
}

function dependencies(): string[] {
  const manifest = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.keys(manifest.dependencies);
}
