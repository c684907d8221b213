import { findProgram } from "./programs.ts";
import { servers, type ServerName } from "./servers.ts";

/**
 * Whether a server that a test needs is not there:
 * `describe.skipIf(missing("redis"))("RedisAdapter", …)`.
 *
 * The skip is said on stderr. Where CI is set a skip would hide that nothing was tested: there it
 * throws, and the file fails.
 */
export function missing(server: ServerName, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { commands } = servers[server];
  if (findProgram(...commands)) return false;
  return skip(`no ${commands.join(" or ")} on the PATH. Run "npm run setup"`, environment);
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
