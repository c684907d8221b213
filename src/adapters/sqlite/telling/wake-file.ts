import { closeSync, openSync, watch, writeSync, type FSWatcher } from "node:fs";

/**
 * A file beside the database that is written to where others are to look: the system tells those
 * who watch it, so that nobody has to ask all the time.
 */
export class WakeFile {
  readonly #path: string;
  #descriptor: number | undefined;
  #watcher: FSWatcher | undefined;

  /** @param file The database's. */
  constructor(file: string) {
    this.#path = `${file}-wake`;
  }

  /** Wakes all who watch it. */
  touch(): void {
    this.#descriptor ??= openSync(this.#path, "a+");
    writeSync(this.#descriptor, "\n", 0);
  }

  /**
   * @param onTouch Called when it was written to, also by ourselves.
   * @param onFailure Called when the system does not tell any more.
   * @returns whether it is watched.
   */
  watch(onTouch: () => void, onFailure: () => void): boolean {
    try {
      this.#descriptor ??= openSync(this.#path, "a+");
      this.#watcher = watch(this.#path, { persistent: false }, onTouch);
    } catch {
      return false;
    }
    this.#watcher.on("error", () => {
      this.#watcher?.close();
      this.#watcher = undefined;
      onFailure();
    });
    return true;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (this.#descriptor !== undefined) {
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
    }
  }
}
