// What Redis and one Node process can do at all: lists, JSON, one script that settles a batch and pops the next, and nothing
// else. At concurrency 1 a round trip per job; above that 50 jobs per round trip, two of them in flight.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { setImmediate as turn } from "node:timers/promises";
import { Redis } from "ioredis";

export const version = `ioredis ${createRequire(import.meta.url)("ioredis/package.json").version}`;
export const settings =
  "a list, a hash of what is held; 50 per round trip, two in flight (1 and one at concurrency 1)";

const POP = `
if #ARGV > 2 then redis.call('HDEL', KEYS[2], unpack(ARGV, 3)) end
local payloads = redis.call('RPOP', KEYS[1], ARGV[1])
if not payloads then return {} end
local held = {}
for index, payload in ipairs(payloads) do
  held[2 * index - 1] = ARGV[2] .. ':' .. index
  held[2 * index] = payload
end
redis.call('HSET', KEYS[2], unpack(held))
return payloads`;

/** @param {{ url: string }} options */
export async function open({ url }) {
  const redis = new Redis(url, { protocol: 3 });
  redis.defineCommand("popMany", { numberOfKeys: 2, lua: POP });
  const text = (args) => JSON.stringify({ jid: randomBytes(12).toString("hex"), args });
  return {
    enqueueOne: (args) => redis.lpush("queue:default", text(args)),
    enqueueMany: (list) => redis.lpush("queue:default", ...list.map(text)),
    async startWorker({ concurrency, run }) {
      let acknowledged = 0;
      let isRunning = true;
      let number = 0;
      const [batch, flights] = concurrency === 1 ? [1, 1] : [50, 2];
      const pump = async () => {
        let receipts = [];
        while (isRunning) {
          const name = String((number += 1));
          const payloads = await redis.popMany("queue:default", "held", batch, name, ...receipts);
          acknowledged += receipts.length;
          receipts = payloads.map((_, index) => `${name}:${index + 1}`);
          const running = payloads.map((payload) => run(JSON.parse(payload).args));
          if (running.some((one) => one !== undefined)) {
            await Promise.all(running);
          }
          if (payloads.length === 0) {
            await turn();
          }
        }
      };
      const pumps = Array.from({ length: flights }, pump);
      return {
        acknowledged: () => acknowledged,
        stop: async () => {
          isRunning = false;
          await Promise.all(pumps);
        },
      };
    },
    close: () => redis.quit(),
  };
}
