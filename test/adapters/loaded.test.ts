import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { root, runProgram } from "../repository/program.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";

describe("a bundle of mandate alone", () => {
  it.each<BuildOptions>([
    { format: "esm", packages: "bundle" },
    { format: "esm", splitting: true, outdir: "unwritten" },
    { format: "cjs", packages: "external" },
  ])("has neither ioredis nor the adapter of Redis in it: %j", async (options) => {
    const { inputs } = await bundled("mandate", options);

    expect(inputs).toContain("src/job/defer/defer.ts");
    expect(inputs.filter((path) => /redis/i.test(path))).toEqual([]);
  });

  it("has them where mandate/redis is imported", async () => {
    const { inputs } = await bundled("mandate/redis", { format: "esm" });

    expect(inputs).toContain("src/adapters/redis/redis-adapter.ts");
    expect(inputs.some((path) => path.includes("/ioredis/"))).toBe(true);
  });
});

describe("a process", () => {
  const said = (store: string): object => ({ exit: 0, stdout: `Hello Ada\n${store} ioredis\n` });

  it.each([{}, { MANDATE_URL: "memory:", REDIS_URL: "redis://127.0.0.1:1" }])(
    "that keeps its jobs in memory never loads ioredis: %j",
    async (env) => {
      expect(await runProgram("test/adapters/programs/loaded.ts", { env })).toMatchObject(
        said("without"),
      );
    },
  );

  it.skipIf(missing("redis")).each(["MANDATE_URL", "REDIS_URL"])(
    "keeps its jobs in the Redis that %s names",
    async (name) => {
      const server = await RedisServer.start();
      onTestFinished(() => server.dispose());

      const program = await runProgram("test/adapters/programs/loaded.ts", {
        env: { [name]: server.url },
      });

      expect(program).toMatchObject(said("with"));
    },
  );
});

/** @returns the files that a bundle of all that an entry exports is made of. */
async function bundled(
  entry: string,
  options: BuildOptions,
): Promise<{ readonly inputs: readonly string[] }> {
  const { metafile, warnings } = await build({
    ...options,
    stdin: { contents: `export * from "${entry}";`, resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    alias: {
      "mandate/redis": join(root, "src/redis.ts"),
      mandate: join(root, "src/index.ts"),
    },
    absWorkingDir: root,
    logLevel: "error",
  });
  // Such as of a module that is left out, since it is imported for its effect alone.
  expect(warnings.filter(({ id }) => id === "ignored-bare-import")).toEqual([]);
  return { inputs: Object.keys(metafile.inputs) };
}
