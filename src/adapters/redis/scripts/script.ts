import { createHash } from "node:crypto";
import { timeUnit } from "../../job-record.ts";
import type { Connection } from "../connection/connection.ts";
import type { Keys } from "../keys.ts";
import { CommandHead, encodeCommand } from "../connection/encode-command.ts";
import type { Reply } from "../connection/reply-reader.ts";
import type { Receiver } from "../connection/unanswered.ts";

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

/** A script, its arguments, and the names of its keys. */
export interface ScriptCall {
  readonly script: Script;
  readonly keys: Keys;
  readonly args: readonly (string | number)[];
}

/** @returns a promise of what the script answered. */
export function runScript<Answer>(connection: Connection, call: ScriptCall): Promise<Answer> {
  return new Promise<Reply>((resolve, reject) =>
    sendScript(connection, call, { resolve, reject }),
  ) as Promise<Answer>;
}

/** Characters of a command from which on it would take longer to send it twice than to send the script's text along. */
const LARGE = 512 * 1024;

/** Runs a script; a server that has forgotten it gets its text again. */
export function sendScript(connection: Connection, call: ScriptCall, receiver: Receiver): void {
  const { script, keys, args } = call;
  const written = timeUnit() === "milliseconds" ? script.inMilliseconds : script;
  const byText = (): string =>
    encodeCommand(["EVAL", written.lua, ...behind(script, keys), ...args]);
  const byDigest = headOf(script, written, keys).with(args);
  if (byDigest.length > LARGE) {
    connection.send(byText(), receiver);
    return;
  }
  connection.send(byDigest, {
    resolve: (reply) => receiver.resolve(reply),
    reject: (error) => {
      if (error.message.startsWith("NOSCRIPT")) {
        connection.send(byText(), receiver);
      } else {
        receiver.reject(error);
      }
    },
  });
}

/** By the script's digest. */
const headsOf = new WeakMap<Keys, Map<string, CommandHead>>();

function headOf(script: Script, { digest }: Pick<Script, "digest">, keys: Keys): CommandHead {
  let heads = headsOf.get(keys);
  if (heads === undefined) {
    heads = new Map();
    headsOf.set(keys, heads);
  }
  let head = heads.get(digest);
  if (head === undefined) {
    head = new CommandHead(["EVALSHA", digest, ...behind(script, keys)]);
    heads.set(digest, head);
  }
  return head;
}

function behind(script: Script, keys: Keys): readonly (string | number)[] {
  return [script.keys.length, ...keysOf(script, keys), keys.prefix];
}

/** What a script gets as KEYS. */
export function keysOf(script: Script, { fixed }: Keys): readonly string[] {
  return script.keys.map((place) => fixed[place] ?? "");
}
