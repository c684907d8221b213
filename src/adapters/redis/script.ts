import { createHash } from "node:crypto";
import { timeUnit } from "../job-record.ts";
import type { Connection } from "./connection.ts";
import type { Keys } from "./keys.ts";

/** One Lua script, run by its digest. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly digest: string;
  /** Which of the fixed keys it is given, by their place in keys.ts. */
  readonly keys: readonly number[];
  /** The same, but for the unit of the times that it writes into records. */
  readonly inMilliseconds: Pick<Script, "lua" | "digest">;
}

export function script(
  name: string,
  { text: lua, keys }: { readonly text: string; readonly keys: readonly number[] },
): Script {
  // STAMP in shared.lua; what looks for it there takes both.
  const inMilliseconds = lua.replace('"enqueued_at":%d.%03d', '"enqueued_at":%d%03d');
  return {
    name,
    lua,
    digest: digestOf(lua),
    keys,
    inMilliseconds: { lua: inMilliseconds, digest: digestOf(inMilliseconds) },
  };
}

function digestOf(lua: string): string {
  return createHash("sha1").update(lua).digest("hex");
}

/** Runs a script; a server that has forgotten it gets its text again. */
export async function runScript<Reply>(
  connection: Connection,
  keys: Keys,
  script: Script,
  args: readonly (string | number)[],
): Promise<Reply> {
  const { digest, lua } = timeUnit() === "milliseconds" ? script.inMilliseconds : script;
  const rest = [script.keys.length, ...keysOf(script, keys), keys.prefix, ...args];
  try {
    return (await connection.command("EVALSHA", digest, ...rest)) as Reply;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) {
      throw error;
    }
    return (await connection.command("EVAL", lua, ...rest)) as Reply;
  }
}

/** What a script gets as KEYS. */
export function keysOf(script: Script, { fixed }: Keys): readonly string[] {
  return script.keys.map((place) => fixed[place] ?? "");
}
