import { randomUUID } from "node:crypto";
import type { Adapter } from "../../adapters/adapter.ts";
import type { Documents } from "../../adapters/documents.ts";
import { ConfigurationError } from "../../support/errors.ts";

/**
 * Where the new store keeps which queues were paused for a move: whoever goes on with it has to
 * know.
 */
const NAME = "move";

/** Names of queues. */
interface Paused {
  /** Paused in the old store for the move. */
  readonly from: readonly string[];
  /** In the new one. */
  readonly to: readonly string[];
}

/** Nothing is fetched in either store as long as a move goes on. */
export class Pauses {
  readonly #from: Adapter;
  readonly #to: Adapter;
  readonly #documents: Documents;
  #paused: Paused = { from: [], to: [] };

  private constructor(from: Adapter, to: Adapter, documents: Documents) {
    this.#from = from;
    this.#to = to;
    this.#documents = documents;
  }

  /** @throws {ConfigurationError} if both stores are one. */
  static async begin(from: Adapter, to: Adapter): Promise<Pauses> {
    const { documents } = to as { readonly documents: Documents };
    await assertTwo(from, documents);
    const pauses = new Pauses(from, to, documents);
    const [before] = await documents.read([NAME]);
    if (before !== undefined) {
      pauses.#paused = JSON.parse(before.text) as Paused;
    }
    return pauses;
  }

  /**
   * Pauses what is there now. It is written down first: a pause that nobody knows of would stay.
   */
  async add(): Promise<void> {
    const names = new Set([
      ...(await this.#from.store.queueNames()),
      ...(await this.#to.store.queueNames()),
    ]);
    const from = await unpaused(this.#from, names);
    const to = await unpaused(this.#to, names);
    this.#paused = {
      from: [...new Set([...this.#paused.from, ...from])],
      to: [...new Set([...this.#paused.to, ...to])],
    };
    await this.#documents.write({
      name: NAME,
      text: JSON.stringify(this.#paused),
      version: "any",
    });
    for (const name of from) await this.#from.store.pause(name);
    for (const name of to) await this.#to.store.pause(name);
  }

  /**
   * Ends those of the move. What was paused in the old store before is paused in the new one, too.
   */
  async end(): Promise<void> {
    const paused = new Set(await this.#from.store.pausedQueues());
    this.#paused.from.forEach((name) => paused.delete(name));
    for (const name of this.#paused.to) {
      if (!paused.has(name)) await this.#to.store.resume(name);
    }
    for (const name of this.#paused.from) await this.#from.store.resume(name);
    await this.#documents.delete(NAME);
  }
}

async function unpaused({ store }: Adapter, names: ReadonlySet<string>): Promise<string[]> {
  const paused = new Set(await store.pausedQueues());
  return [...names].filter((name) => !paused.has(name));
}

/** What is written into one must not be found in the other. */
async function assertTwo(from: Adapter, documents: Documents): Promise<void> {
  const name = `${NAME}:${randomUUID()}`;
  await documents.write({ name, text: "", version: "any", seconds: 60 });
  const found = await from.documents?.read([name]);
  await documents.delete(name);
  if (found?.[0] !== undefined) {
    throw new ConfigurationError(
      "Cannot move the jobs of a store to itself: from and to name the same one",
    );
  }
}
