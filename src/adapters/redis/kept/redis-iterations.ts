import { ITERATION_KEPT, type Iterations, type IterationState } from "../../iterations.ts";
import { readInteger, readValues } from "../connection/read-reply.ts";
import { unlessOther } from "../payloads/untrusted.ts";
import type { RedisContext } from "../redis-context.ts";

/** In Sidekiq's hashes, with Sidekiq's fields. */
export class RedisIterations implements Iterations {
  readonly #context: Pick<RedisContext, "command" | "keys">;

  constructor(context: Pick<RedisContext, "command" | "keys">) {
    this.#context = context;
  }

  async read(jid: string): Promise<IterationState | undefined> {
    const { command, keys } = this.#context;
    const fields = ["ex", "c", "rt", "cancelled"];
    const reply = await unlessOther(command("HMGET", keys.iteration(jid), ...fields), []);
    const [executions, cursor, runtime, cancelled] = readValues(reply);
    const isCancelled = cancelled != null;
    if (executions == null && !isCancelled) {
      return undefined;
    }
    return {
      executions: numberIn(executions),
      cursor: cursor != null && isJson(cursor) ? cursor : "null",
      runtime: numberIn(runtime),
      isCancelled,
    };
  }

  async write(
    jid: string,
    { executions, cursor, runtime }: Omit<IterationState, "isCancelled">,
  ): Promise<boolean> {
    const { command, keys } = this.#context;
    const key = keys.iteration(jid);
    const [, time, values] = await Promise.all([
      command("HSET", key, "ex", executions, "c", cursor, "rt", String(runtime)),
      command("TTL", key),
      command("HMGET", key, "cancelled"),
    ]);
    if (readInteger(time) < 0) {
      // EXPIRE … NX, which Redis 6.2 has not got.
      await command("EXPIRE", key, ITERATION_KEPT);
    }
    return readValues(values)[0] != null;
  }

  async delete(jid: string): Promise<void> {
    const { command, keys } = this.#context;
    await command("UNLINK", keys.iteration(jid));
  }
}

function numberIn(text: string | null | undefined): number {
  const number = Number(text);
  return Number.isFinite(number) && number > 0 ? number : 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
