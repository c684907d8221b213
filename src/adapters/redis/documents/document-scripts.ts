import type { DocumentWrite } from "../../documents.ts";
import { inTurns, readFlag, readList, readText, readTexts } from "../connection/read-reply.ts";
import type { Reply } from "../connection/reply-reader.ts";
import { script, type Argument, type Script } from "../scripts/script.ts";

/** What is there under a name. */
export interface Found {
  readonly version: number;
  readonly text: string;
}

/** A document's name, the version that it is to have, its text, and for how many milliseconds. */
export function encodeDocument(document: DocumentWrite): Argument[] {
  const { name, text, version, seconds } = document;
  const milliseconds = seconds === undefined ? "" : Math.max(1, Math.round(seconds * 1000));
  return [name, version === "none" ? "" : version, text, milliseconds];
}

/** A version and a text; `undefined` where there are none. */
export function readFound(reply: Reply | undefined): Found | undefined {
  const [version, text = ""] = readTexts(reply);
  return version === undefined ? undefined : { version: Number(version), text };
}

/** Reads the first of some documents, as many as fit into an answer, and one at least. */
export const readDocumentsScript: Script<readonly string[], readonly (Found | undefined)[]> =
  script("read-documents", {
    encode: (names) => names,
    decode: (reply) => readList(reply).map(readFound),
  });

interface WrittenDocument {
  readonly version: number | undefined;
  /** Where it was not written: what is there. */
  readonly found: Found | undefined;
}

/** Writes a document that is in the version expected. */
export const writeDocumentScript: Script<DocumentWrite, WrittenDocument> = script(
  "write-document",
  {
    encode: (document) => [...encodeDocument(document), document.note ?? ""],
    decode: (reply) => {
      const [isWritten, ...rest] = readList(reply);
      const found = readFound(rest);
      return readFlag(isWritten)
        ? { version: found?.version, found: undefined }
        : { version: undefined, found };
    },
  },
);

interface Deletion {
  readonly name: string;
  /** `undefined`: any. */
  readonly version: number | undefined;
}

/** Answers whether it was there in that version. */
export const deleteDocumentScript: Script<Deletion, boolean> = script("delete-document", {
  encode: ({ name, version = "" }) => [name, version],
  decode: readFlag,
});

interface DocumentList {
  readonly prefix: string;
  /** The last name seen. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

interface ListedDocuments {
  /** Where there may be more. */
  readonly cursor: string | undefined;
  readonly documents: readonly (Found & { readonly name: string })[];
}

/** Reads documents whose names begin so, in their order. */
export const listDocumentsScript: Script<DocumentList, ListedDocuments> = script("list-documents", {
  encode: ({ prefix, cursor = "", limit }) => [prefix, cursor, limit],
  decode: (reply) => {
    const [last, found] = readList(reply);
    const cursor = readText(last);
    return {
      cursor: cursor === "" ? undefined : cursor,
      documents: inTurns(readTexts(found), 3).map(([name = "", version, text = ""]) => {
        return { name, version: Number(version), text };
      }),
    };
  },
});
