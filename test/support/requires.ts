import { isUsable } from "./programs.ts";
import { servers, type Server, type ServerName } from "./servers.ts";

/**
 * Whether a server that a test needs is not there:
 * `describe.skipIf(missing("redis"))("RedisAdapter", …)`.
 *
 * The skip is said on stderr. Where CI is set a skip would hide that nothing was tested: there it
 * throws, and the file fails.
 */
export function missing(server: ServerName, environment: NodeJS.ProcessEnv = process.env): boolean {
  const needed: Server = servers[server];
  if (isUsable(needed)) return false;
  const { commands, probe, otherwise } = needed;
  const what = `no ${commands.join(" or ")} ${probe ? "with what tests need " : ""}on the PATH`;
  const notes = otherwise === undefined ? "" : `. ${otherwise}`;
  return skip(`${what}. Run "npm run setup"${notes}`, environment);
}

/** Says on stderr what is not tested and why; under CI it throws. Returns true, for `skipIf`. */
export function skip(reason: string, environment: NodeJS.ProcessEnv = process.env): true {
  if (isSet(environment["CI"])) throw new Error(`Cannot skip tests under CI: ${reason}`);
  process.stderr.write(`\nSKIPPED: ${reason}\n\n`);
  return true;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
