import { readValues, type Value } from "../connection/read-reply.ts";
import type { RedisContext } from "../redis-context.ts";
import { script, type Script } from "./script.ts";

/**
 * Fields that are asked for at a time: few arguments, and few answers of hundreds where each is
 * large.
 */
const MOST = 500;

interface Fields {
  readonly key: string;
  readonly fields: readonly string[];
}

const valuesScript: Script<Fields, readonly Value[]> = script("values", {
  encode: ({ key, fields }) => [key, ...fields],
  decode: readValues,
});

/**
 * Values of the first of these fields of a hash, of one at least: as many as fit into an answer.
 */
export function someValues(
  { run }: Pick<RedisContext, "run">,
  key: string,
  fields: readonly string[],
): Promise<readonly Value[]> {
  return run(valuesScript, { key, fields: fields.slice(0, MOST) });
}

/** Values of all of these fields, in parts. */
export async function allValues(
  context: Pick<RedisContext, "run">,
  key: string,
  fields: readonly string[],
): Promise<readonly Value[]> {
  const values: Value[] = [];
  while (values.length < fields.length) {
    values.push(...(await someValues(context, key, fields.slice(values.length))));
  }
  return values;
}
