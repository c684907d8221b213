import { Redis } from "ioredis";
import { keysUnder } from "../../src/adapters/redis/keys.ts";

const keys = keysUnder("");
const QUEUE = keys.queue("default");
const LANE = keys.lane("default");

/** In one step: how many jobs are known, and how many are in each place. */
const COUNT = `
  local held = 0
  for _, identity in ipairs(redis.call('ZRANGE', '${keys.leases}', 0, -1)) do
    local lease = '${keys.lease("")}' .. identity
    held = held + redis.call('HLEN', lease) - redis.call('HEXISTS', lease, 'number')
  end
  return {
    redis.call('HLEN', '${keys.jobs}'), redis.call('LLEN', '${QUEUE}') + redis.call('ZCARD', '${LANE}'), held,
    redis.call('ZCARD', '${keys.schedule}'), redis.call('ZCARD', '${keys.retry}'),
    redis.call('HLEN', '${keys.waiting}'), redis.call('ZCARD', '${keys.dead}'),
    redis.call('HLEN', '${keys.parkedJobs}'),
  }
`;

/** What keys.ts says may be there though nothing waits and nobody works. */
const AT_REST =
  /^(queues|dead|[jh]\|.*|stat:\w+(:[\d-]+)?|mandate:(jobs|named|sequence|sweep|unsorted|ends|over|rate:\w+|(sender|answers):\w+:\d+))$/;

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
