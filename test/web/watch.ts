import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/**
 * Sees every command that a Redis is sent. On sockets of its own: ioredis takes a command that somebody else sends at once
 * for an answer of its own, and throws it where nobody catches it.
 */
export class Watch {
  readonly #asking: Socket;
  readonly #monitor: Socket;
  readonly #seen: (readonly string[])[] = [];

  static async start(url: string): Promise<Watch> {
    const port = Number(new URL(url).port);
    const [asking, monitor] = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
    const watch = new Watch(asking, monitor);
    monitor.write("MONITOR\r\n");
    await once(monitor, "data");
    return watch;
  }

  private constructor(asking: Socket, monitor: Socket) {
    this.#asking = asking.resume();
    this.#monitor = monitor;
    createInterface({ input: monitor }).on("line", (line) => this.#seen.push(wordsOf(line)));
  }

  /** How many commands had that word so far. */
  async count(word: string): Promise<number> {
    const mark = `mark-${Math.random()}`;
    const isMark = (words: readonly string[]): boolean => words.includes(mark);
    this.#asking.write(`ECHO ${mark}\r\n`);
    while (!this.#seen.some(isMark)) await once(this.#monitor, "data");
    return this.#seen.filter((words) => words.includes(word)).length;
  }

  stop(): void {
    this.#asking.destroy();
    this.#monitor.destroy();
  }
}

/** Of `+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`, as Redis escapes them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, word = ""]) => word);
}
