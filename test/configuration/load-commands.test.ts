import {
  Command,
  configure,
  ConfigurationError,
  DuplicateCommandNameError,
  loadCommands,
  MandateJob,
  registerCommands,
} from "mandate";
import { isAbsolute, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { root } from "../repository/program.ts";

const commands = "test/fixtures/commands";
const short = (files: readonly string[]) =>
  files.map((file) => relative(resolve(root, commands), file));

describe("loadCommands", () => {
  it.each([
    ["a folder", `${commands}/good`],
    ["a folder by its absolute path", resolve(root, commands, "good")],
    ["a folder with a slash", `./${commands}/good/`],
    ["a glob", `${commands}/good/**`],
    ["a glob by its absolute path", `${resolve(root, commands, "good")}/**/*.{ts,js}`],
    ["a glob from here", `./${commands}/good/**/*`],
  ])("loads %s: what is a module, and no test", async (_, globOrFolder) => {
    expect(short(await loadCommands(globOrFolder))).toEqual([
      "good/greet.ts",
      "good/nested/shout.ts",
      "good/sweep.js",
    ]);
  });

  it("loads one file", async () => {
    expect(short(await loadCommands(`${commands}/good/greet.ts`))).toEqual(["good/greet.ts"]);
  });

  it("loads the folder at a URL", async () => {
    const url = pathToFileURL(resolve(root, commands, "good/nested"));

    expect(short(await loadCommands(url))).toEqual(["good/nested/shout.ts"]);
  });

  it("registers commands and jobs under their names, the default export too", async () => {
    await loadCommands(`${commands}/good`);

    expect(await MandateJob.performNow("Greet", "Ada")).toBe("Hello Ada");
    expect(await MandateJob.performNow("Shout", "Ada")).toBe("HELLO ADA,HELLO ADA,bulk");
    expect(() => registerCommands(commandNamed("Greet"))).toThrow(DuplicateCommandNameError);
    expect(() => registerCommands(commandNamed("ApplicationCommand"))).not.toThrow();
  });

  it("registers nothing twice that was imported before", async () => {
    const { Greet } = (await import("../fixtures/commands/good/greet.ts")) as { Greet: object };

    await loadCommands(`${commands}/good`);
    await loadCommands(`${commands}/good`);

    expect(() => registerCommands(Greet)).not.toThrow();
  });
});

describe("loadCommands, with what cannot be loaded", () => {
  it.each([
    "no/such/folder",
    "no/such/file.ts",
    `${commands}/none-*`,
    `${commands}/good/*.md`,
    `${commands}/good/*.test.ts`,
  ])("says so of %s, where there is nothing", async (globOrFolder) => {
    const where = isAbsolute(globOrFolder)
      ? ", or none with JavaScript or TypeScript in it. Give a folder, a file or a glob. "
      : ` in ${process.cwd()}. Give a folder, a file or a glob, relative to there. `;

    await expect(loadCommands(globOrFolder)).rejects.toThrow(
      new ConfigurationError(
        `Cannot load commands from "${globOrFolder}": there is no such file${where}` +
          "Where they were bundled, import their classes and pass them to registerCommands",
      ),
    );
  });

  it("names the file that throws, and why", async () => {
    const error = await loadCommands(`${commands}/broken/throws.ts`).catch((e: unknown) => e);

    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      message:
        `Cannot load commands from ${resolve(root, commands, "broken/throws.ts")}: no url is set. ` +
        "Mend that file, or leave it out",
      cause: new Error("no url is set"),
    });
  });

  it("refuses two classes of one name", async () => {
    await expect(loadCommands(`${commands}/twice`)).rejects.toThrow(DuplicateCommandNameError);
  });

  it("lets one replace the other while reloading", async () => {
    configure({ reloading: true });

    await expect(loadCommands(`${commands}/twice`)).resolves.toHaveLength(2);
  });

  // Last: where Node reads TypeScript, jiti loads all of it from then on, and "mandate" from dist.
  it.each(["unreadable.ts", "missing.ts"])("names %s, which is broken", async (file) => {
    await expect(loadCommands(`${commands}/broken/${file}`)).rejects.toThrow(
      `Cannot load commands from ${resolve(root, commands, "broken", file)}: `,
    );
  });
});

function commandNamed(name: string) {
  return class extends Command {
    static override commandName = name;
    call() {}
  };
}
