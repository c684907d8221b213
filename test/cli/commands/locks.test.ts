import { changeJob, Command, configure } from "mandate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/support/logger.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

class Sync extends Command.initializeWith((id: number) => ({ id })) {
  static {
    this.unique({ ttl: "1 hour" });
  }

  call(): void {}
}

describe.skipIf(missing("redis"))("mandate locks", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
    configure({ adapter: redis.adapter, logger: silentLogger });
  });
  afterAll(() => redis?.dispose());

  const told = (...argv: readonly string[]): ReturnType<typeof run> =>
    run(["locks", ...argv, ...redis.url]);

  it("says that nobody holds one", async () => {
    const { exit, lines, notes } = await told("list");

    expect([exit, lines, notes]).toEqual([0, [], ["No unique job holds a key"]]);
  });

  it("lists keys, and who holds them", async () => {
    const { id } = await Sync.defer(7);

    const { lines } = await told("list");

    expect(lines.map((line) => line.replaceAll(/ +/g, " ").trim())).toEqual([
      "KEY HOLDER SINCE UNTIL",
      expect.stringMatching(new RegExp(`^unique:Sync:7 ${id} .*in (60m|1h)$`)),
    ]);
    expect(jsonOf(await told("list", "--json"))).toMatchObject([
      { key: "unique:Sync:7", holder: id },
    ]);
  });

  it("are named where they keep a dead job from being tried again", async () => {
    const dead = await Sync.defer(10);
    await changeJob("kill", dead.id);
    const holder = await Sync.defer(10);

    const { exit, notes } = await run(["jobs", "retry", dead.id, ...redis.url]);

    expect([exit, notes]).toEqual([
      1,
      [
        `Cannot retry job ${dead.id}: job ${holder.id} holds its key unique:Sync:10. ` +
          "Wait until that is over, or let go of the key: mandate locks release unique:Sync:10",
      ],
    ]);
  });

  it("releases keys, and says which nobody holds", async () => {
    const { id } = await Sync.defer(8);

    const { exit, lines, notes } = await told("release", "unique:Sync:8", "unique:Sync:9");

    expect(exit).toBe(1);
    expect(lines).toEqual([`Released unique:Sync:8, which job ${id} held`]);
    expect(notes).toEqual(["Nobody holds unique:Sync:9. See mandate locks list"]);
    expect((await told("release", "unique:Sync:8")).exit).toBe(1);
  });
});
