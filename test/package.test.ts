import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { Consumer } from "./repository/consumer.ts";
import { nodeBinary, npm } from "./repository/node.ts";
import { root } from "./repository/program.ts";
import { RunningProgram } from "./cli/running-program.ts";
import { RedisServer } from "./support/redis-server.ts";
import { missing, skip } from "./support/requires.ts";

/*
 * The package as it would be published: packed, installed into an empty project, and used there.
 */
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
};
/** What a program may import, without the entries that only a test runner can load. */
const entries = Object.keys(manifest.exports)
  .filter((key) => key !== "./package.json")
  .map((key) => manifest.name + key.slice(1));
const runtimeEntries = entries.filter(
  (entry) => !["mandate/adapter-contract", "mandate/vitest"].includes(entry),
);
const node22 = await nodeBinary(22);

// Each starts programs: compilers, npm, Vitest.
vi.setConfig({ testTimeout: 120_000 });
let consumer: Consumer;

beforeAll(async () => {
  consumer = await Consumer.create();
}, 300_000);
afterAll(() => consumer?.remove());

describe("the tarball", () => {
  it("holds the built files and what a reader needs, and nothing else", () => {
    const outside = consumer.files.filter((path) => !/^(dist|docs)\//.test(path));
    const odd = consumer.files.filter((path) => !/\.(d\.ts|js|json|md)$|LICENSE$/.test(path));

    expect(outside).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    expect(odd).toEqual([]);
  });

  it("has stack frames of files that are there", async () => {
    const code = `import { performEnqueuedJobs } from "mandate/testing";
      await performEnqueuedJobs().catch((error) => console.log(error.stack));`;
    const environment = await consumer.evaluate(`process.setSourceMapsEnabled(true);${code}`);

    const frames = environment.match(/node_modules\/mandate\/[^:)]*/g) ?? [];

    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) {
      expect(consumer.files).toContain(frame.replace("node_modules/mandate/", ""));
    }
  });

  it("has declarations for each module", () => {
    const bare = consumer.files
      .filter((path) => path.endsWith(".js"))
      .filter((path) => !consumer.files.includes(path.replace(/\.js$/, ".d.ts")));

    expect(bare).toEqual([]);
  });
});

describe("an ES module", () => {
  it.each(runtimeEntries)("imports %s, and ends", async (entry) => {
    const names = await consumer.evaluate(
      `const entry = await import("${entry}"); console.log(Object.keys(entry).join());`,
    );

    expect(names).not.toBe("");
  });

  it("finds what it knows of itself in package.json", async () => {
    const code = `import manifest from "mandate/package.json" with { type: "json" };
      console.log(manifest.name);`;

    expect(await consumer.evaluate(code)).toBe("mandate");
  });

  it("imports nothing that is not exported", async () => {
    await expect(consumer.evaluate(`import "mandate/dist/index.js";`)).rejects.toThrow(
      "ERR_PACKAGE_PATH_NOT_EXPORTED",
    );
  });
});

describe.skipIf(!node22 && skip("no Node 22 to be had from the npm package node"))(
  "CommonJS on Node 22",
  () => {
    /** Entry → what an ES module gets, in one program for all. */
    let imported: Readonly<Record<string, string>>;
    beforeAll(async () => {
      const code = `const names = {};
        for (const entry of ${JSON.stringify(runtimeEntries)})
          names[entry] = Object.keys(await import(entry)).sort().join();
        console.log(JSON.stringify(names));`;
      imported = JSON.parse(await consumer.evaluate(code)) as typeof imported;
    });

    it.each(runtimeEntries)("requires %s, and gets the same", async (entry) => {
      const required = await consumer.evaluateCommonJs(
        `console.log(Object.keys(require("${entry}")).sort().join());`,
        node22 ?? "",
      );

      expect(required).not.toBe("");
      expect(required).toBe(imported[entry]);
    });
  },
);

describe("a bundler", () => {
  it("keeps what importing mandate/vitest is for", async () => {
    const { outputFiles } = await build({
      stdin: { contents: `import "mandate/vitest";`, resolveDir: consumer.folder },
      bundle: true,
      external: ["vitest"],
      format: "esm",
      platform: "node",
      write: false,
    });

    expect(outputFiles[0]?.text).toContain("toEnqueue");
  });
});

describe("loadCommands", () => {
  it.each(["the running Node", "Node 22"])("loads TypeScript as it is, on %s", async (on) => {
    consumer.write(
      "commands/greet.ts",
      `import { Command } from "mandate";
       export class Greet extends Command.initializeWith((name: string) => ({ name })) {
         async call(): Promise<string> { return "Hello " + this.name; }
       }`,
    );
    const code = `import { loadCommands, MandateJob } from "mandate";
      await loadCommands("commands");
      console.log(await MandateJob.performNow("Greet", "you"));`;

    expect(await consumer.evaluate(code, on === "Node 22" ? node22 : undefined)).toBe("Hello you");
  });
});

