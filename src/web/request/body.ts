import { Parameters } from "./parameters.ts";
import { Refusal } from "./refusal.ts";

const MOST_BYTES = 64 * 1024;

/**
 * What a form or a JSON object says.
 *
 * @throws {Refusal} if it is larger than 64 KB, or neither.
 */
export async function readBody(request: Request): Promise<Parameters> {
  const type = request.headers.get("content-type") ?? "";
  const text = await readText(request);
  if (/^application\/json\b/i.test(type)) {
    return new Parameters(pairsOf(text));
  }
  if (/^application\/x-www-form-urlencoded\b/i.test(type) || text === "") {
    return new Parameters(new URLSearchParams(text));
  }
  throw new Refusal(415, "badBody");
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BYTES) {
    throw new Refusal(413, "tooLong");
  }
  if (request.body === null) {
    return "";
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (done || value === undefined) break;
    size += value.byteLength;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new Refusal(413, "tooLong");
    }
    parts.push(value);
  }
  return Buffer.concat(parts).toString();
}

function* pairsOf(text: string): Generator<readonly [string, string]> {
  let value: unknown;
  try {
    value = JSON.parse(text === "" ? "{}" : text);
  } catch {
    throw new Refusal(400, "badBody");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "badBody");
  }
  for (const [name, inner] of Object.entries(value)) {
    for (const each of [inner].flat() as unknown[]) {
      if (!["string", "number", "boolean"].includes(typeof each)) {
        throw new Refusal(400, "badBody");
      }
      yield [name, String(each)];
    }
  }
}
