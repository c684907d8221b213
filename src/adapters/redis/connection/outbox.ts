import type { RedisSocket } from "../redis-options.ts";

/**
 * Bytes that are handed to a socket at a time, of what is large: of more nobody could tell whether
 * any of it leaves.
 */
const PIECE = 64 * 1024;

/**
 * Characters up to which a text goes as a whole, as a batch of a thousand usual jobs does: cut up,
 * it would cost half as much again.
 */
const WHOLE = 512 * 1024;

/**
 * What is written to a socket, in its order. What is large goes piece by piece, each once the one
 * before has left: so it is seen that a link is slow, and not dead.
 */
export class Outbox {
  readonly #socket: RedisSocket;
  readonly #onProgress: () => void;
  /** What is not yet with the socket, while something large is on its way. */
  #waiting: (string | Buffer)[] | undefined;

  constructor(socket: RedisSocket, onProgress: () => void) {
    this.#socket = socket;
    this.#onProgress = onProgress;
  }

  write(text: string): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(text);
    } else if (text.length <= WHOLE) {
      this.#socket.write(text);
    } else {
      this.#waiting = [text];
      this.#writeNext();
    }
  }

  readonly #writeNext = (): void => {
    const waiting = this.#waiting ?? [];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.length <= (typeof next === "string" ? WHOLE : PIECE)) {
        this.#socket.write(next);
        continue;
      }
      const bytes = typeof next === "string" ? Buffer.from(next) : next;
      waiting.unshift(bytes.subarray(PIECE));
      this.#socket.write(bytes.subarray(0, PIECE), (error) => {
        // Of a socket that broke whoever waits is told by its connection.
        if (error == null) {
          this.#onProgress();
          this.#writeNext();
        }
      });
      return;
    }
    this.#waiting = undefined;
  };
}
