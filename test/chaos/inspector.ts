import { Redis } from "ioredis";
import { keysUnder } from "../../src/adapters/redis/keys.ts";
import { LIMITED } from "./job-holds.ts";

const keys = keysUnder("");

/** In one step: how many jobs are known, and how many are in each place. */
const COUNT = `
  local held = 0
  for _, identity in ipairs(redis.call('ZRANGE', '${keys.leases}', 0, -1)) do
    local lease = '${keys.lease("")}' .. identity
    held = held + redis.call('HLEN', lease) - redis.call('HEXISTS', lease, 'number')
  end
  local enqueued = 0
  for _, queue in ipairs({ 'default', '${LIMITED}' }) do
    enqueued = enqueued + redis.call('LLEN', '${keys.queue("")}' .. queue)
    enqueued = enqueued + redis.call('ZCARD', '${keys.lane("")}' .. queue)
  end
  return {
    redis.call('HLEN', '${keys.jobs}'), enqueued, held,
    redis.call('ZCARD', '${keys.schedule}'), redis.call('ZCARD', '${keys.retry}'),
    redis.call('HLEN', '${keys.waiting}'), redis.call('ZCARD', '${keys.dead}'),
    redis.call('HLEN', '${keys.parkedJobs}'),
  }
`;

/** Holders that are over, and jobs that wait for a key which is free, though no queue was told of that. */
const STRAYS = `
  local found = {}
  local locks = redis.call('HGETALL', '${keys.locks}')
  for at = 1, #locks, 2 do
    local holder = string.sub(locks[at + 1], 17)
    if redis.call('HEXISTS', '${keys.jobs}', holder) == 0 then
      found[#found + 1] = holder .. ' is over, and has a lock on ' .. locks[at]
    end
    if redis.call('HGET', '${keys.locked}', holder) ~= locks[at] then
      found[#found + 1] = locks[at] .. ' is locked by ' .. holder .. ', which does not know of it'
    end
  end
  for _, key in ipairs(redis.call('ZRANGE', '${keys.held}', 0, -1)) do
    local holders = redis.call('ZRANGE', '${keys.hold("")}' .. key, 0, -1)
    for _, holder in ipairs(holders) do
      local is_for_a_time = redis.call('ZSCORE', '${keys.holdUntil("")}' .. key, holder)
      if redis.call('HEXISTS', '${keys.jobs}', holder) == 0 and not is_for_a_time then
        found[#found + 1] = holder .. ' is over, and holds ' .. key
      end
    end
    local limit = redis.call('HGET', 'mandate:keys', 'l' .. key)
    local to = tonumber(limit and string.match(limit, '^%S+') or 1)
    for _, line in ipairs(redis.call('SMEMBERS', 'mandate:lines:' .. key)) do
      local first, queue = string.sub(line, 1, 1), string.sub(line, 2)
      local name = first == 'q' and key or first .. key
      local is_told = redis.call('ZSCORE', '${keys.ready("")}' .. queue, name)
        or redis.call('ZSCORE', '${keys.freeAt}', line .. '\\n' .. key)
      if not is_told and not (to >= 0 and #holders >= to) then
        found[#found + 1] = key .. ' is free, and waited for in ' .. line
      end
    end
  end
  return found
`;

/** What keys.ts says may be there though nothing waits and nobody works. */
const AT_REST =
  /^(queues|dead|[jh]\|.*|stat:\w+(:[\d-]+)?|mandate:(jobs|named|sequence|sweep|unsorted|ends|over|rate:[\w:]+|(sender|answers):\w+:\d+))$/;

export interface Counts {
  readonly known: number;
  readonly enqueued: number;
  readonly held: number;
  readonly dead: number;
  /** All there are in any place. */
  readonly placed: number;
}

/** Looks into Redis from outside. */
export class Inspector {
  readonly #redis: Redis;

  constructor(url: string) {
    this.#redis = new Redis(url, { maxRetriesPerRequest: null, protocol: 2 });
    this.#redis.on("error", () => undefined);
  }

