import { types } from "node:util";
import { GlobalID } from "../globalid/global-id.ts";
import { unreadable } from "./deserialization-error.ts";
import { fillError, newError } from "./errors.ts";
import { parsePath, propertyStep } from "./json-path.ts";
import { type Note, notesOf } from "./notes.ts";
import { type Annotation, fromSuperjson } from "./superjson-values.ts";

type Row = Record<string, unknown>;

/**
 * Turns JSON and its `meta` back into arguments.
 *
 * Nothing given is changed: what has something to convert below it is copied, the rest is handed on
 * as it is. A container is made before what is in it, so that a cycle finds it. What refers to an
 * object further on has that read first, since a store may reorder an object's keys.
 */
export class NativeReader {
  readonly #args: readonly unknown[];
  readonly #notes: Note;
  readonly #gids = new Map<unknown, GlobalID>();
  readonly #records = new Map<unknown, unknown>();

  /** @throws {DeserializationError} if `meta` does not fit the arguments. */
  constructor(args: readonly unknown[], meta: unknown) {
    const { notes, gidPaths } = notesOf(meta);
    this.#args = args;
    this.#notes = notes;
    for (const path of gidPaths) {
      const text = this.#jsonAt(path);
      const gid = typeof text === "string" ? GlobalID.parse(text) : undefined;
      if (gid === undefined) throw unreadable(indexed(path), "there is no global id");
      this.#gids.set(text, gid);
    }
  }

  /** What is to be looked up before anything is read, each once. */
  get gids(): readonly GlobalID[] {
    return [...this.#gids.values()];
  }

  /** @param records What `gids` asks for, in its order. */
  read(records: readonly unknown[]): unknown[] {
    for (const [index, text] of [...this.#gids.keys()].entries()) {
      this.#records.set(text, records[index]);
    }
    return this.#read(this.#args, this.#notes, "") as unknown[];
  }

  #read(json: unknown, note: Note, path: string): unknown {
    if (note.state === "made") return note.value;
    if (note.state === "reading") throw unreadable(path, "it is needed to make itself");
    note.state = "reading";
    return made(note, this.#make(json, note, path));
  }

  #make(json: unknown, note: Note, path: string): unknown {
    const { isRecord, sameAs, annotation } = note;
    if (isRecord) return this.#records.get(json);
    if (sameAs !== undefined) return this.#read(this.#jsonAt(sameAs), this.#notes.at(sameAs), path);
    if (annotation === undefined) {
      if (Array.isArray(json)) return this.#fillList(made(note, []), json, note, path);
      return isRow(json) ? this.#fillRow(made(note, {}), json, note, path) : json;
    }
    switch (typeof annotation === "string" ? annotation : annotation[0]) {
      case "map":
        return this.#map(json, note, path);
      case "set":
        return this.#set(json, note, path);
      case "Error":
        return this.#error(json, note, path);
      case "class":
        return this.#instance(annotation, json, note, path);
      default:
        return converted(annotation, this.#contents(json, note, path), path);
    }
  }

  #map(json: unknown, note: Note, path: string): unknown {
    const map = made(note, new Map<unknown, unknown>());
    for (const [index, entry] of listOf(json, path).entries()) {
      const at = `${path}[${index}]`;
      const below = note.below.get(String(index));
      const [key, value] = listOf(entry, at);
      map.set(
        this.#child(key, below?.below.get("0"), `${at}[0]`),
        this.#child(value, below?.below.get("1"), `${at}[1]`),
      );
    }
    return map;
  }

  #set(json: unknown, note: Note, path: string): unknown {
    const set = made(note, new Set<unknown>());
    for (const [index, item] of listOf(json, path).entries()) {
      set.add(this.#child(item, note.below.get(String(index)), `${path}[${index}]`));
    }
    return set;
  }

  #instance(annotation: Annotation, json: unknown, note: Note, path: string): unknown {
    if (!isRow(json)) throw unreadable(path, "there is no object");
    const instance = converted(annotation, {}, path) as Row;
    if (!(instance instanceof Error)) return this.#fillRow(made(note, instance), json, note, path);
    // Made by superjson, it would have no stack, and be none to whoever looks closer.
    const error = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(instance)) as Error;
    fillError(made(note, error), this.#fillRow({}, json, note, path), note.error);
    return error;
  }

  #error(json: unknown, note: Note, path: string): unknown {
    if (!isRow(json)) throw unreadable(path, "there is no Error");
    const error = made(note, newError(json, note.error));
    fillError(error, this.#fillRow({}, json, note, path), note.error);
    return error;
  }

  #contents(json: unknown, note: Note, path: string): unknown {
    if (Array.isArray(json)) return this.#fillList([], json, note, path);
    return isRow(json) ? this.#fillRow({}, json, note, path) : json;
  }

  #fillList(list: unknown[], json: readonly unknown[], note: Note, path: string): unknown[] {
    for (const [index, item] of json.entries()) {
      list.push(this.#child(item, note.below.get(String(index)), `${path}[${index}]`));
    }
    return list;
  }

  #fillRow(row: Row, json: Row, note: Note, path: string): Row {
    const filled = row;
    for (const key of Object.keys(json)) {
      filled[key] = this.#child(json[key], note.below.get(key), path + propertyStep(key));
    }
    return filled;
  }

  #child(json: unknown, note: Note | undefined, path: string): unknown {
    return note === undefined ? json : this.#read(json, note, path);
  }

  #jsonAt(path: string): unknown {
    let json: unknown = this.#args;
    for (const segment of parsePath(path)) {
      const found = typeof json === "object" && json !== null && Object.hasOwn(json, segment);
      if (!found) throw unreadable(indexed(path), "there is nothing");
      json = (json as Row)[segment];
    }
    return json;
  }
}

function made<Value>(note: Note, value: Value): Value {
  note.state = "made";
  note.value = value;
  return value;
}

function converted(annotation: Annotation, content: unknown, path: string): unknown {
  const [kind, name] = typeof annotation === "string" ? [annotation] : annotation;
  // Not left to superjson, which would make a typed array as long as a number says.
  if (kind === "typed-array" && !Array.isArray(content))
    throw unreadable(path, `there is no ${name}`);
  try {
    const value = fromSuperjson({ annotation, content });
    if (!types.isDate(value) || !Number.isNaN(value.getTime())) return value;
  } catch (cause) {
    const reason =
      name === undefined
        ? `there is no ${kind}`
        : `superjson could not make a ${kind} "${name}" of it. Register that where jobs run, too`;
    throw unreadable(path, reason, { cause });
  }
  throw unreadable(path, "there is no Date");
}

function listOf(json: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(json)) throw unreadable(path, "there is no list");
  return json;
}

function isRow(json: unknown): json is Row {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** A path of superjson's as people write it, where the JSON there cannot say what is an index. */
function indexed(path: string): string {
  return parsePath(path)
    .map((segment) => (/^\d+$/.test(segment) ? `[${segment}]` : propertyStep(segment)))
    .join("");
}
