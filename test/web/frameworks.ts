// Programs of frameworks that build, or that want a process of their own: test/fixtures/frameworks. How each is
// mounted there is what docs/dashboard.md has.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { globSync } from "tinyglobby";
import { expect, vi } from "vitest";
import { npm } from "../repository/node.ts";
import { root, runNode } from "../repository/program.ts";
import { freePort } from "../support/redis-server.ts";
import { stripping, type Mounted } from "./recipes.ts";

const folder = join(root, "test/fixtures/frameworks");
const ENVIRONMENT = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", HOST: "127.0.0.1" };
/** For what takes seconds on a machine with nothing else to do. */
const LONG = 240_000;

interface Framework {
  /** What is run in its folder before it can start. */
  readonly build?: readonly string[];
  readonly start: readonly string[];
  /** What it answers by itself to another site's form that is not for the dashboard. */
  readonly elsewhere: readonly [status: number, text: unknown];
}

const next = join(folder, "node_modules/next/dist/bin/next");

export const frameworks: Readonly<Record<string, Framework>> = {
  next: {
    build: [next, "build"],
    start: [next, "start", "--hostname", "127.0.0.1"],
    elsewhere: [404, expect.stringContaining("This page could not be found")],
  },
  sveltekit: {
    build: [join(folder, "node_modules/vite/bin/vite.js"), "build"],
    start: ["build"],
    elsewhere: [403, "Cross-site POST form submissions are forbidden"],
  },
  adonis: {
    start: ["bin/server.ts"],
    elsewhere: [403, "Invalid or expired CSRF token"],
  },
};

/** Installs the frameworks where they are not, and what they import as "mandate": the sources of today. */
export async function installFrameworks(): Promise<void> {
  if (!isInstalled()) {
    const { exit, stderr } = await npm(["ci", "--ignore-scripts"], folder);
    if (exit !== 0) throw new Error(`npm ci of the frameworks exited with ${exit}: ${stderr}`);
  }
  const installed = join(folder, "node_modules/mandate");
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(root, "package.json"), join(installed, "package.json"));
  await build({
    absWorkingDir: root,
    entryPoints: globSync("src/{index,redis,web}.ts", { cwd: root }),
    outdir: join(installed, "dist"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    packages: "external",
    logLevel: "error",
  });
}

/** npm notes what it has installed; a lock file that is newer says something else. */
function isInstalled(): boolean {
  const noted = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(noted)) return false;
  const { packages: wanted } = read(join(folder, "package-lock.json"));
  return Object.entries(read(noted).packages).every(
    ([path, { version }]) => wanted[path]?.version === version,
  );
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

function read(file: string): Lock {
  return JSON.parse(readFileSync(file, "utf8")) as Lock;
}

export interface Opened {
  readonly app: Mounted;
  /** The same program behind a proxy that strips /admin. */
  readonly behind: Mounted;
}

/** Builds a framework's program, and starts it twice. */
export async function openFramework(name: string, redis: string): Promise<Opened> {
  const [port, inner] = [await freePort(), await freePort()];
  const proxy = await stripping("/admin", `http://127.0.0.1:${inner}`);
  const url = `http://127.0.0.1:${port}`;
  const { build: command } = frameworks[name] as Framework;
  if (command !== undefined) {
    // SvelteKit is built for these.
    const env = { ...ENVIRONMENT, ORIGINS: `${url} ${proxy.url}` };
    const options = { cwd: join(folder, name), env, deadlineMs: LONG };
    const { exit, stdout, stderr } = await runNode(command, options);
    if (exit !== 0) throw new Error(`${name} was not built: ${stdout}${stderr}`);
  }
  const environment = { JOBS_REDIS_URL: redis };
  const app = await start(name, port, environment);
  const stripped = await start(name, inner, { ...environment, JOBS_PUBLIC_PATH: "/admin/jobs" });
  const close = async (): Promise<void> => {
    await stripped.close();
    await proxy.close();
  };
  return { app, behind: { url: proxy.url, close } };
}

async function start(
  name: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<Mounted> {
  const { start: args } = frameworks[name] as Framework;
  const { PATH } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: join(folder, name),
    env: { PATH, ...ENVIRONMENT, PORT: String(port), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const ended = once(child, "close");
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  try {
    await vi.waitUntil(
      async () => {
        if (child.exitCode !== null) throw new Error("It ended");
        return (await fetch(url).catch(() => undefined)) !== undefined;
      },
      { timeout: LONG, interval: 50 },
    );
  } catch (cause) {
    await close();
    throw new Error(`${name} did not start: ${said}`, { cause });
  }
  return { url, close };
}