  async counts(): Promise<Counts> {
    const counts = (await this.#redis.eval(COUNT, 0)) as number[];
    const [known = 0, ...places] = counts;
    const [enqueued = 0, held = 0, , , , dead = 0] = places;
    const placed = places.reduce((total, count) => total + count, 0);
    return { known, enqueued, held, dead, placed };
  }

  async strays(): Promise<string[]> {
    return (await this.#redis.eval(STRAYS, 0)) as string[];
  }

  /** Jids of the jobs that were discarded, or had expired, within an hour. */
  async discarded(): Promise<ReadonlySet<string>> {
    const ends = await this.#redis.zrange(keys.ends, "0", "-1", "WITHSCORES");
    const isOfThem = (score: string | undefined): boolean => [1, 3].includes(Number(score) % 8);
    return new Set(ends.filter((_, index) => index % 2 === 0 && isOfThem(ends[index + 1])));
  }

  /** A limit that was set by itself is kept though nobody holds the key. */
  async forgetLimit(key: string): Promise<void> {
    await this.#redis.hdel("mandate:keys", `l${key}`);
    await this.#redis.zrem(keys.held, key);
  }

  /** Numbers of the jobs that the worker of a process holds. */
  async heldBy(pid: number): Promise<number[]> {
    const identities = (await this.#redis.call("ZRANGE", keys.leases, 0, -1)) as string[];
    const own = identities.filter((identity) => identity.split(":").at(-2) === String(pid));
    const held = await Promise.all(
      own.map((identity) => this.#redis.hgetall(keys.lease(identity))),
    );
    return held.flatMap((fields) =>
      Object.entries(fields).flatMap(([name, payload]) =>
        name === "number" ? [] : [numberIn(payload)],
      ),
    );
  }

  /** Numbers of the dead jobs, and why they died. */
  async dead(): Promise<Map<number, string>> {
    const payloads = await this.#all(keys.dead);
    return new Map(
      payloads.map((payload) => [
        numberIn(payload),
        String((JSON.parse(payload) as { error_class?: string }).error_class),
      ]),
    );
  }

  /** Keys that should not be there when nothing waits and nobody works. */
  async leftovers(): Promise<string[]> {
    const all = await this.#redis.keys("*");
    const dead = await this.#redis.zcard(keys.dead);
    const jobs = await this.#redis.hlen(keys.jobs);
    const passing = all.filter((key) =>
      /^(mandate:((sweep|ends|over)$|sender:|answers:|rate:)|[jh]\|)/.test(key),
    );
    const times = await Promise.all(passing.map((key) => this.#redis.ttl(key)));
    const [ofDead, others] = await this.#holds(all);
    return [
      ...all.filter((key) => !AT_REST.test(key) && !ofDead.has(key)),
      ...others.map((jid) => `a hold of ${jid}, which is over,`),
      ...passing.filter((_, index) => (times[index] ?? -1) < 0).map((key) => `${key} for ever`),
      ...(jobs === dead ? [] : [`${jobs} jids for ${dead} dead jobs`]),
    ].toSorted();
  }

  /** What is kept of holds for dead jobs, which take theirs again if they come back; and who holds or has to hold besides. */
  async #holds(all: readonly string[]): Promise<[ofDead: ReadonlySet<string>, others: string[]]> {
    const held = all.filter((key) => key.startsWith(keys.hold("")));
    const holders = await Promise.all(held.map((key) => this.#all(key)));
    const rows = await this.#redis.hkeys(keys.holds);
    const payloads = await this.#all(keys.dead);
    const dead = new Set(payloads.map((payload) => (JSON.parse(payload) as { jid: string }).jid));
    const ofDead = rows.length === 0 ? [] : [keys.holds];
    const keysOfDead = held.length === 0 ? [] : [...held, keys.held, "mandate:keys"];
    return [
      new Set([...ofDead, ...keysOfDead]),
      [...new Set([...rows, ...holders.flat()])].filter((jid) => !dead.has(jid)),
    ];
  }

  /** All of a sorted set. */
  async #all(key: string): Promise<string[]> {
    return (await this.#redis.call("ZRANGE", key, 0, -1)) as string[];
  }

  /** Breaks off one of the connections, whoever's it is. */
  async breakConnection(pick: (ids: readonly string[]) => string | undefined): Promise<void> {
    const list = String(await this.#redis.client("LIST"));
    const lines = list.split("\n").filter((line) => line.includes(" name=mandate"));
    const id = pick(lines.map((line) => /^id=(\d+)/.exec(line)?.[1] ?? ""));
    if (id !== undefined) {
      await this.#redis.call("CLIENT", "KILL", "ID", id);
    }
  }

  async leases(): Promise<number> {
    return this.#redis.zcard(keys.leases);
  }

  close(): void {
    this.#redis.disconnect();
  }
}

function numberIn(payload: string): number {
  return Number((JSON.parse(payload) as { args: readonly unknown[] }).args[1]);
}
