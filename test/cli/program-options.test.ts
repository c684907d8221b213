import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { programOptions, type ProgramOptions } from "../../src/cli/program-options.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { parseWorkerArguments } from "../../src/cli/worker-arguments.ts";

beforeEach(() => {
  for (const name of ["NODE_ENV", "APP_ENV", "RAILS_ENV", "REDIS_URL"]) {
    vi.stubEnv(name, undefined);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("programOptions", () => {
  it("has a default for all but the commands", async () => {
    expect(await optionsOf("-r", "commands")).toEqual({
      environment: "development",
      require: ["commands"],
      queues: "*",
      weights: [["*", 1]],
      concurrency: 10,
      capsules: [],
      timeout: 25,
      leaseTtl: undefined,
      blockedAfter: 1,
      onUnknownJob: "retry",
      errorHandlers: [],
      deathHandlers: [],
      processes: undefined,
      store: undefined,
      recurring: [],
      recurringBesideRuby: false,
      tag: "",
      verbose: false,
      health: undefined,
      healthTimeout: 60,
      configured: {},
      configFile: undefined,
      unused: [],
      remarks: [],
    });
  });

  it("prefers the command line to the file, and the file to the environment", async () => {
    vi.stubEnv("REDIS_URL", "redis://environment");
    const file = write(
      "mandate.config.mjs",
      `export default { require: "a", concurrency: 5, timeout: "1 minute", leaseTtl: "5s", blockedAfter: 0.5, onUnknownJob: "leave", redisUrl: "redis://file" };`,
    );

    expect(await optionsOf("-C", file, "-c", "7")).toMatchObject({
      require: ["a"],
      concurrency: 7,
      timeout: 60,
      leaseTtl: 5,
      blockedAfter: 0.5,
      onUnknownJob: "leave",
      store: { url: "redis://file", by: "--redis-url" },
      configFile: file,
    });
    expect(await optionsOf("-r", "b")).toMatchObject({
      store: { url: "redis://environment", by: "REDIS_URL" },
    });
  });

  it("takes handlers of errors and deaths from a module, and nothing else for them", async () => {
    const file = write(
      "handlers.mjs",
      `export default { require: "a", errorHandlers: [(error, job) => {}], deathHandlers: [(job, error) => {}] };`,
    );

    const { errorHandlers, deathHandlers } = await optionsOf("-C", file);
    const wrong = write("wrong.mjs", `export default { require: "a", errorHandlers: ["tell"] };`);

    expect([errorHandlers.length, deathHandlers.length]).toEqual([1, 1]);
    await expect(optionsOf("-C", wrong)).rejects.toThrow(
      new UsageError(
        'Cannot use "tell" as errorHandlers of new Worker(): give a list of functions',
      ),
    );
  });

  it.each([
    [{ RAILS_ENV: "staging" }, [], "staging"],
    [{ RAILS_ENV: "staging", APP_ENV: "app" }, [], "app"],
    [{ RAILS_ENV: "staging", NODE_ENV: "production" }, [], "production"],
    [{ NODE_ENV: "production" }, ["-e", "test"], "test"],
  ])("takes its environment from %j and %j", async (variables, args, environment) => {
    for (const [name, value] of Object.entries(variables)) {
      vi.stubEnv(name, value);
    }

    expect(await optionsOf("-r", "commands", ...args)).toMatchObject({ environment });
  });

  it("reads a TypeScript file that makes its settings", async () => {
    const file = write(
      "mandate.config.ts",
      `interface Context { readonly environment: string }
       export default async ({ environment }: Context) => ({
         queues: [[environment, 2], "low"] as const,
       });`,
    );

    expect(await optionsOf("-C", file, "-e", "blue")).toMatchObject({
      require: [],
      queues: [["blue", 2], "low"],
      weights: [
        ["blue", 2],
        ["low", 0],
      ],
    });
  });

  it("reads a Sidekiq file", async () => {
    const file = write("sidekiq.yml", ":concurrency: 3\n:max_retries: 4\n:pidfile: x\n");

    expect(await optionsOf("-C", file, "-r", "a")).toMatchObject({
      require: ["a"],
      concurrency: 3,
      configured: { retry: 4 },
      unused: ["pidfile"],
    });
  });

  it("reads a Solid Queue file, of which each process takes its own part", async () => {
    const file = write("queue.yml", "workers:\n- queues: a\n- queues: b\n  threads: 5\n");
    const args = parseWorkerArguments(["-r", "a", "-C", file]);

    const first = await programOptions(args, 1);
    const second = await programOptions(args, 2);

    expect(first).toMatchObject({ processes: 2, queues: ["a"], concurrency: 3 });
    expect(second).toMatchObject({ processes: 2, queues: ["b"], concurrency: 5 });
  });

  it.each([
    [["-q", "c"], "queue"],
    [["-c", "3"], "concurrency"],
    [["--processes", "3"], "processes"],
  ])("refuses %j beside workers that differ", async (args, option) => {
    const file = write("queue.yml", "workers:\n- queues: a\n- queues: b\n");

    await expect(optionsOf("-r", "a", "-C", file, ...args)).rejects.toThrow(
      new UsageError(
        `Cannot use --${option} beside ${file}: it says so of each of its workers, and they differ. ` +
          `Leave --${option} out, or write another file`,
      ),
    );
  });

  it("prefers the command line to a Solid Queue file of one worker", async () => {
    const file = write("queue.yml", "workers:\n- queues: a\n  processes: 2\n");

    expect(
      await optionsOf("-r", "a", "-C", file, "-q", "b", "-c", "7", "--processes", "4"),
    ).toMatchObject({ queues: ["b"], concurrency: 7, processes: 4 });
  });

  it.each([
    [["-q", "a", "-q", "a"], /^Cannot serve queues as given by a list: it names "a" twice/],
    [["-q", "a b"], /"a b" is not the name of a queue/],
    [["-t", "soon"], /^Cannot read "soon" as a duration/],
    [["--health-timeout", "-1"], /its value is missing/],
    [["--health", "70000"], /^Cannot use 70000 as health: it is no port/],
    [
      ["--redis-url", "localhost:6379/?password=secret"],
      /^Cannot use the Redis URL: it is none\. [^?]*$/,
    ],
    [
      ["--redis-url", "redis://127.0.0.1:6379/secret"],
      /^Cannot use the Redis URL: what follows the server is no number of a database\. Write [^?]*6379\/0$/,
    ],
    [["-C", "no.yml"], /^Cannot use no\.yml: there is no such file\. Give a path relative to /],
    [["-C", "package.json"], /it is neither YAML nor a module\. Name it \.yml, \.ts or \.js$/],
  ])("refuses %j", async (args, why) => {
    const refusal = await optionsOf("-r", "a", ...args).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as Error).message).toMatch(why);
  });

  it.each([
    [
      "export const config = {};",
      "it has no default export. Write export default defineConfig({ … })",
    ],
    ["throw new Error('no database');", "no database. Mend it"],
  ])("refuses the module %j", async (code, why) => {
    const file = write("mandate.config.mjs", code);

    await expect(optionsOf("-C", file)).rejects.toThrow(
      new UsageError(`Cannot use ${file}: ${why}`),
    );
  });

  it("refuses a setting that there is not", async () => {
    const file = write("mandate.config.mjs", "export default { threads: 5 };");

    await expect(optionsOf("-C", file)).rejects.toThrow(
      `Cannot use option "threads" in ${file}: there is no such option. Did you mean "concurrency"? There are: require, queues, `,
    );
  });

  it("refuses a lease that lasts for no time", async () => {
    const file = write("mandate.config.mjs", "export default { leaseTtl: 0 };");

    await expect(optionsOf("-C", file)).rejects.toThrow(
      new UsageError(
        "Cannot use 0 as leaseTtl of new Worker(): give a duration above 0, or Infinity",
      ),
    );
  });

  it("refuses to work without commands", async () => {
    await expect(optionsOf()).rejects.toThrow(
      new UsageError(
        "Cannot work without commands: none were named. Give their file, folder or glob, as in -r ./commands",
      ),
    );
  });
});

async function optionsOf(...argv: readonly string[]): Promise<ProgramOptions> {
  return programOptions(parseWorkerArguments(argv));
}

function write(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mandate-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
