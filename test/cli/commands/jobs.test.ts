import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { configure } from "mandate";
import { editPayload } from "../../../src/adapters/payload.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

describe.skipIf(missing("redis"))("mandate jobs", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
  });
  afterAll(() => redis?.dispose());
  afterEach(async () => {
    const { store } = redis.adapter;
    for (const name of await store.queueNames()) await store.clear({ queue: name });
    for (const set of ["blocked", "scheduled", "retry", "dead"] as const)
      await store.clear({ set });
  });

  describe("list", () => {
    it("shows jobs of all places, each in a line, failed ones in two", async () => {
      const [queued] = await redis.add("queue", 1, { args: ["ada@example.org", 42] });
      const [failed] = await redis.add("retry", 1, { error: "SmtpError", message: "421\nbusy" });
      const [later] = await redis.add("scheduled", 1, { command: "Later" });

      const { exit, lines } = await run(["jobs", "list", ...redis.url]);

      expect(exit).toBe(0);
      expect(lines.map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
        expect.stringMatching(`^${queued}  default  .* ago  Send\\("ada@example.org", 42\\)$`),
        expect.stringMatching(`^${failed}  retry  in .*  Send\\(\\)$`),
        "  SmtpError: 421 busy",
        expect.stringMatching(`^${later}  scheduled  in .*  Later\\(\\)$`),
      ]);
    });

    it("shows those that are selected, in the places that are named", async () => {
      await redis.add("queue", 2, { command: "Other" });
      const [queued] = await redis.add("queue", 1, { args: [{ user: "gid://app/User/1" }] });
      await redis.add("retry", 1, { args: ["gid://app/User/1"], error: "Error" });

      const args = ["queue", "-c", "Send", "--global-id", "gid://app/User/1", "--json"];
      const found = jsonOf(await run(["jobs", "list", ...args, ...redis.url]));

      expect(found).toMatchObject([
        { jid: queued, place: "queue", class: "Send", arguments: [{ user: "gid://app/User/1" }] },
      ]);
    });

    it("shows what runs, and who runs it", async () => {
      const [jid] = await redis.add("running", 1, { args: [1] });

      const found = jsonOf(await run(["jobs", "list", "running", "--json", ...redis.url]));

      expect(found).toMatchObject(
        [{ jid, place: "running", worker: /^host:\d+:abc$/ }].map((job) => ({
          ...job,
          worker: expect.stringMatching(job.worker) as string,
        })),
      );
    });

    it("tells scripts what was going on, where something was", async () => {
      const cattr = { request_id: "req-1" };
      const [first] = await redis.add("queue", 1, { context: cattr, command: "First" });
      const [second] = await redis.add("retry", 1, { command: "Second" });

      const listed = jsonOf(await run(["jobs", "list", "queue", "retry", "--json", ...redis.url]));

      expect(listed).toMatchObject([{ jid: first, context: { cattr } }, { jid: second }]);
      expect(listed[1]).not.toHaveProperty("context");
    });

    it("shows how far what runs says that it is", async () => {
      const [jid = ""] = await redis.add("running", 1);
      const said = { jid, done: 420, total: 1_000, note: "reading\tÖl", at: Date.now() / 1000 };
      await redis.adapter.notes.writeProgress([said]);

      const list = await run(["jobs", "list", "running", ...redis.url]);
      const show = await run(["jobs", "show", jid, ...redis.url]);
      const [json] = jsonOf(await run(["jobs", "list", "running", "--json", ...redis.url])).slice(
        -1,
      );

      expect(list.lines).toContain("  42%, 420 of 1,000: reading Öl");
      expect(show.lines.join("\n")).toMatch(
        /^ {2}progress {6}42%, 420 of 1,000: reading Öl \([\d.]+s ago\)$/m,
      );
      expect(json).toMatchObject({ jid, progress: { done: 420, total: 1_000 } });
    });

    it("shows the text of a payload that is no job's", async () => {
      const control = new Redis(redis.server.url);
      await control.sadd("queues", "broken");
      await control.lpush("queue:broken", "{oops \u001B[2J");
      control.disconnect();

      const { lines } = await run(["jobs", "list", "queue", ...redis.url]);

      expect(lines[0]).toMatch(/^\(no jid\) +broken +\(unreadable\) \{oops \uFFFD\[2J$/);
    });

    it("shows what is finished where that is named", async () => {
      const [jid = ""] = await redis.add("running", 1, { args: [7] });
      const lease = await redis.lease();
      const [queued = ""] = await redis.add("queue", 1, { queue: "over", args: [8] });
      const { jobs } = await lease.exchange([], { queues: ["over"], limit: 1 });
      const [job] = jobs;
      const { payload: before } = job!;
      const payload = editPayload(before, { outcome: "discarded", started_at: 1_700_000_000.5 });
      const finished = { payload, group: "Send", count: 5, seconds: 60 };
      await lease.exchange([{ job: job!, jid: queued, kind: "done", finished }]);
      await lease.close();

      const all = await run(["jobs", "list", ...redis.url]);
      const list = await run(["jobs", "list", "finished", ...redis.url]);
      const json = jsonOf(await run(["jobs", "list", "finished", "--json", ...redis.url]));
      const show = await run(["jobs", "show", queued, ...redis.url]);
      const deleted = await run(["jobs", "delete", queued, "--yes", ...redis.url]);

      expect(all.lines.join()).toContain(jid);
      expect(all.lines.join()).not.toContain(queued);
      expect(list.lines).toEqual([
        expect.stringMatching(`^${queued}  finished .* ago .*Send\\(8\\)$`),
      ]);
      expect(json).toMatchObject([{ jid: queued, place: "finished", outcome: "discarded" }]);
      expect(show.lines.join("\n")).toMatch(
        /place {9}finished, of queue over\n[\s\S]* ended [\s\S]*outcome {7}discarded\n[\s\S]* took /,
      );
      expect(deleted.lines).toEqual([`Deleted ${queued}`]);
      expect(await redis.adapter.store.size({ set: "finished" })).toBe(0);
    });

    it("shows a few of many, and says so", async () => {
      await redis.add("queue", 60);

      const few = await run(["jobs", "list", "queue", ...redis.url]);
      const all = await run(["jobs", "list", "queue", "-n", "0", ...redis.url]);

      expect([few.lines.length, few.notes]).toEqual([
        50,
        ["There are more than 50: -n 0 shows all"],
      ]);
      expect([all.lines.length, all.notes]).toEqual([60, []]);
    });

    it("keeps to the width of the terminal, whatever a job is called with", async () => {
      const args = ["x".repeat(300), "\u001B[31mred", "a\nb"];
      await redis.add("dead", 1, { args, error: "E".repeat(90), message: "m".repeat(300) });

      const { lines } = await run(["jobs", "list", "dead", ...redis.url]);

      expect(lines).toHaveLength(2);
      lines.forEach((line) => expect(line.length).toBeLessThanOrEqual(80));
      const [wide] = (await run(["jobs", "list", "dead", ...redis.url], { columns: 500 })).lines;
      expect(wide).not.toContain("\u001B");
    });

    it("says that there are none", async () => {
      expect((await run(["jobs", "list", "dead", ...redis.url])).notes).toEqual([
        "There are no such jobs",
      ]);
    });

    it.each([
      [
        ["nowhere"],
        'Cannot look into "nowhere": it is no place. Write running, queue, retry, scheduled, blocked, dead, finished',
      ],
      [
        ["-n", "some"],
        'Cannot use "some" as --limit: it is no whole number from 0 up. Write --limit 100',
      ],
      [
        ["--older-than", "1 hout"],
        'Cannot read "1 hout" as --older-than: "hout" is not a unit of time. Did you mean "1 hour"? Write a number of ' +
          'seconds, or a string such as "30s", "5 minutes", "1.5 hours", "2 days" or "1 week"',
      ],
    ])("refuses %j", async (args, message) => {
      const { exit, notes } = await run(["jobs", "list", ...args, ...redis.url]);

      expect([exit, notes]).toEqual([2, [`mandate: ${message}`]]);
    });
  });

  describe("show", () => {
    it("tells all that is known", async () => {
      const [jid = ""] = await redis.add("retry", 1, {
        args: ["ada@example.org"],
        error: "SmtpError",
        message: "421 busy",
        backtrace: ["at call (/app/send.ts:3:1)"],
        tags: ["billing", "mail"],
        context: { request_id: "req-1", user: { _aj_globalid: "gid://app/User/1" } },
      });

      const { exit, lines } = await run(["jobs", "show", jid, ...redis.url]);

      expect(exit).toBe(0);
      expect(lines[0]).toBe(`${jid}  Send("ada@example.org")`);
      expect(lines).toEqual(
        expect.arrayContaining([
          "  place         retry, of queue default",
          "  tags          billing, mail",
          '  context       request_id: "req-1", user: "gid://app/User/1"',
          "  failed        SmtpError: 421 busy",
          "  retries       0",
          "    at call (/app/send.ts:3:1)",
        ]),
      );
    });

    it("finds jobs wherever they are, and says which are nowhere", async () => {
      const [queued = ""] = await redis.add("queue", 1, { queue: "low" });
      const [running = ""] = await redis.add("running", 1);
      const [dead = ""] = await redis.add("dead", 1, { error: "Error" });

      const jids = [queued, running, dead, "nobody"];
      const said = await run(["jobs", "show", ...jids, "--json", ...redis.url]);

      expect([said.exit, said.notes]).toEqual([
        1,
        ["There is no job nobody: no jid is like that, and none of that name is remembered"],
      ]);
      expect(jsonOf(said)).toMatchObject([
        { jid: queued, place: "queue", queue: "low", record: { jid: queued } },
        { jid: running, place: "running" },
        { jid: dead, place: "dead", record: { error_class: "Error" } },
      ]);
      const text = await run(["jobs", "show", running, ...redis.url]);
      expect(text.lines.join("\n")).toContain("worker        host:");
    });

    it("says what a blocked job waits for", async () => {
      const [open = "", over = ""] = await redis.add("queue", 2);
      const jid = "b".repeat(24);
      const payload = JSON.stringify({ jid, queue: "default", prereq_jobs: [open, over] });
      await redis.adapter.enqueue([{ jid, queue: "default", payload, prereqs: [open, over] }]);
      await run(["jobs", "delete", over, "--yes", ...redis.url]);

      const { lines } = await run(["jobs", "show", jid, ...redis.url]);

      expect(lines).toContain(`  waits for     ${open}`);
      const first = await run(["jobs", "show", open, ...redis.url]);
      expect(first.lines).toContain(`  dependents    ${jid}`);
      expect(jsonOf(await run(["jobs", "show", open, jid, "--json", ...redis.url]))).toMatchObject([
        { jid: open, dependents: [jid] },
        { jid, waitsFor: [open] },
      ]);
      await redis.adapter.store.clear({ queue: "default" });
      expect((await run(["jobs", "show", jid, ...redis.url])).lines).toContain(
        "  waits for     nothing: all that it waited for is over",
      );
    });

    it("shows what is kept of a job's end", async () => {
      const lease = await redis.lease();
      const [kept = "", unkept = ""] = await redis.add("queue", 2);
      const { jobs } = await lease.exchange([], { queues: ["default"], limit: 2 });
      const texts = [{ args: [{ count: 42 }] }, { none: "too-large", why: "it has 9 bytes" }];
      await lease.exchange(
        jobs.map((job, index) => {
          const result = { text: JSON.stringify(texts[index]), seconds: 60 };
          const payload = JSON.parse(job.payload) as { readonly jid: string };
          const finished = { payload: job.payload, group: "Send", count: 10, seconds: 60 };
          return { job, jid: payload.jid, kind: "done", result, finished };
        }),
      );
      await lease.close();

      const { lines } = await run(["jobs", "show", kept, unkept, ...redis.url]);

      expect(lines).toContain('  result        {"count":42}');
      expect(lines).toContain("  result        not kept: it has 9 bytes");
      const [json] = jsonOf(await run(["jobs", "show", kept, "--json", ...redis.url]));
      expect(json).toMatchObject({ jid: kept, result: { value: { count: 42 } } });
    });

    it("folds what is long, and lets nothing move the cursor", async () => {
      const message = "the server said no ".repeat(6).trimEnd();
      const [jid = ""] = await redis.add("dead", 1, {
        command: "Send\u009B31m",
        error: "Error",
        message,
      });

      const { lines } = await run(["jobs", "show", jid, ...redis.url]);

      expect(lines[0]).toBe(`${jid}  Send\uFFFD31m()`);
      const at = lines.findIndex((line) => line.startsWith("  failed "));
      expect(lines.slice(at, at + 2)).toEqual([
        "  failed        Error: the server said no the server said no the server said no",
        "                the server said no the server said no the server said no",
      ]);
    });

    it("finds a job that Ruby put there, of which there is no index", async () => {
      const [jid = ""] = await redis.add("queue", 1, { queue: "low" });
      const client = new Redis(redis.server.url);
      await client.hdel("mandate:jobs", jid);
      client.disconnect();

      const { exit, lines } = await run(["jobs", "show", jid, ...redis.url]);

      expect([exit, lines[1]]).toEqual([0, "  place         queue low"]);
    });
  });

  describe("retry, promote, kill and delete", () => {
    it.each([
      ["retry", "retry", "Retried", "enqueued"],
      ["retry", "dead", "Retried", "enqueued"],
      ["promote", "scheduled", "Promoted", "enqueued"],
      ["kill", "queue", "Killed", "dead"],
      ["delete", "scheduled", "Deleted", "finished"],
      ["cancel", "retry", "Cancelled", "cancelled"],
    ] as const)("%s jobs by their jids: in %s", async (verb, where, done, status) => {
      const [jid = "", other = ""] = await redis.add(where, 2, { error: "Error" });

      const said = await run(["jobs", verb, jid, "nobody", "--yes", ...redis.url]);

      expect(said.lines).toEqual([`${done} ${jid}`]);
      expect(said.notes).toEqual([expect.stringContaining("There is no job nobody")]);
      expect(said.exit).toBe(1);
      expect(await redis.adapter.status(jid)).toBe(status);
      expect(await redis.adapter.status(other)).not.toBe(status === "enqueued" ? status : "");
    });

    it("retries all that fit, and tells how far it is", async () => {
      await redis.add("retry", 700, { command: "Send", error: "SmtpError" });
      await redis.add("retry", 300, { command: "Send", error: "TypeError" });

      const said = await run(["jobs", "retry", "--all", "--error", "SmtpError", ...redis.url]);

      expect([said.exit, said.lines]).toEqual([0, ["Retried 700 jobs"]]);
      expect(said.progress.at(-1)).toBe("the retry set: 1,000 of 1,000 seen, 700 found");
      expect(await redis.adapter.store.size({ set: "retry" })).toBe(300);
      expect(await redis.adapter.store.size({ queue: "default" })).toBe(700);
    });

    it("deletes all that fit from a queue, once it was told yes", async () => {
      await redis.add("queue", 7, { command: "Send" });
      await redis.add("queue", 3, { command: "Other" });
      await redis.add("queue", 2, { command: "Send", queue: "low" });

      const args = ["jobs", "delete", "queue", "--all", "-q", "default", "-c", "Send"];
      const { questions, lines } = await run([...args, ...redis.url], { answer: true });

      expect(questions).toEqual(["Delete 7 jobs of queue default? This cannot be undone."]);
      expect(lines).toEqual(["Deleted 7 jobs"]);
      expect(await redis.adapter.store.size({ queue: "default" })).toBe(3);
      expect(await redis.adapter.store.size({ queue: "low" })).toBe(2);
    });

    it("kills all of all queues", async () => {
      await redis.add("queue", 3);
      await redis.add("queue", 2, { queue: "low" });

      const { lines } = await run(["jobs", "kill", "queue", "--all", "-y", ...redis.url]);

      expect(lines).toEqual(["Killed 5 jobs"]);
      expect(await redis.adapter.store.size({ set: "dead" })).toBe(5);
    });

    it("cancels jobs that run, and says that they are told", async () => {
      const [jid = "", other = ""] = await redis.add("running", 2);

      const dry = await run(["jobs", "cancel", jid, "--dry-run", ...redis.url]);
      const said = await run(["jobs", "cancel", jid, ...redis.url], { answer: true });

      expect(dry.lines[0]).toMatch(`${jid}  running`);
      expect(said.questions).toEqual([`Cancel job ${jid}? This cannot be undone.`]);
      expect([said.exit, said.lines]).toEqual([
        0,
        [`Cancelled ${jid}, which runs: it is told to end`],
      ]);
      expect(await cancelled()).toEqual([jid]);
      expect(await redis.adapter.store.cancel(other)).toBe(true);
    });

    it("says that Ruby is not told to end a job, and leaves its jobs where all are meant", async () => {
      const [jid = ""] = await redis.add("queue", 1, { tags: ["taken"] });
      const client = new Redis(redis.server.url);
      const payload = await client.rpop("queue:default");
      await client.sadd("processes", "web:1:a");
      await client.hset("web:1:a", "info", "{}");
      const work = JSON.stringify({ queue: "default", payload, run_at: 1_700_000_000 });
      await client.hset("web:1:a:work", "thread", work);

      const tagged = ["--tag", "taken", ...redis.url];
      const listed = await run(["jobs", "list", "running", ...tagged]);
      const all = await run(["jobs", "cancel", "running", "--all", "--yes", ...tagged]);
      const told = await cancelled();
      const one = await run(["jobs", "cancel", jid, "--yes", ...redis.url]);
      await client.del("web:1:a", "web:1:a:work", "processes");
      client.disconnect();

      expect(listed.lines[0]).toContain(`${jid}  running`);
      expect(all.exit).toBe(0);
      expect(told).not.toContain(jid);
      expect(one.lines).toEqual([
        `Cancelled ${jid}, which Ruby runs: it is not told, and does not run again here`,
      ]);
      expect(await cancelled()).toContain(jid);
    });

    it("cancels all that fit, whether they wait or run", async () => {
      await redis.add("queue", 3, { tags: ["spring"] });
      await redis.add("queue", 2);
      const running = await redis.add("running", 2, { tags: ["spring"] });

      const args = ["jobs", "cancel", "queue", "running", "--all", "--tag", "spring"];
      const dry = await run([...args, "--dry-run", ...redis.url]);
      const said = await run([...args, "--yes", ...redis.url]);

      expect(dry.lines).toEqual(["Would cancel 5 jobs of queue default, what runs"]);
      expect([said.exit, said.lines]).toEqual([0, ["Cancelled 5 jobs"]]);
      expect(said.progress.at(-1)).toBe("what runs: 2 of 2 seen, 5 found");
      expect(await redis.adapter.store.size({ queue: "default" })).toBe(2);
      expect(await cancelled()).toEqual(expect.arrayContaining(running));
    });

    /** Jids of jobs that run and are told to end. */
    async function cancelled(): Promise<readonly string[]> {
      const client = new Redis(redis.server.url);
      const jids = await client.zrange("mandate:cancelled", "0", "-1");
      client.disconnect();
      return jids;
    }

    it("does nothing when told no, and nothing where nothing fits", async () => {
      const [jid = ""] = await redis.add("scheduled", 2);

      const refused = await run(["jobs", "delete", "scheduled", "--all", ...redis.url], {
        answer: false,
      });
      const one = await run(["jobs", "delete", jid, ...redis.url], { answer: false });
      const none = await run(["jobs", "delete", "dead", "--all", ...redis.url], { answer: true });

      expect([refused.exit, refused.notes]).toEqual([1, ["Nothing was done"]]);
      expect([one.exit, one.questions]).toEqual([1, [`Delete job ${jid}? This cannot be undone.`]]);
      expect([none.exit, none.notes]).toEqual([0, ["There are no such jobs"]]);
      expect(await redis.adapter.store.size({ set: "scheduled" })).toBe(2);
    });

    it("says on a dry run what it would do", async () => {
      const [jid = ""] = await redis.add("retry", 5, { error: "Error" });

      const all = await run(["jobs", "delete", "retry", "--all", "--dry-run", ...redis.url]);
      const one = await run(["jobs", "retry", jid, "--dry-run", ...redis.url]);

      expect(all.lines).toEqual(["Would delete 5 jobs of the retry set"]);
      expect(one.lines[0]).toMatch(`${jid}  retry`);
      expect(await redis.adapter.store.size({ set: "retry" })).toBe(5);
    });

    it("leaves the others as they are when it is interrupted, and says how far it got", async () => {
      await redis.add("retry", 1_300, { error: "Error" });

      const said = await run(["jobs", "retry", "--all", ...redis.url], {
        interruptAt: /[1-9]\d* found/,
      });

      const moved = await redis.adapter.store.size({ queue: "default" });
      expect(said.exit).toBe(130);
      expect(said.notes).toEqual([
        `Retried ${moved} jobs so far; the others are as they were`,
        "Interrupted",
      ]);
      expect(moved).toBeGreaterThan(0);
      expect(await redis.adapter.store.size({ set: "retry" })).toBe(1_300 - moved);
    });

    it("keep as many dead jobs as a Sidekiq file says", async () => {
      const folder = mkdtempSync(join(tmpdir(), "mandate-sidekiq-"));
      onTestFinished(() => {
        rmSync(folder, { recursive: true });
        configure({ deadMaxJobs: 10_000 });
      });
      const file = join(folder, "sidekiq.yml");
      writeFileSync(file, ":dead_max_jobs: 2\n");
      const jids = await redis.add("queue", 3);

      const said = await run(["jobs", "kill", ...jids, "-y", "-C", file, ...redis.url]);

      expect(said.exit).toBe(0);
      expect(await redis.adapter.store.size({ set: "dead" })).toBe(2);
    });

    it.each([
      ["retry", "scheduled", "What waits is run now by jobs promote"],
      ["promote", "dead", "What failed is run again by jobs retry"],
      ["delete", "running", "A worker holds it: cancel it, or wait"],
      ["kill", "dead", "See mandate jobs kill --help"],
      ["promote", "queue", "See mandate jobs promote --help"],
      ["delete", "finished", undefined],
    ] as const)(
      "say where a job is to which they cannot be done: %s, in %s",
      async (verb, where, advice) => {
        const [jid = ""] = where === "finished" ? [] : await redis.add(where, 1);

        const { exit, lines, notes } = await run([
          "jobs",
          verb,
          jid || "nobody",
          "-y",
          ...redis.url,
        ]);

        expect([exit, lines]).toEqual([1, []]);
        expect(notes).toEqual([
          advice === undefined
            ? "There is no job nobody"
            : `Cannot ${verb} job ${jid}: its place is ${where}. ${advice}`,
        ]);
      },
    );

    it.each([
      [
        "retry",
        [],
        "Cannot retry jobs: none are named. Give jids, or --all with what selects them",
      ],
      [
        "retry",
        ["-c", "Send"],
        "Cannot retry jobs: options select some, and --all is missing. Add --all",
      ],
      ["retry", ["abc", "--all"], "Cannot retry jobs: jids and --all were given. Give one of them"],
      [
        "retry",
        ["scheduled", "--all"],
        "Cannot retry jobs in scheduled: that is for retry, dead, finished. What waits is run now by jobs promote",
      ],
      [
        "promote",
        ["retry", "--all"],
        "Cannot promote jobs in retry: that is for scheduled, blocked. What failed is run again by jobs retry",
      ],
      [
        "cancel",
        ["dead", "--all"],
        "Cannot cancel jobs in dead: that is for running, queue, retry, scheduled, blocked. " +
          "See mandate jobs cancel --help",
      ],
      [
        "delete",
        ["--all"],
        "Cannot delete jobs: --all needs a place. Write one of queue, retry, scheduled, blocked, dead, finished",
      ],
      [
        "kill",
        ["running", "--all"],
        "Cannot kill jobs that run: a worker holds them. Cancel them, or wait",
      ],
      [
        "delete",
        ["dead", "--all"],
        "Cannot delete jobs without being asked: this is no terminal. Add --yes if that is meant",
      ],
      [
        "delete",
        ["abc"],
        "Cannot delete job abc without being asked: this is no terminal. Add --yes if that is meant",
      ],
    ])("refuses jobs %s %j", async (verb, args, message) => {
      const { exit, notes } = await run(["jobs", verb, ...args, ...redis.url]);

      expect([exit, notes]).toEqual([2, [`mandate: ${message}`]]);
    });
  });
});
