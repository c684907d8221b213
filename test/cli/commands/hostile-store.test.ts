import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deadSet, errors, jobs, processes, running, scheduledSet, stats } from "mandate";
import { readStore } from "../../../src/instrumentation/store-reading.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

/** Clears the screen, forges a line, turns the direction. */
const EVIL = "a\u001B[2Jb\n12:00:00 INFO forged\r\u009B31m\u202Egpj\u2066\u0007\u0085";
const HARM = /[\p{Cc}\u2028-\u202E\u2066-\u2069]/u;

const TIMES = [1e300, -1e300, "yesterday", -5, null, {}, [1], true, 8.64e15, 1e17];

/** Records with every field wrong in some way, and texts that are none. */
const PAYLOADS = [
  ...TIMES.map((time, index) =>
    JSON.stringify({
      class: EVIL,
      args: [EVIL, { [EVIL]: EVIL }],
      jid: `${EVIL}${index}`,
      queue: EVIL,
      created_at: time,
      enqueued_at: time,
      failed_at: time,
      retried_at: time,
      started_at: time,
      retry_count: time,
      error_class: EVIL,
      error_message: index % 2 === 0 ? EVIL : time,
      error_backtrace: index % 2 === 0 ? EVIL : time,
      tags: index % 2 === 0 ? [EVIL, time] : time,
      cattr: { [EVIL]: EVIL, time },
      display_class: index % 3 === 0 ? EVIL : time,
      outcome: EVIL,
    }),
  ),
  EVIL,
  "[1,2]",
  "42",
  "null",
  "",
  '{"class":',
  "{}",
];

const NOTES = ["oops", "[]", "null", '{"done":1}', '{"done":"a","total":{},"at":1e300}', EVIL];

describe.skipIf(missing("redis"))("a store that holds garbage", () => {
  let redis: JobsInRedis;
  let client: Redis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
    client = new Redis(redis.server.url);
    await redis.lease();
    await fill(client);
  });
  afterAll(async () => {
    client?.disconnect();
    await redis?.dispose();
  });

  const commands = [
    ["stats"],
    ["top", "--once", "--interval", "0.1s"],
    ["queues"],
    ["jobs", "list", "-n", "0"],
    ["jobs", "list", "finished", "-n", "0"],
    ["jobs", "show", "good", EVIL, `${EVIL}0`, `${EVIL}1`],
    ["errors"],
    ["processes"],
    ["doctor"],
    ["queues", "pause", EVIL],
    ["queues", "resume", EVIL],
    ["queues", "clear", EVIL],
    ["queues", "clear", EVIL, "--yes"],
    ["jobs", "retry", EVIL],
    ["jobs", "kill", EVIL],
    ["jobs", "delete", EVIL],
    ["jobs", "delete", "--queue", EVIL, "--dry-run"],
    ["jobs", "cancel", EVIL],
    ["jobs", "promote", EVIL],
    ["processes", "quiet", EVIL],
    ["processes", "stop", EVIL],
    ["enqueue", EVIL, EVIL],
    ["generate", "command", EVIL],
    ["completion", EVIL],
    ["help", EVIL],
    [EVIL],
    ["worker", EVIL],
    ["stats", "--redis-url", EVIL],
  ];

  it.each(commands)("writes nothing raw: %j", async (...argv) => {
    const said = await run([...argv, ...redis.url], { answer: true, columns: 100 });

    const all = [...said.lines, ...said.notes, ...said.questions];
    expect(all.filter((line) => HARM.test(line))).toEqual([]);
  });

  it.each([["stats"], ["jobs", "list"], ["errors"], ["processes"], ["queues"], ["top", "--once"]])(
    "lets %s %s end well",
    async (...argv) => {
      const said = await run([...argv.filter(Boolean), ...redis.url]);

      expect([said.exit, said.notes]).toEqual([0, expect.not.arrayContaining([/Invalid/])]);
      expect(said.lines.join("\n")).not.toMatch(/NaN|Invalid Date|Infinity/);
    },
  );

  it.each([
    ["stats"],
    ["queues"],
    ["jobs", "list", "-n", "0"],
    ["errors"],
    ["processes"],
    ["doctor"],
  ])("writes JSON that says the same: %s", async (...argv) => {
    const said = await run([...argv, "--json", ...redis.url]);

    expect(said.lines.filter((line) => HARM.test(line))).toEqual([]);
    expect(jsonOf(said).length).toBeGreaterThan(0);
  });

  it("shows what is in order beside it", async () => {
    const { lines } = await run(["jobs", "list", "-n", "0", ...redis.url]);
    const [show] = jsonOf(await run(["jobs", "show", "good", "--json", ...redis.url]));
    const shown = jsonOf(await run(["processes", "--json", ...redis.url]));

    expect(lines.some((line) => line.startsWith("good "))).toBe(true);
    expect(show).toMatchObject({ jid: "good", place: "queue" });
    expect(shown[0]).toMatchObject({ hostname: "host", tag: "shop", concurrency: 5 });
  });

  it("costs nobody who reads from code more than a field", async () => {
    const { adapter } = redis;
    const found: unknown[] = [];
    for (const list of [deadSet(adapter), scheduledSet(adapter), jobs({}, {}, adapter)]) {
      for await (const each of list) {
        found.push(each);
      }
    }

    expect(found.length).toBeGreaterThan(3 * PAYLOADS.length);
    expect(await stats(adapter)).toMatchObject({ processed: 0, failed: 0 });
    expect((await processes(adapter)).length).toBeGreaterThan(5);
    expect((await running(adapter)).length).toBeGreaterThan(0);
    expect((await errors({}, {}, adapter)).length).toBeGreaterThan(0);
    expect((await readStore(adapter, 10)).processes).toBeGreaterThan(5);
    for (const [index] of NOTES.entries()) {
      expect(await adapter.status(`note${index}`)).toBe("finished");
      expect(await adapter.notes.readProgress([`note${index}`])).toEqual([undefined]);
    }
  });
});

