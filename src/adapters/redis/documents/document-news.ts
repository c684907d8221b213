import type { DocumentWrite } from "../../documents.ts";
import type { RedisContext } from "../redis-context.ts";

/**
 * Milliseconds after which it is told of documents that were written with jobs. All who listen wake
 * up: at once, they would take turns with those that these jobs are handed to.
 */
const LATE = 50;

/**
 * Tells whoever listens of documents that were written with jobs, of many together. Where this
 * process ends before, nobody is told.
 */
export class DocumentNews {
  readonly #context: Pick<RedisContext, "command" | "keys">;
  /** Names, a note behind each. */
  #told: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(context: Pick<RedisContext, "command" | "keys">) {
    this.#context = context;
  }

  add({ name, note = "" }: Pick<DocumentWrite, "name" | "note">): void {
    this.#told.push(name, note);
    this.#timer ??= setTimeout(() => void this.tell(), LATE).unref();
  }

  /** Resolves once it has, or cannot. */
  async tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = this.#told;
    this.#told = [];
    if (told.length > 0) {
      // As a message that gets lost.
      await this.#context
        .command("PUBLISH", this.#context.keys.documents, JSON.stringify(told))
        .catch(() => undefined);
    }
  }
}
