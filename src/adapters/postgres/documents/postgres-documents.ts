import {
  assertDocument,
  type Document,
  type DocumentPage,
  type Documents,
  type DocumentWrite,
  type Written,
} from "../../documents.ts";
import type { Listening } from "../../job-notes.ts";
import { conflictOf } from "../accepting/enqueue-line.ts";
import type { Row } from "../connection/database.ts";
import { textArray, type PostgresContext } from "../postgres-context.ts";

const LIVING = "(until IS NULL OR until > @.epoch())";

/** Small texts in Postgres. */
export class PostgresDocuments implements Documents {
  readonly #context: PostgresContext;

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  async read(names: readonly string[]): Promise<readonly (Document | undefined)[]> {
    const rows = await this.#context.query(
      "read documents",
      `SELECT name, body, version::float8 AS version FROM @.document WHERE name = ANY ($1::text::text[]) AND ${LIVING}`,
      [textArray(names)],
    );
    const byName = new Map(rows.map((row) => [row["name"], documentOf(row)]));
    return names.map((name) => byName.get(name));
  }

  async write(document: DocumentWrite): Promise<Written> {
    assertDocument(document);
    const { name, note } = document;
    const [row] = await this.#context.query(
      "write a document",
      "SELECT @.write_document_1($1::text) AS answer",
      [JSON.stringify({ ...document, version: String(document.version) })],
    );
    const { version, conflict } = JSON.parse(String(row?.["answer"])) as Answer;
    if (version === undefined) {
      return { conflict: conflictOf(name, conflict ?? { version: null, text: null }) };
    }
    this.#context.bell.ring({ documents: [[name, note]] });
    return { version };
  }

  async delete(name: string, version?: number): Promise<boolean> {
    const [row] = await this.#context.query(
      "delete a document",
      "SELECT @.delete_document_1($1::text, $2::bigint) AS answer",
      [name, version ?? null],
    );
    const isDone = row?.["answer"] === "deleted";
    if (isDone) {
      this.#context.bell.ring({ documents: [[name]] });
    }
    return isDone;
  }

  async list(prefix: string, cursor: string | undefined, limit: number): Promise<DocumentPage> {
    const rows = await this.#context.query(
      "list documents",
      `SELECT name, body, version::float8 AS version FROM @.document
        WHERE name >= $1::text AND starts_with(name, $1::text) AND name > $2::text AND ${LIVING} ORDER BY name LIMIT $3::int`,
      [prefix, cursor ?? "", limit],
    );
    const documents = rows.map(documentOf);
    return {
      documents,
      cursor: rows.length === limit ? documents.at(-1)?.name : undefined,
    };
  }

  listen(prefix: string, onChange: (name: string, note?: string) => void): Listening {
    return this.#context.bell.listening(({ documents = [] }) => {
      for (const [name, note] of documents) {
        // Whoever hears of it is not to be in the middle of a step of the store.
        if (name.startsWith(prefix)) queueMicrotask(() => onChange(name, note ?? undefined));
      }
    });
  }
}

interface Answer {
  readonly version?: number;
  readonly conflict?: { readonly version: number | null; readonly text: string | null };
}

function documentOf({ name, body, version }: Row): Document {
  return { name: String(name), text: String(body), version: Number(version) };
}
