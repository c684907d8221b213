import { createHash } from "node:crypto";
import type { Documents } from "../../adapters/documents.ts";
import type { Definition } from "../definition.ts";
import { changeDocument } from "./change-document.ts";

/** The definitions that come with one release of an application. */
interface StoredSet {
  /** By the store's clock; epoch seconds. */
  readonly firstSeen: number;
}

/**
 * Names of documents about sets: each is written, too, when a worker comes that knows it, or goes.
 */
export const SETS = "recurring:set:";
const WORKERS = "recurring:worker:";

/**
 * Seconds for which a set is remembered after its last worker came or went: one that comes back
 * then is as old as it was.
 */
const SET_KEPT = 30 * 86_400;
/** Seconds without a sign of life after which a worker's set does without it. */
const WORKER_KEPT = 270;

/** A set's name: the same for the same definitions. */
export function setOf(definitions: readonly Definition[]): string {
  const sorted = definitions.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("base64url").slice(0, 16);
}

/** The sets that living workers know, the one first seen latest in front. */
export async function readLivingSets(documents: Documents): Promise<readonly string[]> {
  const sets = new DefinitionSets(documents, "");
  await sets.look();
  return sets.living;
}

/** Which sets there are, and which workers know them. */
export class DefinitionSets {
  readonly #documents: Documents;
  /** Its own document's name, unlike all others. */
  readonly #worker: string;
  readonly #firstSeen = new Map<string, number>();
  /** Those that living workers know, the one first seen latest in front. */
  living: readonly string[] = [];

  constructor(documents: Documents, worker: string) {
    this.#documents = documents;
    this.#worker = WORKERS + worker;
  }

  /**
   * What a set defines is written down: from now on it counts by its age. @param now The store's;
   * epoch seconds.
   */
  async join(set: string, now: number): Promise<void> {
    await this.remember(set, now);
    await this.look();
  }

  /**
   * Keeps what is known of a set, and has all others look.
   *
   * @param now When it is first seen, if it is now.
   */
  async remember(set: string, now: number): Promise<void> {
    await changeDocument(this.#documents, SETS + set, (text) => {
      const { firstSeen } =
        text === undefined ? { firstSeen: now } : (JSON.parse(text) as StoredSet);
      return { text: JSON.stringify({ firstSeen }), seconds: SET_KEPT };
    });
  }

  /** Gives a sign of life. */
  async renew(set: string): Promise<void> {
    await this.#documents.write({
      name: this.#worker,
      text: set,
      version: "any",
      seconds: WORKER_KEPT,
    });
  }

  /** The worker goes. */
  async leave(set: string): Promise<void> {
    await this.#documents.delete(this.#worker);
    // The others hear of this.
    await changeDocument(this.#documents, SETS + set, (text) =>
      text === undefined ? undefined : { text, seconds: SET_KEPT },
    );
  }

  /** Finds out which sets are known to living workers. @returns whether that has changed. */
  async look(): Promise<boolean> {
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.#documents.list(WORKERS, cursor, 500);
      page.documents.forEach(({ text }) => found.add(text));
      ({ cursor } = page);
    } while (cursor !== undefined);
    await this.#learn([...found].filter((set) => !this.#firstSeen.has(set)));
    const living = [...found].toSorted(
      (one, other) => this.#ageOf(other) - this.#ageOf(one) || compare(one, other),
    );
    const isChanged = living.join() !== this.living.join();
    this.living = living;
    return isChanged;
  }

  async #learn(sets: readonly string[]): Promise<void> {
    if (sets.length === 0) {
      return;
    }
    const found = await this.#documents.read(sets.map((set) => SETS + set));
    for (const [index, set] of sets.entries()) {
      const text = found[index]?.text;
      if (text !== undefined) {
        this.#firstSeen.set(set, (JSON.parse(text) as StoredSet).firstSeen);
      }
    }
  }

  #ageOf(set: string): number {
    return this.#firstSeen.get(set) ?? 0;
  }
}

/** Two that were first seen at once have an order all the same. */
function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}
