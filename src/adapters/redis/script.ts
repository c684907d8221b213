import { createHash } from "node:crypto";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";

/** One Lua script, run by its digest. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly digest: string;
}

export function script(name: string, lua: string): Script {
  return { name, lua, digest: createHash("sha1").update(lua).digest("hex") };
}

/** Runs a script with the fixed keys; a server that has forgotten it gets its text again. */
export async function runScript<Reply>(
  connection: Connection,
  keys: Keys,
  { digest, lua }: Script,
  args: readonly (string | number)[],
): Promise<Reply> {
  const rest = [keys.fixed.length, ...keys.fixed, keys.prefix, ...args];
  try {
    return (await connection.command("EVALSHA", digest, ...rest)) as Reply;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) {
      throw error;
    }
    return (await connection.command("EVAL", lua, ...rest)) as Reply;
  }
}
