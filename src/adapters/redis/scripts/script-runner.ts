import type { StoreSettings } from "../../store-settings.ts";
import type { Connection } from "../connection/connection.ts";
import { CommandHead, encodeCommand } from "../connection/encode-command.ts";
import type { Reply } from "../connection/reply-reader.ts";
import type { Keys } from "../keys.ts";
import type { Argument, Script, ScriptText } from "./script.ts";

/**
 * Characters of a command from which on it takes longer to send it twice than to send the script's
 * text along.
 */
const LARGE = 512 * 1024;

/** Whoever runs a script. One of the two is called, once. */
export interface ScriptReceiver<Output> {
  resolve(output: Output): void;
  reject(error: Error): void;
}

/** Runs scripts by their digests, on one store's keys. */
export class ScriptRunner {
  readonly #keys: Keys;
  readonly #settings: Pick<StoreSettings, "timestamps">;
  readonly #heads = new Map<ScriptText, CommandHead>();

  /** @param settings Say how the scripts write times. */
  constructor(keys: Keys, settings: Pick<StoreSettings, "timestamps">) {
    this.#keys = keys;
    this.#settings = settings;
  }

  run<Input, Output>(
    connection: Connection,
    script: Script<Input, Output>,
    input: Input,
  ): Promise<Output> {
    return new Promise((resolve, reject) =>
      this.send(connection, { script, input }, { resolve, reject }),
    );
  }

  /** Runs a script for a receiver. A server that has forgotten the script gets its text again. */
  send<Input, Output>(
    connection: Connection,
    { script, input }: { readonly script: Script<Input, Output>; readonly input: Input },
    receiver: ScriptReceiver<Output>,
  ): void {
    const args = script.encode(input);
    const text = this.#textOf(script);
    const resolve = (reply: Reply): void => answer(receiver, script, reply);
    const sendText = (): void => {
      const command = encodeCommand(["EVAL", text.lua, ...keysOf(this.#keys), ...args]);
      connection.send(command, { resolve, reject: (error) => receiver.reject(error) });
    };
    const byDigest = this.#head(text).with(args);
    if (byDigest.length > LARGE) {
      sendText();
      return;
    }
    connection.send(byDigest, {
      resolve,
      reject: (error) => {
        if (error.message.startsWith("NOSCRIPT")) {
          sendText();
        } else {
          receiver.reject(error);
        }
      },
    });
  }

  /** The text that writes times as this store's records carry them. */
  #textOf(script: Pick<Script<never, unknown>, "inSeconds" | "inMilliseconds">): ScriptText {
    return this.#settings.timestamps === "milliseconds" ? script.inMilliseconds : script.inSeconds;
  }

  #head(text: ScriptText): CommandHead {
    let head = this.#heads.get(text);
    if (head === undefined) {
      head = new CommandHead(["EVALSHA", text.digest, ...keysOf(this.#keys)]);
      this.#heads.set(text, head);
    }
    return head;
  }
}

/**
 * What a script gets before its own arguments: two keys, and the prefix of all of them. It makes
 * their names by itself, as many are made of data, and each more would take Redis longer to read
 * than Lua to make. By two a cluster knows the slot, and refuses keys that are in several.
 */
export function keysOf({ queues, jobs, prefix }: Keys): readonly Argument[] {
  return [2, queues, jobs, prefix];
}

/** What cannot be read is the caller's to hear of, and no fault of the connection. */
function answer<Output>(
  receiver: ScriptReceiver<Output>,
  { decode }: Pick<Script<never, Output>, "decode">,
  reply: Reply,
): void {
  let output: Output;
  try {
    output = decode(reply);
  } catch (error) {
    receiver.reject(error as Error);
    return;
  }
  receiver.resolve(output);
}
