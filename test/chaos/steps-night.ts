// npm run chaos:steps -- --kills 100 --jobs 20 --rows 50000 --seed 7
// Workers that go through rows, checkpoint by checkpoint, are killed and stopped; then each row has to have been gone through, and
// of none may more have been repeated than a second of work holds. The seed repeats what is done, not when exactly it hits.
import { parseArgs } from "node:util";
import { RedisServer } from "../support/redis-server.ts";
import { goThrough } from "./steps/course.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    jobs: { type: "string", default: "20" },
    rows: { type: "string", default: "50000" },
    pause: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
/** Seconds from one checkpoint to the next, and what a busy machine may take besides. */
const LONGEST = 1 + 0.5;

const server = await RedisServer.start(["--appendonly", "yes", "--appendfsync", "always"]);
try {
  const [kills, jobs, rows, pause, seed] = [
    Number(values.kills),
    Number(values.jobs),
    Number(values.rows),
    Number(values.pause),
    Number(values.seed),
  ];
  const { problems, ...counts } = await goThrough({ server, seed, kills, jobs, rows, pause });
  console.log({ seed, kills, rows: jobs * rows, ...counts });
  problems.slice(0, 50).forEach((problem) => console.error(problem));
  const isWrong = problems.length > 0 || counts.oldest > LONGEST;
  console.log(isWrong ? "Something is wrong" : "Nothing is wrong");
  process.exitCode = isWrong ? 1 : 0;
} finally {
  await server.dispose();
}
