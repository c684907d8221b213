import type { Document, Documents } from "../../adapters/documents.ts";
import { AdapterError } from "../../adapters/adapter-error.ts";

/** A document's new text, and for how many seconds it is kept. */
export interface Change {
  readonly text: string;
  readonly seconds?: number;
}

/** Somebody else wins each time so often only where something is wrong. */
const TRIES = 100;

/**
 * Reads a document, changes it, and writes it if nobody has written it meanwhile; else once more.
 *
 * @param change What becomes of the text; `undefined`: it stays.
 * @returns the document as it is then; `undefined` if there is none.
 */
export async function changeDocument(
  documents: Documents,
  name: string,
  change: (text: string | undefined) => Change | undefined,
): Promise<Document | undefined> {
  let [found] = await documents.read([name]);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const changed = change(found?.text);
    if (changed === undefined) {
      return found;
    }
    const { version, conflict } = await documents.write({
      name,
      ...changed,
      version: found?.version ?? "none",
    });
    if (version !== undefined) {
      return { name, text: changed.text, version };
    }
    found = conflict.found;
  }
  throw new AdapterError(
    `Cannot write document ${JSON.stringify(name)}: others wrote it ${TRIES} times in between. Try again`,
  );
}
