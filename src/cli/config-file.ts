import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { checkOptionNames } from "../job/checks/checks.ts";
import { otherProgramOptions } from "../job/checks/other-words.ts";
import type { ProgramConfig, ProgramConfigFile } from "./define-config.ts";
import { importFile } from "./import-file.ts";
import { UsageError } from "./usage.ts";
import { thrownMessage } from "../support/thrown.ts";
import type { FileSettings } from "./yaml-settings.ts";

/** Looked for in the working directory, where `--config` names none. */
const DEFAULT_FILES = ["ts", "mts", "js", "mjs"].map((extension) => `mandate.config.${extension}`);

/** All of them: the compiler sees to that. */
const NAMES: Readonly<Record<keyof ProgramConfig, true>> = {
  require: true,
  queues: true,
  concurrency: true,
  timeout: true,
  leaseTtl: true,
  blockedAfter: true,
  onUnknownJob: true,
  errorHandlers: true,
  deathHandlers: true,
  processes: true,
  url: true,
  redisUrl: true,
  tag: true,
  verbose: true,
  health: true,
  healthTimeout: true,
  recurring: true,
  recurringBesideRuby: true,
};

const NOTHING: FileSettings = {
  config: {},
  capsules: [],
  shares: [],
  configured: {},
  unused: [],
  remarks: [],
};

/** What a configuration file says. */
export interface ConfigFile extends FileSettings {
  /** The file's name; `undefined` where there is no file. */
  readonly file: string | undefined;
}

/** @throws {UsageError} if it is not there, or cannot be used. */
export async function readConfigFile(
  named: string | undefined,
  environment: string,
): Promise<ConfigFile> {
  const file = named ?? DEFAULT_FILES.find((name) => existsSync(name));
  if (file === undefined) {
    return { file, ...NOTHING };
  }
  if (!existsSync(file)) {
    throw wrong(file, "there is no such file", `Give a path relative to ${process.cwd()}`);
  }
  if (/\.ya?ml(\.erb)?$/.test(file)) {
    const text = await readFile(file, "utf8");
    // Only now: most programs have no such file, and its parser takes a while to load.
    const { readYamlFile } = await import("./yaml-file.ts");
    return { file, ...readYamlFile(text, { file, environment, variables: process.env }) };
  }
  if (!/^\.[mc]?[jt]s$/.test(extname(file))) {
    throw wrong(file, "it is neither YAML nor a module", "Name it .yml, .ts or .js");
  }
  return { file, ...NOTHING, config: await readModule(file, environment) };
}

async function readModule(file: string, environment: string): Promise<ProgramConfig> {
  const module = await importFile(resolve(file)).catch((error: unknown) => {
    throw wrong(file, thrownMessage(error), "Mend it");
  });
  const { default: exported } = module as { default?: ProgramConfigFile };
  if (exported === undefined) {
    throw wrong(file, "it has no default export", "Write export default defineConfig({ … })");
  }
  const config = typeof exported === "function" ? await exported({ environment }) : exported;
  try {
    checkOptionNames(config, Object.keys(NAMES), file, otherProgramOptions);
  } catch (error) {
    throw new UsageError(thrownMessage(error), { cause: error });
  }
  return config;
}

function wrong(file: string, why: string, whatToDo: string): UsageError {
  return new UsageError(`Cannot use ${file}: ${why}. ${whatToDo}`);
}
