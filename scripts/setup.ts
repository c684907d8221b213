// Installs with the system's package manager what tests need and this machine lacks.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findProgram, isUsable } from "../test/support/programs.ts";
import { servers, type PackageManager, type Server } from "../test/support/servers.ts";

const install: Record<PackageManager, readonly string[][]> = {
  "apt-get": [
    ["apt-get", "update"],
    ["apt-get", "install", "--yes", "--no-install-recommends"],
  ],
  dnf: [["dnf", "install", "--assumeyes"]],
  apk: [["apk", "add"]],
  pacman: [["pacman", "--sync", "--refresh", "--noconfirm", "--needed"]],
  zypper: [["zypper", "--non-interactive", "install"]],
  brew: [["brew", "install"]],
};

buildSqlite();
const lacking = Object.values<Server>(servers).filter((server) => !isUsable(server));
if (lacking.length === 0) say("Everything that tests need is installed");
else setUp();

/** Leaves the exit code 0 where it may not install: tests then skip loudly, and fail under CI. */
function setUp(): void {
  const manager = (Object.keys(install) as PackageManager[]).find((name) => findProgram(name));
  const names = lacking.map(({ commands }) => commands[0]);
  say(`Missing: ${names.join(", ")}`);
  if (!manager) {
    return byHand(
      `no known package manager (${Object.keys(install).join(", ")}) is on the PATH`,
      names,
    );
  }
  const packages = lacking.flatMap((server) => server.packages[manager] ?? []);
  for (const { commands, packages: known, otherwise } of lacking) {
    if (known[manager] === undefined)
      say(`No package of ${manager} for ${commands[0]}. ${otherwise}`);
  }
  if (packages.length === 0) return;
  const prefix = privilege(manager);
  if (!prefix) return byHand(`${manager} needs root, and sudo would ask for a password`, packages);
  say(`Installing with ${manager}; some systems also start what they install, as a service`);
  for (const [index, step] of install[manager].entries()) {
    const last = index === install[manager].length - 1;
    const command = [...prefix, ...step, ...(last ? packages : [])];
    if (!run(command)) return byHand(`"${command.join(" ")}" failed`, packages);
  }
  const absent = lacking.filter((server) => manager in server.packages && !isUsable(server));
  if (absent.length > 0) return byHand(`${manager} succeeded, but the PATH lacks them`, names);
  say(`Installed: ${packages.join(", ")}`);
}

/** Node has SQLite itself from 22.13 on. Before that it is a library's, which `npm ci` leaves unbuilt since few need it. */
function buildSqlite(): void {
  const folder = "node_modules/better-sqlite3";
  const isNeeded = process.getBuiltinModule("node:sqlite") === undefined;
  if (
    !isNeeded ||
    !existsSync(folder) ||
    existsSync(`${folder}/build/Release/better_sqlite3.node`)
  ) {
    return;
  }
  if (!run(["npm", "--prefix", folder, "run", "build-release"])) {
    say("Cannot build better-sqlite3: that takes a C++ compiler, make and Python");
    say("Until then, tests of SQLite fail. They pass on Node 22.13 and newer");
  }
}

/** What to put before the command to be allowed to install; undefined where nothing helps. */
function privilege(manager: PackageManager): readonly string[] | undefined {
  if (manager === "brew" || process.getuid?.() === 0) return [];
  const sudo = spawnSync("sudo", ["--non-interactive", "true"], { stdio: "ignore" });
  return sudo.status === 0 ? ["sudo", "--non-interactive"] : undefined;
}

function run(command: readonly string[]): boolean {
  const [program = "", ...args] = command;
  say(`> ${command.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(program, args, { stdio: "inherit", env }).status === 0;
}

function byHand(reason: string, packages: readonly string[]): void {
  say(`Cannot install them here: ${reason}`);
  say(`Install by hand, and run this again to check: ${packages.join(" ")}`);
  say("Until then, tests that need them are skipped and say so");
}

function say(line: string): void {
  console.log(`setup: ${line}`);
}
