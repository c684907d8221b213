import { run } from "./program.ts";

/**
 * The path of a Node of this major version: the running one, or that of the npm package `node`.
 *
 * @returns undefined where it is not the running one and cannot be had from the registry or cache.
 */
export async function nodeBinary(major: number): Promise<string | undefined> {
  if (Number(process.versions.node.split(".")[0]) === major) return process.execPath;
  const { exit, stdout } = await npmExec(`node@${major}`, ["node", "-p", "process.execPath"]);
  return exit === 0 ? stdout.trim().split("\n").at(-1) : undefined;
}

/** Runs a program of a package that is no dependency. */
export async function npmExec(
  packageSpec: string,
  command: readonly string[],
  cwd?: string,
): ReturnType<typeof run> {
  const flags = ["exec", "--yes", "--prefer-offline", `--package=${packageSpec}`];
  return npm([...flags, "--", ...command], cwd);
}

/** Runs npm, in the repository's root or elsewhere. */
export async function npm(args: readonly string[], cwd?: string): ReturnType<typeof run> {
  const { PATH } = process.env;
  return run("npm", ["--no-audit", "--no-fund", ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    // What npm itself set when it started the tests would lead it back to this package.
    env: { ...withoutNpmSettings(), PATH },
    deadlineMs: 500_000,
  });
}

function withoutNpmSettings(): Record<string, undefined> {
  const inherited = /^(npm_(package|lifecycle|command|execpath|node_execpath)|INIT_CWD|NODE$)/;
  const names = Object.keys(process.env).filter((name) => inherited.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
