import { Redis } from "ioredis";
import { Batch, type BatchStatus } from "mandate";
import { keysUnder } from "../../../src/adapters/redis/keys.ts";
import type { Child } from "../child.ts";
import { insist } from "../insist.ts";

const keys = keysUnder("");

/** How many jobs there are that go on without anybody's help. */
const MOVING = `
  local moving = redis.call('LLEN', '${keys.queue("default")}') + redis.call('ZCARD', '${keys.lane("default")}')
  for _, identity in ipairs(redis.call('ZRANGE', '${keys.leases}', 0, -1)) do
    local lease = '${keys.lease("")}' .. identity
    moving = moving + redis.call('HLEN', lease) - redis.call('HEXISTS', lease, 'number')
  end
  for _, set in ipairs({ '${keys.schedule}', '${keys.retry}' }) do
    moving = moving + redis.call('ZCARD', set)
  end
  return moving + redis.call('LLEN', '${keys.freed}')
`;

/** A job as it is kept, as far as it matters here. */
export interface KeptJob {
  readonly jid: string;
  readonly batch?: string;
  readonly batch_event?: string;
  readonly error_class?: string;
}

/** Looks into Redis from outside. */
export class Survey {
  readonly #redis: Redis;

  constructor(url: string) {
    this.#redis = new Redis(url, { maxRetriesPerRequest: null, protocol: 2 });
    this.#redis.on("error", () => undefined);
  }

  /** Whether nothing will happen any more. */
  async isQuiet(): Promise<boolean> {
    if (Number(await this.#redis.eval(MOVING, 0)) > 0) {
      return false;
    }
    const statuses = await this.statuses();
    return !statuses.some(({ open }) => open);
  }

  statuses(): Promise<BatchStatus[]> {
    return insist(async () => {
      const statuses: BatchStatus[] = [];
      for await (const batch of Batch.all()) statuses.push(await batch.status());
      return statuses;
    });
  }

  async dead(): Promise<KeptJob[]> {
    return (await this.#redis.zrange(keys.dead, "0", "-1")).map(read);
  }

  async scheduled(): Promise<KeptJob[]> {
    return (await this.#redis.zrange(keys.schedule, "0", "-1")).map(read);
  }

  /** What the worker of a process holds. */
  async heldBy({ pid }: Child): Promise<KeptJob[]> {
    const identities = await this.#redis.zrange(keys.leases, "0", "-1");
    const own = identities.filter((identity) => identity.split(":").at(-2) === String(pid));
    const held = await Promise.all(
      own.map((identity) => this.#redis.hgetall(keys.lease(identity))),
    );
    return held.flatMap((fields) =>
      Object.entries(fields).flatMap(([name, payload]) =>
        name === "number" ? [] : [read(payload)],
      ),
    );
  }

  close(): void {
    this.#redis.disconnect();
  }
}

function read(payload: string): KeptJob {
  return JSON.parse(payload) as KeptJob;
}
