import { PROFILE_KEPT, PROFILES_KEPT, type Profile, type StoredProfile } from "../../job-notes.ts";
import { readTexts, readValues } from "../connection/read-reply.ts";
import { connectionClosed, failure, withoutArguments } from "../connection/redis-errors.ts";
import type { RedisContext } from "../redis-context.ts";
import type { RedisClient } from "../redis-options.ts";
import { readTime } from "../connection/server-time.ts";
import { timeIn, unlessOther } from "../payloads/untrusted.ts";

/** The part of ioredis that moves bytes: our own connections move text. */
interface BytesClient {
  call(command: string, ...args: readonly (string | number | Uint8Array)[]): Promise<unknown>;
  callBuffer(command: string, ...args: readonly string[]): Promise<Buffer | null>;
}

/** What Sidekiq's own API reads, and whose profile it is. */
const FIELDS = ["token", "jid", "type", "started_at", "elapsed", "size", "format"] as const;

/**
 * Profiles of runs, where Sidekiq 8 keeps its own: its Web UI lists ours, hands them out, and opens
 * them in the Firefox Profiler, which knows V8's format.
 *
 * @see Sidekiq 8.1 profiler.rb, and api.rb `ProfileSet`
 */
export class RedisProfiles {
  readonly #context: RedisContext;
  readonly #dial: () => Promise<RedisClient>;

  /** @param dial Makes a connection for one profile: few are ever written or read. */
  constructor(context: RedisContext, dial: () => Promise<RedisClient>) {
    this.#context = context;
    this.#dial = dial;
  }

  async write({ data, ...profile }: Profile): Promise<void> {
    // ioredis writes any other array of bytes as its text.
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const { keys } = this.#context;
    const { name, jid, className, startedAt, seconds, format } = profile;
    const member = `${name}-${jid}`;
    const until = (await readTime(this.#context)) + PROFILE_KEPT;
    const fields = {
      token: name,
      jid,
      type: className,
      started_at: Math.floor(startedAt),
      elapsed: seconds,
      size: data.length,
      format,
    };
    await this.#withBytes(async (client) => {
      // One step: what is killed in between leaves nothing that is kept for ever.
      const steps = [
        client.call("MULTI"),
        client.call("DEL", keys.profile(member)),
        client.call("HSET", keys.profile(member), ...Object.entries(fields).flat(), "data", bytes),
        client.call("EXPIRE", keys.profile(member), PROFILE_KEPT),
        client.call("ZADD", keys.profiles, until, member),
        client.call("EXEC"),
      ];
      await Promise.all(steps);
    });
    await this.#trim();
  }

  async list(): Promise<readonly StoredProfile[]> {
    const { command, keys } = this.#context;
    const now = await readTime(this.#context);
    const found = command("ZREVRANGEBYSCORE", keys.profiles, "+inf", `(${now}`);
    const members = readTexts(await unlessOther(found, []));
    const listed = await Promise.all(members.map((key) => this.#look(key)));
    return listed.filter((profile) => profile !== undefined);
  }

  read(key: string): Promise<Uint8Array | undefined> {
    return this.#withBytes(async (client) => {
      const data = await client.callBuffer("HGET", this.#context.keys.profile(key), "data");
      return data ?? undefined;
    });
  }

  /** What it is; `undefined` where it is gone, or no profile. */
  async #look(key: string): Promise<StoredProfile | undefined> {
    const { command, keys } = this.#context;
    const told = unlessOther(command("HMGET", keys.profile(key), ...FIELDS), []);
    const [name, jid, className, startedAt, elapsed, size, format] = readValues(await told);
    if (name == null || jid == null) {
      return undefined;
    }
    return {
      key,
      name,
      jid,
      className: className ?? "",
      startedAt: timeIn(Number(startedAt)) ?? 0,
      seconds: Number(elapsed) || 0,
      size: Number(size) || 0,
      format: format === "cpuprofile" ? format : "vernier",
    };
  }

  /** Forgets those of ours that are too many. */
  async #trim(): Promise<void> {
    const { command, keys } = this.#context;
    await command("ZREMRANGEBYSCORE", keys.profiles, "-inf", await readTime(this.#context));
    for (const { key, format } of (await this.list()).slice(PROFILES_KEPT)) {
      if (format === "cpuprofile") {
        await command("DEL", keys.profile(key));
        await command("ZREM", keys.profiles, key);
      }
    }
  }

  async #withBytes<Answer>(use: (client: BytesClient) => Promise<Answer>): Promise<Answer> {
    const client = await this.#dial();
    try {
      await ready(client);
      return await use(client as RedisClient & BytesClient);
    } catch (error) {
      throw failure("move a profile", error);
    } finally {
      client.disconnect(false);
    }
  }
}

/** It connects by itself, and tells by events. */
function ready(client: RedisClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on("ready", () => resolve());
    client.on("error", (error: Error) => reject(withoutArguments(error)));
    client.on("close", () => reject(connectionClosed()));
  });
}
