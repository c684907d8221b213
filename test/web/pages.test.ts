import { gzipSync } from "node:zlib";
import { Batch, Command, deadSet, jobById, queue, retrySet, scheduledSet, snapshot } from "mandate";
import { Worker } from "mandate/worker";
import { expect, it, onTestFinished, vi } from "vitest";
import { onEachStore, type TestedStore } from "../inspection/on-each-store.ts";
import { onPostgres, onSqlite } from "./on-sql-stores.ts";
import { Visitor } from "./visitor.ts";

class SendInvoice extends Command.initializeWith((order: number) => ({ order })) {
  static {
    this.queueAs("invoices");
    this.tags("billing");
    this.retryIn(() => 3_600);
  }

  call(): void {
    throw new RangeError(`no order ${this.order}`);
  }
}

class Sync extends Command.initializeWith((account: string) => ({ account })) {
  static {
    this.unique();
    this.recurring("every day at 8am", { key: "nightly", args: ["all"] });
  }

  call(): void {}
}

async function work(): Promise<void> {
  const worker = new Worker({ queues: ["invoices", "default"], concurrency: 2 });
  await worker.start();
  await vi.waitUntil(async () => {
    const { queues, running } = await snapshot();
    return running.length === 0 && queues.every(({ size }) => size === 0);
  });
  await worker.stop();
}

