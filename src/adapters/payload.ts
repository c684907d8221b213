/**
 * Changing a few fields of a payload without re-encoding the rest.
 *
 * `JSON.parse` loses Ruby's big integers and turns `1.0` into `1`. So a payload that moves keeps
 * its text: changed fields are cut out and written anew at the end, all others stay byte for byte.
 */

/** Fields to write; `undefined` removes one. */
export interface PayloadChanges {
  readonly [field: string]: unknown;
}

/** A field's value that is JSON already, and stays byte for byte. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * @param payload JSON text of one object.
 * @returns the same text with the changes applied.
 * @throws {SyntaxError} if the payload is not the JSON text of an object.
 */
export function editPayload(payload: string, changes: PayloadChanges): string {
  let text = "{";
  for (const member of members(payload)) {
    if (!Object.hasOwn(changes, member.key)) {
      text += (text.length > 1 ? "," : "") + payload.slice(member.start, member.end);
    }
  }
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) {
      const json = value instanceof JsonText ? value.text : JSON.stringify(value);
      text += (text.length > 1 ? "," : "") + JSON.stringify(key) + ":" + json;
    }
  }
  return text + "}";
}

/**
 * The payload with one more field at its end, where moving renews it: a field of that name that is
 * already there and holds a number is replaced. One further in front loses, since both `JSON.parse`
 * and Ruby take the last. Text that is no object's stays as it is.
 *
 * Scripts inside a store do the same, so it looks at both ends of the text and not at what is
 * between.
 */
export function appendField(payload: string, key: string, json: string): string {
  if (!payload.startsWith("{") || !payload.endsWith("}")) {
    return payload;
  }
  const kept = payload.slice(0, trailingNumberField(payload, key) ?? -1);
  const separator = kept.trimEnd().endsWith("{") ? "" : ",";
  return `${kept}${separator}"${key}":${json}}`;
}

const LONGEST_NUMBER_FIELD = 64;
const NUMBER_AND_BRACE = /^[-+.\deE]+\}$/;

function trailingNumberField(payload: string, key: string): number | undefined {
  const tailStart = Math.max(0, payload.length - LONGEST_NUMBER_FIELD);
  const tail = payload.slice(tailStart);
  const start = tail.lastIndexOf(`,"${key}":`);
  const isLast = start >= 0 && NUMBER_AND_BRACE.test(tail.slice(start + key.length + 4));
  return isLast ? tailStart + start : undefined;
}

/** The text of one field's value, `undefined` if there is none. */
export function fieldText(payload: string, key: string): string | undefined {
  let found: string | undefined;
  for (const member of members(payload)) {
    if (member.key === key) {
      found = payload.slice(member.valueStart, member.end);
    }
  }
  return found;
}

interface Member {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

function* members(payload: string): Generator<Member> {
  let at = skipSpace(payload, 0);
  if (payload[at] !== "{") {
    throw new SyntaxError("Expected the JSON text of an object");
  }
  at = skipSpace(payload, at + 1);
  while (payload[at] === '"') {
    const start = at;
    const keyEnd = stringEnd(payload, at);
    const key = JSON.parse(payload.slice(start, keyEnd)) as string;
    at = skipSpace(payload, keyEnd);
    expect(payload, at, ":");
    const valueStart = skipSpace(payload, at + 1);
    const end = valueEnd(payload, valueStart);
    yield { key, start, valueStart, end };
    at = skipSpace(payload, end);
    if (payload[at] !== ",") {
      break;
    }
    at = skipSpace(payload, at + 1);
  }
  expect(payload, at, "}");
  if (skipSpace(payload, at + 1) < payload.length) {
    throw new SyntaxError(`Expected nothing after position ${at} of the JSON text of an object`);
  }
}

function expect(text: string, at: number, character: string): void {
  if (text[at] !== character) {
    throw new SyntaxError(
      `Expected "${character}" at position ${at} of the JSON text of an object`,
    );
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") {
    at += 1;
  }
  return at;
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') {
    if (at >= text.length) {
      throw new SyntaxError(`Unterminated string at position ${from}`);
    }
    at += text[at] === "\\" ? 2 : 1;
  }
  return at + 1;
}

function valueEnd(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (character === "{" || character === "[") {
      depth += 1;
    } else if (character === "}" || character === "]") {
      if (depth === 0) {
        return at;
      }
      depth -= 1;
    } else if (character === "," && depth === 0) {
      return at;
    }
    at += 1;
  }
  throw new SyntaxError(`Unterminated value at position ${from}`);
}
