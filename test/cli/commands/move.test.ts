import { RedisAdapter } from "mandate/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/support/logger.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { jsonOf, run } from "./recording-terminal.ts";

describe.skipIf(missing("redis"))("mandate move", () => {
  let server: RedisServer;
  let before: RedisAdapter;
  let after: RedisAdapter;

  beforeAll(async () => {
    server = await RedisServer.start();
    before = new RedisAdapter({ url: `${server.url}/0`, logger: silentLogger });
    after = new RedisAdapter({ url: `${server.url}/1`, logger: silentLogger });
  });
  afterAll(async () => {
    await Promise.all([before?.close(), after?.close()]);
    await server?.dispose();
  });
  beforeEach(async () => {
    await Promise.all([before, after].map(({ store }) => store.clear({ queue: "default" })));
  });

  const told = (...argv: readonly string[]): ReturnType<typeof run> =>
    run(["move", "--from", `${server.url}/0`, "--to", `${server.url}/1`, ...argv]);

  async function enqueue(jid: string, fields: object = {}): Promise<void> {
    const payload = JSON.stringify({ class: "MandateJob", args: ["Sync"], jid, ...fields });
    await before.enqueue([{ jid, queue: "default", payload }]);
  }

  it("moves all jobs, and says how many", async () => {
    await enqueue("one");
    await enqueue("two");

    const dry = await told("--dry-run");
    const done = await told();
    const again = jsonOf(await told("--json"));

    expect([dry.exit, ...dry.lines]).toEqual([0, "Would move 2 jobs"]);
    expect([done.exit, ...done.lines]).toEqual([0, "Moved 2 jobs"]);
    expect(again).toEqual([{ moved: 0, refused: [], ofBatches: 0, unreadable: 0 }]);
    expect(await after.store.size({ queue: "default" })).toBe(2);
  });

  it("ends with 1 where jobs stay, and says why", async () => {
    const holds = [
      { key: "unique:Sync", from: "enqueue", until: "finished", whenFull: "refuse" },
    ] as const;
    const entry = { queue: "default", payload: "{}", holds };
    await before.enqueue([{ ...entry, jid: "twin", payload: '{"class":"Sync","jid":"twin"}' }]);
    await after.enqueue([{ ...entry, jid: "first", payload: '{"class":"Sync","jid":"first"}' }]);
    await enqueue("member", { batch: "b1" });
    await before.enqueue([{ jid: "odd", queue: "default", payload: "odd" }]);

    const { exit, lines, notes } = await told();

    expect([exit, ...lines]).toEqual([1, "Moved 0 jobs"]);
    expect(notes).toEqual([
      "1 job stays: the new store has others that hold the keys, as of twin",
      "1 job of batches stays: let a worker end those first",
      "1 job stays: what it is cannot be read",
    ]);
  });

  it("has to be told both stores, which others can see", async () => {
    const notes = async (...argv: readonly string[]): Promise<readonly string[]> =>
      (await run(["move", ...argv])).notes;

    expect((await notes("--to", "redis://127.0.0.1:1"))[0]).toContain(
      "Cannot tell where to move jobs from: give --from URL",
    );
    expect((await notes("--from", "memory:", "--to", "redis://127.0.0.1:1"))[0]).toContain(
      "Cannot move jobs from memory:: it is in the memory of this process",
    );
  });
});
