import {
  assertDocument,
  type Conflict,
  type Document,
  type DocumentPage,
  type Documents,
  type DocumentWrite,
  type Written,
} from "../../documents.ts";
import type { Listening } from "../../job-notes.ts";
import type { Context } from "../store/context.ts";
import type { Steps } from "../store/steps.ts";
import type { Telling } from "../telling/telling.ts";

/** What documents share with their adapter. */
export interface DocumentsParts {
  readonly context: Context;
  readonly steps: Steps;
  readonly telling: Telling;
}

/** Small texts in a file. */
export class SqliteDocuments implements Documents {
  readonly #parts: DocumentsParts;

  constructor(parts: DocumentsParts) {
    this.#parts = parts;
  }

  async read(names: readonly string[]): Promise<readonly (Document | undefined)[]> {
    return this.#parts.steps.read(() => names.map((name) => this.#find(name)));
  }

  async write(document: DocumentWrite): Promise<Written> {
    assertDocument(document);
    return this.#parts.steps.write(
      () => {
        const conflict = this.conflictOf(document);
        return conflict === undefined ? { version: this.put(document) } : { conflict };
      },
      { isDurable: true },
    );
  }

  async delete(name: string, version?: number): Promise<boolean> {
    const { steps, context } = this.#parts;
    return steps.write(
      () => {
        const found = this.#find(name);
        if (found === undefined || (version !== undefined && found.version !== version)) {
          return false;
        }
        context.run("DELETE FROM document WHERE name = ?", name);
        context.notices.documents.push({ name, note: undefined });
        return true;
      },
      { isDurable: true },
    );
  }

  listen(prefix: string, onChange: (name: string, note?: string) => void): Listening {
    return this.#parts.telling.onChange(prefix, onChange);
  }

  async list(prefix: string, cursor: string | undefined, limit: number): Promise<DocumentPage> {
    const { steps, context } = this.#parts;
    const documents = await steps.read(() =>
      context.all<Document>(
        `SELECT name, text, version FROM document WHERE name >= ? AND name > ? AND substr(name, 1, length(?)) = ?
           AND (until IS NULL OR until > ?) ORDER BY name LIMIT ?`,
        prefix,
        cursor ?? "",
        prefix,
        prefix,
        context.now,
        limit,
      ),
    );
    const last = documents.length === limit ? documents.at(-1) : undefined;
    return { documents: documents.map(plain), cursor: last?.name };
  }

  /** What keeps a document from being written; `undefined` if nothing does. In a step. */
  conflictOf({ name, version }: DocumentWrite): Conflict | undefined {
    const found = this.#find(name);
    const fits =
      version === "any" || (version === "none" ? found === undefined : found?.version === version);
    return fits ? undefined : { found };
  }

  /** Writes it whatever is there, in a step. @returns its version. */
  put({ name, text, seconds, note }: DocumentWrite): number {
    const { context } = this.#parts;
    const version = context.next();
    context.run(
      "INSERT OR REPLACE INTO document (name, text, version, until) VALUES (?, ?, ?, ?)",
      name,
      text,
      version,
      seconds === undefined || seconds === Infinity ? null : context.now + seconds,
    );
    context.notices.documents.push({ name, note });
    return version;
  }

  #find(name: string): Document | undefined {
    const { context } = this.#parts;
    const row = context.get<Document>(
      "SELECT name, text, version FROM document WHERE name = ? AND (until IS NULL OR until > ?)",
      name,
      context.now,
    );
    return row && plain(row);
  }
}

/** A row is no object of ours: some drivers' have no prototype. */
function plain({ name, text, version }: Document): Document {
  return { name, text, version };
}
