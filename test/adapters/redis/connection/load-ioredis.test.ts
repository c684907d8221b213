import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadIoredis } from "../../../../src/adapters/redis/connection/load-ioredis.ts";
import { RedisAdapter } from "../../../../src/adapters/redis/redis-adapter.ts";
import type { RedisOptions } from "../../../../src/adapters/redis/redis-options.ts";
import { ConfigurationError, MandateError } from "../../../../src/support/errors.ts";
import { newJid } from "../../../../src/support/jid.ts";
import { root, runNode } from "../../../repository/program.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { missing } from "../../../support/requires.ts";

const SHIM =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

describe("loadIoredis", () => {
  it.each([
    [
      new Error('Dynamic require of "events" is not supported'),
      'Cannot load the package "ioredis", which connects to Redis: Dynamic require of "events" is not supported. ' +
        "This is a bundle in ESM, in which require is missing: leave packages out of it (esbuild: --packages=external), " +
        `or define it in a banner: ${SHIM}`,
    ],
    [
      Object.assign(new Error("Cannot find package 'ioredis'"), { code: "ERR_MODULE_NOT_FOUND" }),
      "Cannot load the package \"ioredis\", which connects to Redis: Cannot find package 'ioredis'. " +
        "Install it where this program runs: npm install ioredis",
    ],
    [
      new Error("no"),
      'Cannot load the package "ioredis", which connects to Redis: no. Check how it was installed or bundled',
    ],
  ])("tells what is wrong with the package, and not with a connection", async (cause, message) => {
    const loading = loadIoredis(() => Promise.reject(cause));

    await expect(loading).rejects.toThrow(new ConfigurationError(message));
    await expect(loading).rejects.toMatchObject({ cause });
  });
});

describe.skipIf(missing("redis"))("a bundle", () => {
  it.each<[string, BuildOptions, string]>([
    ["ESM without require", {}, "ConfigurationError ESM"],
    ["ESM, minified", { minify: true, keepNames: true }, "ConfigurationError ESM"],
    ["ESM with the banner that the error gives", { banner: { js: SHIM } }, "finished"],
    ["ESM without packages", { packages: "external" }, "finished"],
    ["CommonJS", { format: "cjs" }, "finished"],
  ])("connects, or says why not: %s", async (_what, options, printed) => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());

    expect(await runBundle(CONNECTING, { ...options, url: server.url })).toBe(printed);
  });

  it("keeps its worker's lease from a thread, of CommonJS too, where a file has no URL", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());

    const said = await runBundle(WORKING, { format: "cjs", minify: true, url: server.url });

    expect(said).toBe("a thread keeps the lease");
  });
});

describe("what is no fault of a connection is not told as one", () => {
  it.each<[string, RedisOptions, string]>([
    [
      "a port that is none",
      { redis: { port: 70_000 } },
      'no connection to Redis can be begun, "Port should be >= 0 and < 65536. Received type number (70000)."',
    ],
    ["a certificate that is none", { redis: { tls: { cert: "none" } } }, "no connection to Redis"],
    ["a version of TLS that is none", { redis: { tls: { minVersion: "9" } } }, "TLS"],
    [
      "a client that is none",
      { client: {} as never },
      "Cannot make a client of ioredis: TypeError: client.duplicate is not a function. " +
        'Check "client" or "redis" of RedisAdapter',
    ],
    [
      "a list of Sentinels without one",
      { redis: { sentinels: [], name: "jobs" } },
      "Cannot make a client of ioredis: Error: Requires at least one sentinel to connect to.. " +
        'Check "client" or "redis" of RedisAdapter',
    ],
  ])("%s, and no time is spent on trying again", async (_what, options, why) => {
    const adapter = new RedisAdapter(options);
    onTestFinished(() => adapter.close());
    const jid = newJid();
    const began = performance.now();

    const errors = [
      await adapter.status(jid).catch((error: unknown) => error),
      await adapter
        .enqueue([{ jid, queue: "default", payload: "{}", prereqs: [] }], 30)
        .catch((error: unknown) => error),
    ];

    expect(performance.now() - began).toBeLessThan(10_000);
    for (const error of errors) {
      expect(error).toBeInstanceOf(MandateError);
      expect(String(error)).toContain(why);
      expect(String(error)).not.toContain("unreachable");
      expect(String(error)).not.toContain("Check that it runs");
    }
  });

  it("says where nobody listens on any address of a host", async () => {
    const adapter = new RedisAdapter({ redis: { host: "localhost", port: 1 } });
    onTestFinished(() => adapter.close());

    await expect(adapter.status(newJid())).rejects.toThrow(/Redis is unreachable, ".*ECONNREFUSED/);
  });
});

const CONNECTING = `
  import { RedisAdapter } from ${JSON.stringify(join(root, "src/redis.ts"))};
  const adapter = new RedisAdapter({ url: process.env.URL });
  adapter.status("000000000000000000000000").then(
    (status) => console.log(status),
    (error) => console.log(error.name, /bundle in (ESM)/.exec(error.message)?.[1] ?? error.message),
  ).then(() => adapter.close());`;

const WORKING = `
  import { Redis } from "ioredis";
  import { RedisAdapter } from ${JSON.stringify(join(root, "src/redis.ts"))};
  import { startWorker } from ${JSON.stringify(join(root, "src/worker.ts"))};
  const adapter = new RedisAdapter({ url: process.env.URL });
  const warned: string[] = [];
  const warn = (_fields: object, text: string) => warned.push(text);
  const logger = { debug() {}, info() {}, warn, error: warn };
  void (async () => {
    const worker = await startWorker({ adapter, logger });
    const redis = new Redis(process.env.URL!);
    while (warned.length === 0 && !String(await redis.client("LIST")).includes("name=mandate-lease"));
    console.log(warned[0] ?? "a thread keeps the lease");
    redis.disconnect();
    await worker.stop();
    await adapter.close();
  })();`;

async function runBundle(
  source: string,
  { url, ...options }: BuildOptions & { readonly url: string },
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mandate-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program.ts");
  writeFileSync(program, source);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  const outfile = join(folder, options.format === "cjs" ? "bundle.cjs" : "bundle.mjs");
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    ...options,
  });
  const { stdout, stderr } = await runNode([outfile], {
    env: { URL: url },
    cwd: folder,
    deadlineMs: 20_000,
  });
  return (stdout + stderr).trim();
}
