import {
  assertDocument,
  type Conflict,
  type Document,
  type DocumentPage,
  type Documents,
  type DocumentWrite,
  type Written,
} from "../documents.ts";
import type { Listening } from "../job-notes.ts";
import { NamedItems, type Named } from "./named-items.ts";

interface Kept extends Named {
  text: string;
  version: number;
  /** When it is deleted. */
  until: number;
}

/** Below so many nobody looks for those whose time is over. */
const FEW = 1_000;

/** Small texts in this process. */
export class MemoryDocuments implements Documents {
  readonly #kept = new NamedItems<Kept>();
  readonly #now: () => number;
  readonly #listeners = new Set<{
    readonly prefix: string;
    onChange(name: string, note?: string): void;
  }>();
  #lastVersion = 0;
  #sweepAt = FEW;

  /** @param now Epoch seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async read(names: readonly string[]): Promise<readonly (Document | undefined)[]> {
    return names.map((name) => this.#find(name));
  }

  async write(document: DocumentWrite): Promise<Written> {
    assertDocument(document);
    const conflict = this.conflictOf(document);
    return conflict === undefined ? { version: this.put(document) } : { conflict };
  }

  async delete(name: string, version?: number): Promise<boolean> {
    const kept = this.#living(name);
    if (kept === undefined || (version !== undefined && kept.version !== version)) {
      return false;
    }
    this.#kept.delete(kept);
    this.#tell(name);
    return true;
  }

  listen(prefix: string, onChange: (name: string, note?: string) => void): Listening {
    const listener = { prefix, onChange };
    this.#listeners.add(listener);
    return { ready: Promise.resolve(), stop: () => void this.#listeners.delete(listener) };
  }

  async list(prefix: string, cursor: string | undefined, limit: number): Promise<DocumentPage> {
    const page = this.#kept.page(prefix, cursor, limit);
    const documents = page.items.flatMap(({ name }) => this.#find(name) ?? []);
    return { documents, cursor: page.cursor };
  }

  /** What keeps a document from being written; `undefined` if nothing does. */
  conflictOf({ name, version }: DocumentWrite): Conflict | undefined {
    const found = this.#find(name);
    const fits =
      version === "any" || (version === "none" ? found === undefined : found?.version === version);
    return fits ? undefined : { found };
  }

  /** Writes it whatever is there. @returns its version. */
  put({ name, text, seconds = Infinity, note }: DocumentWrite): number {
    this.#lastVersion += 1;
    const version = this.#lastVersion;
    const until = this.#now() + seconds;
    const kept = this.#living(name);
    if (kept === undefined) {
      this.#sweep();
      this.#kept.add((order) => ({ name, rank: 0, order, text, version, until }));
    } else {
      Object.assign(kept, { text, version, until });
    }
    this.#tell(name, note);
    return version;
  }

  /** Forgets all. */
  clear(): void {
    this.#kept.clear();
  }

  #tell(name: string, note?: string): void {
    for (const listener of this.#listeners) {
      // Whoever hears of it is not to be in the middle of a step of the store.
      if (name.startsWith(listener.prefix)) queueMicrotask(() => listener.onChange(name, note));
    }
  }

  #sweep(): void {
    if (this.#kept.size >= this.#sweepAt) {
      for (const { name } of this.#kept.all()) {
        this.#living(name);
      }
      this.#sweepAt = Math.max(FEW, 2 * this.#kept.size);
    }
  }

  #find(name: string): Document | undefined {
    const kept = this.#living(name);
    return kept && { name, text: kept.text, version: kept.version };
  }

  #living(name: string): Kept | undefined {
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.until <= this.#now()) {
      this.#kept.delete(kept);
      return undefined;
    }
    return kept;
  }
}
