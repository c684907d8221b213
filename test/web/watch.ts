import { once } from "node:events";
import { Redis } from "ioredis";

/** Sees every command that a Redis is sent. */
export class Watch {
  readonly #client: Redis;
  readonly #monitor: Redis;
  readonly #seen: string[][] = [];

  static async start(url: string): Promise<Watch> {
    const client = new Redis(url);
    return new Watch(client, await client.monitor());
  }

  private constructor(client: Redis, monitor: Redis) {
    this.#client = client;
    this.#monitor = monitor;
    monitor.on("monitor", (_time, args: string[]) => this.#seen.push(args));
  }

  /** How many commands had that word so far. */
  async count(word: string): Promise<number> {
    const mark = `mark ${Math.random()}`;
    const isMark = (args: readonly string[]): boolean => args.includes(mark);
    await this.#client.echo(mark);
    while (!this.#seen.some(isMark)) await once(this.#monitor, "monitor");
    return this.#seen.filter((args) => args.includes(word)).length;
  }

  stop(): void {
    this.#client.disconnect();
    this.#monitor.disconnect();
  }
}
