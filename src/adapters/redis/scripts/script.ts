import { createHash } from "node:crypto";
import type { Reply } from "../connection/reply-reader.ts";
import { lua } from "./generated.ts";

export type Argument = string | number;

/** The text of a script, and the digest by which a server knows it. */
export interface ScriptText {
  readonly lua: string;
  readonly digest: string;
}

/** How what a script is asked becomes its arguments, and its reply what it answers. */
export interface Encoding<Input, Output> {
  /** The arguments behind the prefix of the keys, as the script's header says. */
  readonly encode: (input: Input) => readonly Argument[];
  readonly decode: (reply: Reply) => Output;
}

/** A Lua script of `scripts/`, as TypeScript sees it. */
export interface Script<Input, Output> extends Encoding<Input, Output> {
  readonly name: string;
  /** By the unit of the times that it writes into records. */
  readonly inSeconds: ScriptText;
  readonly inMilliseconds: ScriptText;
}

export function script<Input, Output>(
  name: keyof typeof lua,
  { encode, decode }: Encoding<Input, Output>,
): Script<Input, Output> {
  const text = lua[name];
  // STAMP in shared/time.lua; what looks for it there takes both.
  const inMilliseconds = text.replace('"enqueued_at":%d.%03d', '"enqueued_at":%d%03d');
  return {
    name,
    inSeconds: withDigest(text),
    inMilliseconds: withDigest(inMilliseconds),
    encode,
    decode,
  };
}

function withDigest(text: string): ScriptText {
  return { lua: text, digest: createHash("sha1").update(text).digest("hex") };
}
