import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build, type BuildOptions } from "esbuild";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RedisServer } from "../support/redis-server.ts";

const root = resolve(import.meta.dirname, "../..");
const fixtures = join(root, "test/fixtures/builds");
// Below node_modules, or the packages that a bundle leaves out would not be found.
const out = join(root, `node_modules/.cache/mandate-builds-${process.pid}`);

const mandate = {
  mandate: join(root, "src/index.ts"),
  "mandate/redis": join(root, "src/redis.ts"),
  "mandate/worker": join(root, "src/worker.ts"),
};

type Program = "web" | "worker" | "instrumentation" | "route" | "next";
type Bundler = (program: Program, file: string) => Promise<unknown>;

function esbuild(options: BuildOptions): Bundler {
  return (program, outfile) =>
    build({
      ...options,
      entryPoints: [join(fixtures, `${program}.ts`)],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      alias: mandate,
      logLevel: "error",
    });
}

/** Rollup's successor, which names what it bundles as Rollup does. */
function rollup(options: { readonly minify: boolean; readonly keepNames?: boolean }): Bundler {
  return async (program, file) => {
    const bundle = await rolldown({
      input: join(fixtures, `${program}.ts`),
      platform: "node",
      external: (id) => !/^[./]|^mandate/.test(id),
      resolve: { alias: mandate },
    });
    await bundle.write({ ...options, file, format: "esm" });
  };
}

let server: RedisServer;

beforeAll(async () => {
  await mkdir(out, { recursive: true });
  server = await RedisServer.start();
});

afterAll(async () => {
  await server.dispose();
  await rm(out, { recursive: true, force: true });
});

let count = 0;

/** Web and worker, bundled apart, and run one after the other. @returns what both said. */
async function bundled(bundler: Bundler, environment: object = {}): Promise<string[]> {
  count += 1;
  const said: string[] = [];
  for (const program of ["web", "worker"] as const) {
    const file = join(out, `${program}-${count}.mjs`);
    await bundler(program, file);
    const env = {
      ...process.env,
      ...environment,
      MANDATE_LOG_LEVEL: "error",
      REDIS_URL: `${server.url}/${count}`,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
    said.push(...stdout.split("\n").filter(Boolean));
  }
  return said;
}

describe.each<[string, Bundler]>([
  ["esbuild, minified", esbuild({ minify: true })],
  ["esbuild, with minified identifiers", esbuild({ minifyIdentifiers: true })],
  ["Rolldown, minified", rollup({ minify: true })],
])("%s", (_name, bundler) => {
  it("lets no job out by a name that it made, and runs none", async () => {
    expect(await bundled(bundler)).toEqual([
      "refused MANDATE_UNSTABLE_NAME",
      "refused MANDATE_UNSTABLE_NAME",
    ]);
  });

  it("does no harm where names are written down", async () => {
    expect(await bundled(bundler, { STATED: "yes" })).toEqual([
      "deferred SendReceipt",
      "deferred Place",
      "ran SendReceipt 7",
      "ran Place Delft",
    ]);
  });
});

describe.each<[string, Bundler]>([
  ["esbuild, minified with its names kept", esbuild({ minify: true, keepNames: true })],
  ["esbuild, with its names kept", esbuild({ keepNames: true })],
  ["Rolldown, minified with its names kept", rollup({ minify: true, keepNames: true })],
])("%s", (_name, bundler) => {
  it("runs each job by its command", async () => {
    expect(await bundled(bundler)).toEqual([
      "deferred SendReceipt",
      "deferred Place",
      "ran SendReceipt 7",
      "ran Place Delft",
    ]);
  });
});

describe("a bundle that is not minified", () => {
  it("lets no job out whose class it renamed, and runs the others", async () => {
    expect(await bundled(esbuild({}))).toEqual([
      "deferred SendReceipt",
      "refused MANDATE_UNSTABLE_NAME",
      "ran SendReceipt 7",
    ]);
  });
});

describe.each<[string, Bundler]>([
  ["esbuild", esbuild({ minify: true })],
  ["Rolldown", rollup({ minify: true })],
])("two bundles in one process, minified by %s, as Next has them", (_name, bundler) => {
  it("defer by the copy of one, and run the copy of either", async () => {
    count += 1;
    const programs = ["next", "instrumentation", "route"] as const;
    const files = programs.map((program) => join(out, `${program}-${count}.mjs`));
    await Promise.all(programs.map((program, index) => bundler(program, files[index]!)));

    const env = { ...process.env, STATED: "yes", MANDATE_LOG_LEVEL: "error" };
    const { stdout } = await promisify(execFile)(process.execPath, files, { env });

    const ran = stdout.split("\n").filter((line) => line.startsWith("ran "));
    const each = ["ran Place Delft", "ran SendReceipt 7", "ran Sweep all"];
    expect(ran.toSorted()).toEqual(each.flatMap((line) => [line, line]));
  });
});
