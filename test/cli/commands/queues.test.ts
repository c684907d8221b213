import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

describe.skipIf(missing("redis"))("mandate stats and queues", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
  });
  afterAll(() => redis?.dispose());
  beforeEach(async () => {
    for (const name of await redis.adapter.store.queueNames()) {
      await redis.adapter.store.clear({ queue: name });
    }
  });

  it("counts everything", async () => {
    await redis.add("queue", 1_200);
    await redis.add("retry", 2, { error: "Error" });
    await redis.add("finished", 3);

    const { exit, lines } = await run(["stats", ...redis.url]);

    expect(exit).toBe(0);
    expect(lines).toContain("enqueued         1,200");
    expect(lines).toContain("retry                2");
    expect(lines).toContain("finished, kept       3");
    expect(jsonOf(await run(["stats", "--json", ...redis.url]))).toMatchObject([
      { enqueued: 1_200, retry: 2, finished: 3 },
    ]);
    await redis.adapter.store.clear({ set: "retry" });
  });

  it("counts the runs of each day", async () => {
    await redis.add("finished", 2);

    const { lines } = await run(["stats", "--days", "2", ...redis.url]);
    const [json] = jsonOf(await run(["stats", "--days", "2", "--json", ...redis.url]));

    const today = new Date((await redis.adapter.store.now()) * 1000).toISOString().slice(0, 10);
    expect(lines.slice(-3, -1)).toEqual([
      "DAY (UTC)   PROCESSED  FAILED",
      expect.stringMatching(/^\d{4}-\d\d-\d\d +0 +0$/),
    ]);
    expect(lines.at(-1)).toMatch(new RegExp(`^${today} +\\d+ +\\d+$`));
    expect(json?.["history"]).toHaveLength(2);
  });

  it.each(["0", "1826", "week"])("refuses %s days", async (days) => {
    const { exit, notes } = await run(["stats", "--days", days, ...redis.url]);

    expect([exit, notes]).toEqual([
      2,
      [
        `mandate: Cannot use "${days}" as --days: it is no whole number from 1 to 1,825. Write --days 7`,
      ],
    ]);
  });

  it("lists queues, paused ones without jobs as well", async () => {
    await redis.add("queue", 2);
    await redis.add("queue", 1_000, { queue: "mailers" });
    await redis.adapter.store.pause("idle");

    const { lines } = await run(["queues", ...redis.url]);

    expect(lines.map((line) => line.replaceAll(/ +/g, " ").replace(/[\d.]+s/, "0s"))).toEqual([
      "QUEUE JOBS LATENCY",
      "default 2 0s",
      "idle 0 0s paused",
      "mailers 1,000 0s",
    ]);
    expect(jsonOf(await run(["queues", "--json", ...redis.url]))).toMatchObject([
      { name: "default", size: 2, paused: false },
      { name: "idle", size: 0, latency: 0, paused: true },
      { name: "mailers", size: 1_000, paused: false },
    ]);
    await redis.adapter.store.resume("idle");
  });

  it("says that there are none", async () => {
    const { exit, lines, notes } = await run(["queues", ...redis.url]);

    expect([exit, lines]).toEqual([0, []]);
    expect(notes).toEqual(["There are no queues: nothing was enqueued yet"]);
  });

  it("pauses and resumes", async () => {
    await redis.add("queue", 3, { queue: "low" });

    expect((await run(["queues", "pause", "low", "high", ...redis.url])).lines).toEqual([
      "Paused low: 3 jobs in it",
      "Paused high: 0 jobs in it",
    ]);
    expect(await redis.adapter.store.pausedQueues()).toEqual(["high", "low"]);
    expect((await run(["queues", "resume", "low", "high", "other", ...redis.url])).lines).toEqual([
      "Resumed low",
      "Resumed high",
      "other was not paused",
    ]);
    expect(await redis.adapter.store.pausedQueues()).toEqual([]);
  });

  it("clears a queue once it was told yes", async () => {
    await redis.add("queue", 3, { queue: "low" });

    const { exit, lines, questions } = await run(["queues", "clear", "low", ...redis.url], {
      answer: true,
    });

    expect(questions).toEqual(["Delete 3 jobs of queue low? This cannot be undone."]);
    expect([exit, lines]).toEqual([0, ["Deleted 3 jobs of queue low"]]);
    expect(await redis.adapter.store.size({ queue: "low" })).toBe(0);
  });

  it("does not ask where nothing is to be deleted", async () => {
    const { exit, notes, questions } = await run(["queues", "clear", "typo", ...redis.url], {
      answer: true,
    });

    expect([exit, notes, questions]).toEqual([0, ["There are no jobs in queue typo"], []]);
  });

  it("clears nothing when it was told no, or nobody can be asked", async () => {
    await redis.add("queue", 3, { queue: "low" });

    const refused = await run(["queues", "clear", "low", ...redis.url], { answer: false });
    const alone = await run(["queues", "clear", "low", ...redis.url]);

    expect([refused.exit, refused.notes]).toEqual([1, ["Nothing was done"]]);
    expect([alone.exit, alone.notes]).toEqual([
      2,
      [
        "mandate: Cannot delete 3 jobs of queue low without being asked: this is no terminal. " +
          "Add --yes if that is meant",
      ],
    ]);
    expect(await redis.adapter.store.size({ queue: "low" })).toBe(3);
    expect((await run(["queues", "clear", "low", "-y", ...redis.url])).exit).toBe(0);
  });

  it("limits, and ends limits", async () => {
    const limited = await run([
      "queues",
      "limit",
      "low",
      "-c",
      "4",
      "--rate",
      "100/1m",
      "--burst",
      "5",
      ...redis.url,
    ]);
    expect(limited.lines).toEqual(["Limited low: 4 at once, 100 in 1m"]);
    expect((await run(["queues", ...redis.url])).lines.join().replaceAll(/ +/g, " ")).toContain(
      "low 0 0s 4 at once, 100 in 1m (0 run)",
    );
    const burst = { rate: { to: 100, seconds: 60, burst: 5 } };
    expect(await redis.adapter.holds.read(["queue:low"])).toMatchObject([{ to: 4, ...burst }]);
    expect((await run(["queues", "limit", "low", "--rate", "3/s", ...redis.url])).lines).toEqual([
      "Limited low: 3 in 1.0s",
    ]);
    expect((await run(["queues", "limit", "low", "--none", ...redis.url])).lines).toEqual([
      "low has no limit",
    ]);
  });

  it.each<[readonly string[], string]>([
    [[], "Cannot limit queues: none is given. Give --concurrency, --rate or both, or --none"],
    [
      ["-c", "1", "--none"],
      "Cannot limit queues: --none and a limit were given. Give --concurrency, --rate or both, or --none",
    ],
    [
      ["-c", "0"],
      'Cannot use "0" as --concurrency: it is no whole number of at least 1. Write --concurrency 4',
    ],
    [
      ["--rate", "100"],
      'Cannot use "100" as --rate: it is no number and a time. Write --rate 100/1m',
    ],
    [
      ["--rate", "0/1m"],
      'Cannot use "0" as --rate: it is no whole number of at least 1. Write --rate 100/1m',
    ],
    [["--rate", "1/0s"], 'Cannot use "1/0s" as --rate: its time is 0. Write --rate 100/1m'],
    [
      ["-c", "1", "--burst", "2"],
      "Cannot use --burst: it belongs to a rate. Give --rate 100/1m as well",
    ],
  ])("refuses the limit %j", async (args, message) => {
    const { exit, notes } = await run(["queues", "limit", "low", ...args, ...redis.url]);

    expect([exit, notes]).toEqual([2, [`mandate: ${message}`]]);
  });

  it("shows by which limits jobs are blocked", async () => {
    const lease = await redis.lease();
    const hold = {
      key: "limit:stripe:42",
      from: "fetch",
      until: "settled",
      whenFull: "park",
    } as const;
    await redis.adapter.enqueue(
      ["a", "b", "c"].map((letter) => {
        const jid = letter.repeat(24);
        const payload = JSON.stringify({
          class: "MandateJob",
          args: ["Charge"],
          queue: "limited",
          jid,
        });
        return { jid, queue: "limited", payload, holds: [{ ...hold, to: 1 }] };
      }),
    );
    await lease.exchange([], { queues: ["limited"], limit: 2 });

    const listed = await run(["jobs", "list", "blocked", ...redis.url]);
    expect(listed.lines.map((line) => line.replaceAll(/ +/g, " "))).toEqual([
      expect.stringMatching(/^b{24} blocked .* Charge\(\)$/),
      " limit stripe:42",
      expect.stringMatching(/^c{24} blocked .* Charge\(\)$/),
      " limit stripe:42",
    ]);
    const json = jsonOf(await run(["jobs", "list", "blocked", "--json", ...redis.url]));
    expect(json[0]).toMatchObject({ place: "blocked", blockedBy: "limit stripe:42" });
    const shown = await run(["jobs", "show", "b".repeat(24), ...redis.url]);
    expect(shown.lines.map((line) => line.replaceAll(/ +/g, " "))).toContain(
      ` blocked by limit stripe:42, held by ${"a".repeat(24)}`,
    );
    expect(
      jsonOf(await run(["jobs", "show", "--json", "b".repeat(24), ...redis.url])),
    ).toMatchObject([
      {
        blockedBy: [{ reason: "limit stripe:42", key: "limit:stripe:42", holder: "a".repeat(24) }],
      },
    ]);
    const counted = (await run(["stats", ...redis.url])).lines.map((line) =>
      line.replaceAll(/ +/g, " "),
    );
    expect(counted.slice(-2)).toEqual([
      "BLOCKED BY WAITING RUNNING MOST",
      "limit stripe:42 2 1 1 at once",
    ]);
    expect(counted).toContain("blocked 2");
    const top = (await run(["top", "--once", "--interval", "0.1", ...redis.url])).lines;
    expect(top.map((line) => line.replaceAll(/ +/g, " "))).toContain(
      "limit stripe:42 2 1 1 at once",
    );
    const promoted = await run(["jobs", "promote", "b".repeat(24), ...redis.url]);
    expect(promoted.notes).toEqual([
      `Cannot promote job ${"b".repeat(24)}: it is blocked by limit stripe:42. It starts once that lets it: raise the limit, or cancel it`,
    ]);
    await lease.close();
    await redis.adapter.store.clear({ queue: "limited" });
  });
});
