import type { DocumentWrite } from "../../documents.ts";
import type { RedisContext } from "../redis-context.ts";

/**
 * Milliseconds after which it is told of documents that were written with jobs. All who listen wake
 * up: at once, they would take turns with those that these jobs are handed to.
 */
const LATE = 50;

/**
 * Tells whoever listens of documents that were written with jobs, of many together. Where this
 * process ends before, or is cut off, nobody is told.
 */
export class DocumentNews {
  readonly #context: Pick<RedisContext, "connection" | "keys">;
  /** Names, a note behind each. */
  #told: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(context: Pick<RedisContext, "connection" | "keys">) {
    this.#context = context;
  }

  add({ name, note = "" }: Pick<DocumentWrite, "name" | "note">): void {
    this.#told.push(name, note);
    this.#timer ??= setTimeout(() => this.tell(), LATE).unref();
  }

  /** Sends it, before whatever is sent from now on. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = this.#told;
    this.#told = [];
    const connection = told.length === 0 ? undefined : this.#context.connection();
    if (connection !== undefined && !(connection instanceof Promise) && connection.isReady) {
      // As a message that gets lost.
      connection
        .command("PUBLISH", this.#context.keys.documents, JSON.stringify(told))
        .catch(() => undefined);
    }
  }
}
