import { createHash } from "node:crypto";
import { describeType } from "../job/checks/checks.ts";
import type { Declarations } from "../job/declare/declarations.ts";
import { encryptionTrait, standInFor } from "../job/declare/encryption.ts";
import type { Making } from "../job/declare/hooks.ts";
import type { Meta } from "../serialization/meta.ts";
import { serializeArguments } from "../serialization/native-format.ts";
import { isPlainNumber } from "../serialization/plain-json.ts";
import { SerializationError } from "../serialization/serialization-error.ts";
import { leaveAlone } from "../support/leave-alone.ts";
import { isThenable } from "../support/realms.ts";
import { thrownName } from "../support/thrown.ts";
import { canonicalJson } from "./canonical-json.ts";
import { GuardKeyError } from "./guard-key-error.ts";

/** Who asks for a key, and what it is made of. */
export interface KeySource {
  /** The macro's name, for messages. */
  readonly macro: string;
  /**
   * A function of the arguments, as they were given. What it returns may be whatever an argument
   * may be.
   *
   * @default all arguments
   */
  readonly by: ((...args: never) => unknown) | undefined;
}

/** A text of more characters is cut. */
const LONGEST = 200;
/** So many of one that is cut stand before its hash. */
const SHOWN = 100;

/**
 * Makes the text of a guard's key, without what stands before it to say whose key it is: what `by`
 * returns, else all arguments, as they would be on the wire in our own format. Records count by
 * reference, and it does not matter in which order an object has its keys. What differs has
 * different texts.
 *
 * People read it: `42`, `"42"`, `gid://app/Account/7`, `ada@example.org,{"force":true}`. A long one
 * ends in a hash. Where a class encrypts its arguments, it is nothing but a hash under the current
 * key.
 *
 * @returns A function that throws `GuardKeyError` if `by` throws, or returns what cannot be a key.
 */
export function keyMaker(
  source: KeySource,
  declarations: Declarations,
): (making: Making) => string {
  const { by } = source;
  const isSecret = encryptionTrait.of(declarations);
  return (making) => {
    const values = by === undefined ? making.args : [resultOf(by, making, source)];
    const text = values.every(isScalar)
      ? values.map(textOfValue).join(",")
      : textOf(serialized(values, making, source));
    if (isSecret) {
      return standInFor(text);
    }
    return text.length <= LONGEST ? text : `${startOf(text)}…${sha256(text)}`;
  };
}

function resultOf(by: NonNullable<KeySource["by"]>, making: Making, source: KeySource): unknown {
  let value: unknown;
  try {
    value = by(...(making.args as never));
  } catch (error) {
    const problem = `its function "by" threw ${thrownName(error)}`;
    const remedy = "It is called with what defer was given: have it cope with that";
    throw new GuardKeyError(making, source, { problem, remedy, cause: error });
  }
  if (isThenable(value)) {
    leaveAlone(value);
  }
  if (value === undefined || typeof value === "function" || isThenable(value)) {
    const problem = `its function "by" returned ${describeType(value)}`;
    const remedy = "Return at once what tells these jobs apart: texts, numbers, records";
    throw new GuardKeyError(making, source, { problem, remedy });
  }
  return value;
}

interface Written {
  readonly args: readonly unknown[];
  readonly meta?: Meta;
}

function serialized(values: readonly unknown[], making: Making, source: KeySource): Written {
  try {
    return serializeArguments(values, making);
  } catch (error) {
    const path = error instanceof SerializationError ? error.path : "";
    const problem = `its function "by" returned what cannot be deferred${path === "" ? "" : `, at ${path}`}`;
    const remedy = "Return what tells these jobs apart: texts, numbers, records";
    throw new GuardKeyError(making, source, { problem, remedy, cause: error });
  }
}

function textOf({ args, meta }: Written): string {
  if (meta === undefined) {
    return args.map(textOfValue).join(",");
  }
  const { gids = [], v: _, ...notes } = meta;
  const records = new Set(gids);
  const texts = args.map((value, index) =>
    records.delete(String(index)) ? String(value) : textOfValue(value),
  );
  const others = records.size === 0 ? notes : { ...notes, gids: [...records].toSorted() };
  const isPlain = Object.keys(others).length === 0;
  return isPlain ? texts.join(",") : `${texts.join(",")} ${canonicalJson(others)}`;
}

/** What JSON says as it is. Most keys are made of nothing else. */
function isScalar(value: unknown): boolean {
  const type = typeof value;
  return (
    type === "string" ||
    type === "boolean" ||
    value === null ||
    (type === "number" && isPlainNumber(value as number))
  );
}

/** Words that cannot be taken for another value's text, nor for a record: they need no quotes. */
const plainWord = /^(?!(?:true|false|null)$)[A-Za-z_][\w./@+-]*$/;

function textOfValue(value: unknown): string {
  return typeof value === "string" && plainWord.test(value) ? value : canonicalJson(value);
}

/** Does not cut a character in two: a store may keep whole ones only. */
function startOf(text: string): string {
  const isCut = /[\uD800-\uDBFF]/.test(text.charAt(SHOWN - 1));
  return text.slice(0, isCut ? SHOWN - 1 : SHOWN);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