describe.skipIf(missing("redis"))("the program", () => {
  it.each(["the running Node", "Node 22"])(
    "works off TypeScript commands of a project, on %s",
    async (on) => {
      const redis = await RedisServer.start();
      onTestFinished(() => redis.dispose());
      consumer.write(
        "tasks/commands.ts",
        `import { Command } from "mandate";
         import { greeting } from "./greeting";
         export class Greet extends Command.initializeWith((name: string) => ({ name })) {
           async call(): Promise<void> { this.logger.info({}, greeting(this.name)); }
         }`,
      );
      consumer.write(
        "tasks/greeting.ts",
        `export const greeting = (name: string): string => "Hello " + name;`,
      );
      consumer.write(
        "mandate.config.ts",
        `import { defineConfig } from "mandate";
         export default defineConfig({ require: "./tasks", queues: [["default", 2]] });`,
      );
      const node = on === "Node 22" ? (node22 ?? process.execPath) : process.execPath;
      const program = new RunningProgram(["worker"], {
        cwd: consumer.folder,
        command: [node, "node_modules/.bin/mandate"],
        env: { REDIS_URL: redis.url },
      });

      await program.line(/^Worker started/);
      await consumer.evaluate(
        `import { Command, configure } from "mandate";
         import { RedisAdapter } from "mandate/redis";
         class Greet extends Command.initializeWith((name) => ({ name })) { call() {} }
         configure({ adapter: new RedisAdapter({ url: "${redis.url}" }) });
         await Greet.defer("you");
         process.exit();`,
      );
      await program.line(/^Hello you$/);
      program.signal("SIGTERM");

      expect(await program.exit).toBe(0);
    },
  );

  it("can be run by its name", async () => {
    const { exit, stdout } = await npm(["exec", "--", "mandate", "--version"], consumer.folder);

    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `mandate ${manifest.version}\n` });
  });
});

describe("types", () => {
  const importsAll = entries
    .map(
      (entry, index) =>
        `import * as n${index} from "${entry}"; export const x${index} = n${index};`,
    )
    .join("\n");

  const everywhere = { "program.mts": importsAll, "program.cts": importsAll };

  it("of all entries resolve, in ES modules and in CommonJS", async () => {
    expect(await consumer.typeCheck(everywhere)).toBe("");
  });

  it("of all entries resolve with TypeScript 5.9, the first that lets CommonJS", async () => {
    expect(await consumer.typeCheck(everywhere, "typescript@~5.9.0")).toBe("");
  });

  it("are those of the sources, and no any", async () => {
    const code = `import { Command } from "mandate";
      class Add extends Command.initializeWith((a: number, b: number) => ({ a, b })) {
        call(): number { return this.a + this.b; }
      }
      export const sum: number = Add.call(1, 2);
      // @ts-expect-error a sum is no string
      export const text: string = Add.call(1, 2);
      // @ts-expect-error an argument is missing
      Add.call(1);`;

    expect(await consumer.typeCheck({ "program.mts": code })).toBe("");
  });

  it("of a library that exports commands compile, and can be consumed", async () => {
    const library = `import { CallbacksCommand, Command, Job } from "mandate";
      export abstract class ApplicationCommand extends Command {
        protected tenant(): string { return "acme"; }
      }
      export class Greet extends ApplicationCommand.initializeWith(
        (name: string, options: { loud?: boolean } = {}) => ({ name, loud: options.loud ?? false }),
      ) {
        static { this.queueAs("mailers"); }
        async call(): Promise<string> { return this.tenant() + this.name; }
      }
      export class Sum extends CallbacksCommand.initializeWith((n: number, times = 1) => ({ n, times })) {
        call(): number { return this.n * this.times; }
      }
      export abstract class Checked extends CallbacksCommand {
        protected refuse(reason: string): never { return this.abort(reason); }
      }
      export class Sweep extends Job {
        async perform(days: number): Promise<void> { await Promise.resolve(days); }
      }`;
    const user = `import { ApplicationCommand, Checked, Greet, Sum, Sweep } from "./library.mjs";
      export const greeting: string = await Greet.call("you", { loud: true });
      export const n: number | undefined = Sum.call(1, 2).result;
      export class Shout extends ApplicationCommand.initializeWith((text: string) => ({ text })) {
        call(): string { return this.tenant() + this.text; }
      }
      export class Half extends Checked.initializeWith((n: number) => ({ n })) {
        async call() { return this.n % 2 === 0 ? this.n / 2 : this.refuse("odd"); }
      }
      export const half: number | undefined = (await Half.call(4)).result;
      // @ts-expect-error it is protected
      new Shout("a").tenant();
      await Greet.defer("you");
      await Sweep.performLater(3);
      // @ts-expect-error a name is no number
      await Greet.call(1);
      // @ts-expect-error days are a number
      await Sweep.performLater("3");`;

    expect(await consumer.emitLibrary("library.mts", library)).toBe("");
    expect(await consumer.typeCheck({ "user.mts": user })).toBe("");
  });
});

describe("mandate/vitest", () => {
  it("extends the expect of the project's own vitest", async () => {
    const report = await consumer.vitest(`import { Command } from "mandate";
      import { useTestAdapter } from "mandate/testing";
      import "mandate/vitest";
      import { beforeEach, expect, it } from "vitest";
      class Nothing extends Command { async call() {} }
      beforeEach(() => void useTestAdapter());
      it("enqueues", async () => { await expect(() => Nothing.defer()).toEnqueue(Nothing); });
      it("fails", async () => { await expect(() => {}).toEnqueue(Nothing); });`);

    expect(report).toMatchObject({ numPassedTests: 1, numFailedTests: 1 });
  });
});

/** Runs a program of the development dependencies. */
