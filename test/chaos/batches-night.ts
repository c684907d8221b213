// npm run chaos:batches -- --trees 1500 --kills 60 --depth 3 --seed 7
// Trees of batches are made, some by workers that are killed; connections break, Redis is killed, batches and jobs are cancelled, and
// dead jobs come back. Then each callback has to have come once, and none too early. The seed repeats what is done, not when it hits.
import { parseArgs } from "node:util";
import { RedisServer } from "../support/redis-server.ts";
import { BatchChaos } from "./batches/course.ts";

const { values } = parseArgs({
  options: {
    trees: { type: "string", default: "1500" },
    kills: { type: "string", default: "60" },
    depth: { type: "string", default: "3" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    restarts: { type: "string", default: "yes" },
  },
});

const server = await RedisServer.start(["--appendonly", "yes", "--appendfsync", "always"]);
try {
  const [trees, kills] = [Number(values.trees), Number(values.kills)];
  const [depth, seed] = [Number(values.depth), Number(values.seed)];
  const { problems, ...counts } = await BatchChaos.run({
    server,
    seed,
    trees,
    kills,
    depth,
    restarts: values.restarts === "yes",
  });
  console.log({ seed, trees, kills, ...counts });
  problems.slice(0, 50).forEach((problem) => console.error(problem));
  console.log(problems.length > 0 ? "Something is wrong" : "Nothing is wrong");
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  await server.dispose();
}