async function fill(client: Redis): Promise<void> {
  const later = Date.now() / 1000 + 3_600;
  await client.sadd("queues", "default", "other", EVIL);
  await client.lpush("queue:default", '{"class":"Fine","args":[1],"jid":"good","queue":"default"}');
  await client.set("queue:other", "of another type");
  for (const [index, payload] of PAYLOADS.entries()) {
    await client.lpush(`queue:${index % 2 === 0 ? "default" : EVIL}`, payload);
    for (const set of ["schedule", "retry", "dead"]) {
      const scores = ["inf", "1e300", later];
      await client.zadd(set, scores[index % 3]!, payload);
    }
    await client.zadd("mandate:finished", index % 2 === 0 ? "inf" : 5, `f${index}`);
    await client.zadd("mandate:finished-until", "inf", `f${index}`);
    await client.hset("mandate:finished-jobs", `f${index}`, `A\ndefault\n${payload}`);
    await client.zadd("mandate:blocked", index, `b${index}`);
    await client.hset("mandate:waiting", `b${index}`, `1e300\nrelease\n${EVIL}\n${payload}`);
    await client.hset("mandate:lease:host:1:abc", `1:00${index}:1e300:${EVIL}`, payload);
  }
  await client.hset("mandate:finished-jobs", "f0", "no lines");
  await client.hset("mandate:waiting", "b1", "no lines");
  for (const [index, note] of NOTES.entries()) {
    await client.set(`mandate:progress:note${index}`, note);
    await client.zadd("mandate:leases", "+inf", `w${index}${EVIL}`, "+inf", `x${index}`);
    await client.hset(
      "mandate:workers",
      `w${index}${EVIL}`,
      note,
      `x${index}`,
      '{"queues":[1,[2]]}',
    );
    await client.sadd("processes", `s${index}`, `t${index}`);
    await client.hset(`s${index}`, { info: note, beat: "x", busy: note, rss: note });
    await client.hset(`s${index}:work`, note, note);
    await client.set(`x${index}`, "of another type");
    await client.set(`mandate:lease:x${index}`, "of another type");
  }
  await client.set("mandate:progress:good", EVIL);
  await client.mset("stat:processed", "many", "stat:failed", "1e400");
}
