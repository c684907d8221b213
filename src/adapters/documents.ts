import type { Listening } from "./job-notes.ts";

/** Small named texts: definitions, cursors, progress. */
export interface Documents {
  /** These, in this order; `undefined` of what is not there. */
  read(names: readonly string[]): Promise<readonly (Document | undefined)[]>;
  /**
   * Writes a document if it is there in that version.
   *
   * @throws {RangeError} if the text is longer than 64 KB as UTF-8.
   */
  write(document: DocumentWrite): Promise<Written>;
  /**
   * @param version Only if it is that one.
   * @returns `false` if it was not there, or in another version.
   */
  delete(name: string, version?: number): Promise<boolean>;
  /** A page of those whose names begin so. In no order; those that stay are seen. */
  list(prefix: string, cursor: string | undefined, limit: number): Promise<DocumentPage>;
  /**
   * Calls `onChange` with the name of a document that begins so, when one was written or deleted,
   * by whomever, and with the note of whoever wrote it. Messages may get lost, and come without a
   * reason; none comes of one whose time is over.
   */
  listen(prefix: string, onChange: (name: string, note?: string) => void): Listening;
}

/** A text that is kept under a name. */
export interface Document {
  /** Unlike any other in the store. */
  readonly name: string;
  /** 64 KB at most. */
  readonly text: string;
  /** Greater with each write. None comes twice for a name, not even after it was deleted. */
  readonly version: number;
}

/** What is to be kept, and in place of what. */
export interface DocumentWrite {
  /** Of the document. */
  readonly name: string;
  /** 64 KB at most. */
  readonly text: string;
  /** The version that is to be replaced. "none": it must not be there. "any": whatever is there. */
  readonly version: number | "none" | "any";
  /** Deleted after so long. @default never */
  readonly seconds?: number;
  /**
   * What whoever listens is told beside the name, so that it need not read the document.
   *
   * @default nothing
   */
  readonly note?: string;
}

/** What came of a write: the new version, or what was there instead. */
export type Written =
  | { readonly version: number; readonly conflict?: undefined }
  | { readonly version?: undefined; readonly conflict: Conflict };

/** A document was not there in the version that was asked for. */
export interface Conflict {
  /** As it is; `undefined` if it is not there. */
  readonly found: Document | undefined;
}

/** Some documents, and where the others are. */
export interface DocumentPage {
  /** In no order. */
  readonly documents: readonly Document[];
  /** Where the next page starts; `undefined` after the last. */
  readonly cursor: string | undefined;
}

/** How long a text may be, as UTF-8. */
const DOCUMENT_BYTES = 64 * 1024;
/** How many jobs may come with a document: one slice. */
const MOST_GIVEN = 1_000;

/** @throws {RangeError} if the text is too long. */
export function assertDocument({ name, text }: DocumentWrite): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > DOCUMENT_BYTES) {
    throw new RangeError(
      `Cannot write document ${JSON.stringify(name)}: its text takes ${bytes} bytes, and ${DOCUMENT_BYTES} is the most. ` +
        "Keep what is large elsewhere, and its place in the document",
    );
  }
}

/**
 * @throws {RangeError} if jobs that come with a document are too many for one step, or the
 *   document's text is too long.
 */
export function assertGiven(given: DocumentWrite, entries: readonly unknown[]): void {
  assertDocument(given);
  if (entries.length > MOST_GIVEN) {
    throw new RangeError(
      `Cannot enqueue ${entries.length} jobs together with document ${JSON.stringify(given.name)}: ${MOST_GIVEN} is the most in one step. ` +
        "Enqueue the others afterwards",
    );
  }
}