function tests(store: TestedStore): void {
  const PAGES = [
    "/",
    "/queues",
    "/queues/q?name=invoices",
    "/jobs",
    "/jobs?place=retry",
    "/jobs?q=command:SendInvoice",
    "/errors",
    "/commands",
    "/processes",
    "/recurring",
    "/batches",
    "/limits",
    "/health",
    "/profiles",
    "/audit",
    "/help",
  ];

  it("has each page, empty and with jobs, as HTML and as JSON", async () => {
    const visitor = new Visitor();
    for (const path of PAGES.filter((each) => !each.includes("queues/q"))) {
      expect([path, (await visitor.get(path)).status]).toEqual([path, 200]);
    }
    await SendInvoice.defer(1);
    await Batch.create({ description: "Import" }, async () => void (await Sync.defer("a")));
    await Sync.defer("b", { wait: "1 hour" });
    await work();
    await SendInvoice.defer(2);

    for (const path of PAGES) {
      const page = await visitor.get(path);
      expect([path, page.status, page.text.startsWith("<!doctype html>")]).toEqual([
        path,
        200,
        true,
      ]);
      expect(await visitor.json(path)).toEqual(expect.any(Object));
    }
  });

  it("gives each profile as a file, by a name that is one", async () => {
    const visitor = new Visitor();
    const name = 'slow "import"/../x';
    const recorded = { className: "Import", startedAt: 1_800_000_000, seconds: 2 };
    await store.adapter.notes.writeProfile({
      ...recorded,
      name,
      jid: "4f1d",
      format: "cpuprofile",
      data: gzipSync('{"nodes":[1]}'),
    });
    const { text: list } = await visitor.get("/profiles");
    const [, link = ""] = /href="(\/profiles\/p[^"]+)"/.exec(list) ?? [];
    const { status, text, headers } = await visitor.get(link.replaceAll("&amp;", "&"));

    expect([status, text]).toEqual([200, '{"nodes":[1]}']);
    expect(headers.get("content-disposition")).toBe(
      'attachment; filename="slow_import_.._x-4f1d.cpuprofile"',
    );
    expect((await visitor.get("/profiles/p?key=none")).status).toBe(404);
  });

  it("says it in other words, where it is given these", async () => {
    const messages = { Overview: "Überblick", "{time} ago": "vor {time}" };
    const { text } = await new Visitor({ messages, language: "de" }).get("/");

    expect(text).toContain('<html lang="de"');
    expect(text).toContain("<h1>Überblick</h1>");
  });

  it("shows what failed, and does to it what is asked", async () => {
    const visitor = new Visitor();
    const jobs = [
      await SendInvoice.defer(1),
      await SendInvoice.defer(2),
      await SendInvoice.defer(3),
    ];
    await work();
    const [first, second, third] = jobs.map(({ id }) => id) as [string, string, string];

    expect((await visitor.get("/errors")).text).toContain("RangeError");
    const page = await visitor.get(`/jobs/j?jid=${first}`);
    expect(page.text).toContain("no order 1");
    expect(page.text).toContain("/jobs?q=tag%3Abilling");

    expect(await visitor.done("/jobs", { action: "kill", jid: first })).toBe(
      "Jobs moved to the dead: 1.",
    );
    expect(await visitor.done("/jobs", { action: "retry", jid: [second, first] })).toBe(
      "Jobs put on their queues: 2.",
    );
    expect(await queue("invoices").size()).toBe(2);
    expect(await visitor.done("/jobs", { action: "retry", jid: first })).toBe(
      "Nothing was done: the job is queue now.",
    );
    expect(await visitor.done("/jobs", { all: "delete", place: "retry" })).toBe("Jobs deleted: 1.");
    expect(await visitor.done("/jobs", { action: "cancel", jid: [first, second] })).toBe(
      "Jobs cancelled: 2.",
    );
    expect(await visitor.done("/jobs", { action: "retry", jid: third })).toBe(
      "Nothing was done: the job is gone.",
    );
    expect([await retrySet().size(), await deadSet().size()]).toEqual([0, 0]);
  });

  it("promotes, pauses, clears, and asks before it deletes", async () => {
    const visitor = new Visitor();
    const job = await SendInvoice.defer(1, { wait: "1 hour" });

    expect(await visitor.done("/jobs", { action: "promote", jid: job.id })).toBe(
      "Jobs put on their queues: 1.",
    );
    expect(await scheduledSet().size()).toBe(0);
    expect(await visitor.done("/queues", { action: "pause", name: "invoices" })).toBe(
      "Queue invoices is paused.",
    );
    expect(await queue("invoices").isPaused()).toBe(true);
    expect(await visitor.done("/queues", { action: "resume", name: "invoices" })).toBe(
      "Queue invoices goes on.",
    );

    const asked = await visitor.post("/jobs", { action: "delete", jid: job.id, confirmed: "" });
    expect([asked.status, asked.text.includes("Delete 1 jobs for good?")]).toEqual([200, true]);
    const untyped = await visitor.post("/queues", { action: "clear", name: "invoices" });
    expect(untyped.text).toContain("Type invoices to confirm");
    expect(await queue("invoices").size()).toBe(1);
    expect(
      await visitor.done("/queues", { action: "clear", name: "invoices", typed: "invoices" }),
    ).toBe("Jobs deleted: 1.");
  });

  it("quiets and stops processes", async () => {
    const visitor = new Visitor();
    const worker = new Worker({ queues: ["default"], concurrency: 1 });
    await worker.start();
    onTestFinished(() => worker.stop());
    const { processes } = await visitor.json<{ processes: { identity: string }[] }>("/processes");
    const { identity = "" } = processes[0] ?? {};

    expect(await visitor.done("/processes", { action: "quiet", identity })).toBe(
      "Processes told: 1.",
    );
    expect(await visitor.done("/processes", { action: "stop", identity: "nobody" })).toBe(
      "No process took the signal.",
    );
  });

  it("runs, pauses and resumes what recurs", async () => {
    const visitor = new Visitor();
    const worker = new Worker({ queues: ["other"], concurrency: 1 });
    await worker.start();
    onTestFinished(() => worker.stop());

    await expect.poll(async () => (await visitor.get("/recurring")).text).toContain("nightly");
    expect(await visitor.done("/recurring", { action: "run", key: "nightly" })).toBe(
      "nightly was enqueued.",
    );
    expect(await visitor.done("/recurring", { action: "pause", key: "nightly" })).toBe(
      "nightly is paused.",
    );
    expect((await visitor.get("/recurring/r?key=nightly")).text).toContain("paused");
    expect(await visitor.done("/recurring", { action: "resume", key: "nightly" })).toBe(
      "nightly goes on.",
    );
    expect((await visitor.get("/recurring/r?key=none")).status).toBe(404);
  });

  it("releases locks, and cancels and retries batches", async () => {
    const visitor = new Visitor();
    const job = await Sync.defer("a");
    const { locks } = await visitor.json<{ locks: { key: string }[] }>("/limits");
    const { key = "" } = locks[0] ?? {};
    const batch = await Batch.create({ description: "Import" }, async () => {
      await SendInvoice.defer(1);
      await SendInvoice.defer(2, { prereqJobs: [job] });
    });

    expect(await visitor.done("/limits", { action: "release", key, typed: key })).toBe(
      "It is free.",
    );
    expect((await visitor.get(`/batches/b?id=${batch.id}`)).text).toContain(
      'class="node enqueued"',
    );
    expect(await visitor.done("/batches", { action: "retry", id: batch.id })).toBe(
      "Jobs put on their queues: 0.",
    );
    expect(await visitor.done("/batches", { action: "cancel", id: batch.id })).toBe(
      "The batch is cancelled.",
    );
    expect((await batch.status()).cancelledAt).toBeInstanceOf(Date);
    expect((await visitor.get("/batches/b?id=none")).status).toBe(404);
    expect(await jobById(job.id).status()).toBe("enqueued");
  });
}

onEachStore("the dashboard", tests);
onSqlite("the dashboard", tests);
onPostgres("the dashboard", tests);
