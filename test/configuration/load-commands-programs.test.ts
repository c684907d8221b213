import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Application } from "./application.ts";

/*
 * In processes of their own: Node by itself (20 reads no TypeScript, 22 and 24 no decorators), and
 * with a loader that reads both.
 */
let application: Application;

beforeAll(async () => {
  application = await Application.create();
}, 60_000);
afterAll(() => application?.remove());

describe.each([
  ["Node by itself", { tsx: false }],
  ["tsx", { tsx: true }],
])("loadCommands, under %s", { timeout: 60_000 }, (_, runner) => {
  it("loads TypeScript as it is, each file once", async () => {
    const printed = await application.run(
      `import { loadCommands, MandateJob } from "mandate";
      const files = await loadCommands("good");
      console.log(files.length, globalThis.loaded.join());
      console.log(await MandateJob.performNow("Greet", "Ada", "Hi"));
      console.log(await MandateJob.performNow("Shout", "Ada"));
      console.log(globalThis.loaded.join());`,
      runner,
    );

    expect(printed).toEqual([
      expect.stringMatching(/^3 (greet\.ts,shout\.ts|shout\.ts,greet\.ts)$/),
      "Hi Ada",
      "HELLO ADA,HELLO ADA,bulk",
      expect.stringMatching(/^.*,greeting$/),
    ]);
  });

  it("loads nothing twice that an earlier call has loaded", async () => {
    const printed = await application.run(
      `import { loadCommands } from "mandate";
      await loadCommands("good/nested");
      await loadCommands("good/**");
      await loadCommands("good/greet.ts");
      console.log(globalThis.loaded.toSorted().join());`,
      runner,
    );

    expect(printed).toEqual(["greet.ts,shout.ts"]);
  });

  it("knows the library itself as the one that the program has", async () => {
    const printed = await application.run(
      `import { Command, loadCommands, registerCommands } from "mandate";
      await loadCommands("good");
      try {
        registerCommands(class extends Command { static commandName = "Greet"; call() {} });
      } catch (error) {
        console.log(error.code);
      }`,
      runner,
    );

    expect(printed).toEqual(["MANDATE_DUPLICATE_COMMAND_NAME"]);
  });

  it.each([
    ["throws.ts", "no url is set"],
    ["unreadable.ts", ""],
    ["missing.ts", "nothing-there"],
  ])("names %s, which is broken", async (file, reason) => {
    const printed = await application.run(
      `import { loadCommands } from "mandate";
      try {
        await loadCommands("broken/${file}");
      } catch (error) {
        console.log(JSON.stringify([error.code, error.message, error.cause !== undefined]));
      }`,
      runner,
    );

    const [code, message, hasCause] = JSON.parse(printed.join("")) as [string, string, boolean];
    expect([code, hasCause]).toEqual(["MANDATE_CONFIGURATION", true]);
    expect(message).toContain(`broken/${file}: `);
    expect(message).toContain(reason);
  });
});

describe("loadCommands, in a package of CommonJS", { timeout: 60_000 }, () => {
  it("says how to have modules", async () => {
    const printed = await application.run(
      `import { mkdirSync, writeFileSync } from "node:fs";
      import { loadCommands } from "mandate";
      mkdirSync("common", { recursive: true });
      writeFileSync("common/package.json", JSON.stringify({ type: "commonjs" }));
      writeFileSync("common/greet.js", 'import { Command } from "mandate";');
      await loadCommands("common").catch((error) => console.log(error.message));`,
      { tsx: false },
    );

    expect(printed.join()).toContain(
      "common/greet.js: Cannot use import statement outside a module. " +
        'Set "type": "module" in package.json (npm pkg set type=module), or name it .mjs',
    );
  });
});

describe("loadCommands, beside a program's own import", { timeout: 60_000 }, () => {
  it("registers no second class under tsx", async () => {
    const printed = await application.run(
      `import { loadCommands, MandateJob, registerCommands } from "mandate";
      import { Greet } from "./good/greet.ts";
      await loadCommands("good");
      registerCommands(Greet);
      console.log(globalThis.loaded.join());`,
      { tsx: true },
    );

    expect(printed).toEqual(["greet.ts,shout.ts"]);
  });
});

describe("two copies of the library in one process", { timeout: 60_000 }, () => {
  it("share what is registered, configured and injected, and leave runs by the same door", async () => {
    const printed = await application.run(
      `import { configure, MandateJob, registerCommands, Command } from "mandate";
      import * as other from "./node_modules/other/node_modules/mandate/index.js";
      class Connection {}
      const lines = [];
      const log = (fields, message) => lines.push(message);
      configure({ logger: { debug() {}, info() {}, warn: log, error: log } });
      class Inner extends Command {
        connection = this.inject(Connection);
        call() { return this.connection; }
      }
      class Outer extends other.Command.initializeWith((name) => ({ name })) {
        connection = this.inject(Connection);
        call() { return [this.name, this.job !== undefined, Inner.call() instanceof Connection].join(); }
      }
      class Refuse extends other.CallbacksCommand {
        call() { this.abort("refused"); }
      }
      class Again extends other.Command {
        call() { this.requeueJob(60); }
      }
      registerCommands(Outer, Refuse, Again);
      console.log(other.Command !== Command);
      console.log(await MandateJob.performNow("Outer", "Ada"));
      console.log(await MandateJob.performNow("Refuse"));
      console.log(await MandateJob.performNow("Again"), lines.length);`,
    );

    expect(printed).toEqual(["true", "Ada,true,true", "undefined", "undefined 0"]);
  });
});
