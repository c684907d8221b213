import { DeserializationError } from "./deserialization-error.ts";
import { parsePath } from "./json-path.ts";
import type { Annotation } from "./superjson-values.ts";

/** What `meta` says of one value, and of those below it by property or index. */
export class Note {
  isRecord = false;
  annotation: Annotation | undefined;
  /** The path of the object that stands here again. */
  sameAs: string | undefined;
  /** Of an error, its class and which of its usual properties are enumerable. */
  error: readonly string[] | undefined;
  readonly below: Map<string, Note> = new Map<string, Note>();
  /** `"made"`: `value` is there, though not all may be in it yet. */
  state: "unread" | "reading" | "made" = "unread";
  value: unknown;

  at(path: string): Note {
    return parsePath(path).reduce<Note>((note, segment) => note.#child(segment), this);
  }

  #child(segment: string): Note {
    const known = this.below.get(segment);
    if (known !== undefined) return known;
    const note = new Note();
    this.below.set(segment, note);
    return note;
  }
}

/**
 * `meta` as a tree, for reading along with the arguments. Its shape is checked: what is in a store
 * may have been put there by anybody.
 *
 * @throws {DeserializationError} if it is not what the writer makes.
 */
export function notesOf(meta: unknown): { notes: Note; gidPaths: string[] } {
  const { gids = [], values = {}, referentialEqualities = {}, errors = {} } = record(meta);
  const notes = new Note();
  const gidPaths = texts(gids);
  for (const path of gidPaths) notes.at(path).isRecord = true;
  annotate(notes, values);
  for (const [path, others] of Object.entries(record(referentialEqualities))) {
    notes.at(path); // What is referred to is made once, and remembered in its note.
    for (const other of texts(others)) notes.at(other).sameAs = path;
  }
  for (const [path, error] of Object.entries(record(errors))) notes.at(path).error = texts(error);
  return { notes, gidPaths };
}

function annotate(note: Note, values: unknown): void {
  for (const [path, annotated] of Object.entries(record(values))) {
    const [annotation, below] = Array.isArray(annotated) ? annotated : [];
    const inner = note.at(path);
    inner.annotation = typeof annotation === "string" ? annotation : pair(annotation);
    if (below !== undefined) annotate(inner, below);
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw damagedMeta();
  return value as Readonly<Record<string, unknown>>;
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
    throw damagedMeta();
  return value;
}

function pair(value: unknown): [string, string] {
  const [kind, name, ...more] = texts(value);
  if (kind === undefined || name === undefined || more.length > 0) throw damagedMeta();
  return [kind, name];
}

function damagedMeta(): DeserializationError {
  return new DeserializationError(
    `Cannot read the arguments: the "meta" beside them is not what defer writes. ` +
      `Delete the job, or enqueue it anew`,
  );
}
