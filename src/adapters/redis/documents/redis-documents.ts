import {
  assertDocument,
  type Document,
  type DocumentPage,
  type Documents,
  type DocumentWrite,
  type Written,
} from "../../documents.ts";
import type { Listening } from "../../job-notes.ts";
import { inTurns } from "../connection/read-reply.ts";
import type { ResultChannel } from "../kept/result-channel.ts";
import type { RedisContext } from "../redis-context.ts";
import type { DocumentNews } from "./document-news.ts";
import {
  deleteDocumentScript,
  listDocumentsScript,
  readDocumentsScript,
  writeDocumentScript,
} from "./document-scripts.ts";

/** Names that are asked for at a time. */
const MOST = 500;

/** Each in a string of its own, which forgets itself; their names in one sorted set. */
export class RedisDocuments implements Documents {
  readonly #context: Pick<RedisContext, "run" | "keys">;
  readonly #channel: ResultChannel;
  /** What was written before is told before. */
  readonly #news: DocumentNews;

  constructor(
    context: Pick<RedisContext, "run" | "keys">,
    { channel, news }: { readonly channel: ResultChannel; readonly news: DocumentNews },
  ) {
    this.#context = context;
    this.#channel = channel;
    this.#news = news;
  }

  async read(names: readonly string[]): Promise<readonly (Document | undefined)[]> {
    const documents: (Document | undefined)[] = [];
    while (documents.length < names.length) {
      const asked = names.slice(documents.length, documents.length + MOST);
      const found = await this.#context.run(readDocumentsScript, asked);
      found.forEach((each, index) => {
        documents.push(each && { name: asked[index] ?? "", ...each });
      });
    }
    return documents;
  }

  async write(document: DocumentWrite): Promise<Written> {
    assertDocument(document);
    this.#news.tell();
    const { version, found } = await this.#context.run(writeDocumentScript, document);
    return version === undefined
      ? { conflict: { found: found && { name: document.name, ...found } } }
      : { version };
  }

  delete(name: string, version?: number): Promise<boolean> {
    this.#news.tell();
    return this.#context.run(deleteDocumentScript, { name, version });
  }

  list(prefix: string, cursor: string | undefined, limit: number): Promise<DocumentPage> {
    return this.#context.run(listDocumentsScript, { prefix, cursor, limit });
  }

  listen(prefix: string, onChange: (name: string, note?: string) => void): Listening {
    return this.#channel.listen(this.#context.keys.documents, (message) => {
      if (message === undefined) {
        // Some may have been missed: any document may have changed.
        onChange(prefix);
        return;
      }
      for (const [name = "", note = ""] of inTurns(JSON.parse(message) as string[], 2)) {
        if (name.startsWith(prefix)) onChange(name, note === "" ? undefined : note);
      }
    });
  }
}
