// npm run chaos:within -- --transactions 10000 --kills 50 --lease 8 --seed 7
// Jobs are deferred within transactions, half of them rolled back, and end within transactions of their own; senders and workers
// are killed and connections ended. Then exactly those that were committed have run, each once by what it left.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { WithinChaos } from "./within/within-chaos.ts";

const { values } = parseArgs({
  options: {
    transactions: { type: "string", default: "10000" },
    kills: { type: "string", default: "50" },
    lease: { type: "string", default: "8" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
console.log(`Chaos of transactions with --seed ${seed}`);
const chaos = await WithinChaos.start(seed, { leaseTtl: Number(values.lease) });
try {
  const kills = Number(values.kills);
  const enough = Number(values.transactions) / 2;
  for (let count = 1; count <= kills || (await chaos.wanted()) < enough; count += 1) {
    await sleep(chaos.random.next() * 300);
    await chaos.endConnection();
    await sleep(chaos.random.next() * 300);
    if (count <= kills) await chaos.kill();
  }
  const { wrong, ...counts } = await chaos.finish();
  console.log({ seed, ...counts });
  wrong.slice(0, 50).forEach((line) => console.error(line));
  const isRight = wrong.length === 0 && counts.counted === counts.wanted;
  console.log(isRight ? "Nothing is wrong" : `${wrong.length} jobs are wrong`);
  process.exitCode = isRight ? 0 : 1;
} finally {
  await chaos.dispose();
}
