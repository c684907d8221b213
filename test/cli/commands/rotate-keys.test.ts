import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Command, configure } from "mandate";
import { silentLogger } from "../../../src/support/logger.ts";
import { useKeys } from "../../encryption/keys.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static {
    this.encryptArguments();
  }

  call(): void {}
}

describe.skipIf(missing("redis"))("mandate rotate-keys", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
    configure({ adapter: redis.adapter, logger: silentLogger });
  });
  afterAll(() => redis?.dispose());
  beforeEach(() => redis.adapter.store.clear({ queue: "default" }));

  const told = (...argv: readonly string[]): ReturnType<typeof run> =>
    run(["rotate-keys", ...argv, ...redis.url]);

  it("encrypts anew what waits, and says how many", async () => {
    useKeys("2026-05");
    await Charge.defer("4111 1111");
    await Charge.defer("4242");
    useKeys("2026-11", "2026-05");

    const dry = await told("--dry-run");
    const done = await told();
    const again = jsonOf(await told("--json"));

    expect([dry.exit, ...dry.lines]).toEqual([1, "Would encrypt 2 jobs anew"]);
    expect([done.exit, ...done.lines]).toEqual([0, "Encrypted 2 jobs anew"]);
    expect(again).toEqual([{ rewritten: 0, recurring: 0, running: 0, missing: {}, damaged: 0 }]);
  });

  it("ends with 1 as long as another key is needed, and says which", async () => {
    useKeys("2026-05");
    await Charge.defer("4111 1111");
    useKeys("2026-11");

    const { exit, lines, notes } = await told();

    expect([exit, ...lines]).toEqual([1, "Encrypted 0 jobs anew"]);
    expect(notes).toEqual(['1 job needs key "2026-05", which is not configured here']);
  });

  it("says that there are no keys", async () => {
    const { exit, notes } = await told();

    expect(exit).toBe(1);
    expect(notes).toEqual([
      "mandate: Cannot rotate keys: there are none. Give them by configure({ encryption: { keys, current } }), " +
        "and load the file that does so",
    ]);
  });
});
