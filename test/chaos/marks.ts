import { Redis } from "ioredis";
import { newJid } from "../../src/support/jid.ts";

const MARK = "marks:";
const EXCESSES = "excesses";

/** Marks each key, and notes where more run than may. KEYS: those; ARGV: who runs, how many may. */
const BEGIN = `
  for index, key in ipairs(KEYS) do
    redis.call('SADD', key, ARGV[1])
    if redis.call('SCARD', key) > tonumber(ARGV[index + 1]) then
      redis.call('RPUSH', '${EXCESSES}', key .. ' ' .. table.concat(redis.call('SMEMBERS', key), ' '))
    end
  end
`;
const END = "for _, key in ipairs(KEYS) do redis.call('SREM', key, ARGV[1]) end";
const FORGET = `
  for _, key in ipairs(redis.call('KEYS', '${MARK}*')) do
    for _, member in ipairs(redis.call('SMEMBERS', key)) do
      if string.match(member, '^(%d+):') == ARGV[1] then
        redis.call('SREM', key, member)
      end
    end
  end
`;

/** More ran at once than a key lets. */
export interface Excess {
  readonly key: string;
  /** Ids of the processes in which they ran. */
  readonly pids: readonly number[];
}

/** How many run of each key at once, as the jobs themselves see it. */
export class Marks {
  readonly #redis: Redis;

  constructor(url: string) {
    this.#redis = new Redis(url, { maxRetriesPerRequest: null, protocol: 2 });
    this.#redis.on("error", () => undefined);
  }

  /** Runs what holds these keys, of which so many may run at once. */
  async around<Result>(
    limits: readonly (readonly [string, number])[],
    run: () => Promise<Result>,
  ): Promise<Result> {
    if (limits.length === 0) {
      return run();
    }
    const keys = limits.map(([key]) => MARK + key);
    const mark = `${process.pid}:${newJid()}`;
    await this.#redis.eval(BEGIN, keys.length, ...keys, mark, ...limits.map(([, to]) => to));
    try {
      return await run();
    } finally {
      await this.#redis.eval(END, keys.length, ...keys, mark);
    }
  }

  /** A process was killed: it runs nothing any more. */
  async forget(pid: number): Promise<void> {
    await this.#redis.eval(FORGET, 0, pid);
  }

  /** What was noted since the last time. */
  async excesses(): Promise<readonly Excess[]> {
    const noted = await this.#redis.lrange(EXCESSES, 0, -1);
    await this.#redis.del(EXCESSES);
    return noted.map((line) => {
      const [key = "", ...marks] = line.slice(MARK.length).split(" ");
      return { key, pids: marks.map((mark) => Number.parseInt(mark, 10)) };
    });
  }

  close(): void {
    this.#redis.disconnect();
  }
}
