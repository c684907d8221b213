import { failure } from "../connection/redis-errors.ts";
import type { Script } from "../scripts/script.ts";
import type { RedisLeaseParts } from "./redis-lease-parts.ts";

/** What a lease is told by Redis, and whether it knows what became of all that it said. */
export class LeaseLink {
  readonly identity: string;
  /**
   * Something was sent and not answered: what an exchange fetched is in Redis, and nobody here
   * knows.
   */
  isUncertain = false;
  readonly #parts: Pick<RedisLeaseParts, "connection" | "scripts">;

  constructor(identity: string, parts: Pick<RedisLeaseParts, "connection" | "scripts">) {
    this.identity = identity;
    this.#parts = parts;
    // A Redis that comes back, or another in its place, may have forgotten the latest.
    parts.connection.events.on("close", () => {
      this.isUncertain = true;
    });
  }

  run<Input, Output>(script: Script<Input, Output>, input: Input): Promise<Output> {
    const { connection, scripts } = this.#parts;
    const what = `go on as worker "${this.identity}"`;
    return this.ask(what, () => scripts.run(connection, script, input));
  }

  /** @param what What cannot be done where the question is not answered. */
  async ask<Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      this.isUncertain = true;
      throw failure(what, error);
    }
  }
}
