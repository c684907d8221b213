import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, configure } from "mandate";
import { PostgresAdapter } from "mandate/postgres";
import { SqliteAdapter } from "mandate/sqlite";
import { Worker } from "mandate/worker";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { silentLogger } from "../../../src/support/logger.ts";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { Greet } from "../programs/commands.ts";
import { commands, RunningProgram } from "../running-program.ts";
import { jsonOf, run } from "./recording-terminal.ts";

class Charge extends Command.initializeWith((id: number) => ({ id })) {
  static {
    this.queueAs("money");
  }

  call(): void {
    if (this.id < 10) throw new TypeError(`Card ${this.id} was refused`);
  }
}

class Sync extends Command.initializeWith((id: number) => ({ id })) {
  static {
    this.unique({ ttl: "1 hour" });
  }

  call(): void {}
}

interface Store {
  readonly url: string;
  readonly adapter: SqliteAdapter | PostgresAdapter;
  readonly dispose: () => Promise<void>;
}

async function onSqlite(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "mandate-"));
  const url = `sqlite:${join(folder, "jobs.db")}`;
  const adapter = new SqliteAdapter({ file: url });
  const dispose = async (): Promise<void> => {
    await adapter.close();
    rmSync(folder, { recursive: true });
  };
  return { url, adapter, dispose };
}

async function onPostgres(): Promise<Store> {
  const server = await PostgresServer.start();
  const adapter = new PostgresAdapter({ connectionString: server.url, logger: silentLogger });
  const dispose = async (): Promise<void> => {
    await adapter.close();
    await server.dispose();
  };
  return { url: server.url, adapter, dispose };
}

/** Two wait, one is due in an hour, one failed and one is dead; one job holds a key. */
async function fill(store: Store): Promise<Readonly<Record<string, string>>> {
  configure({ adapter: store.adapter, logger: silentLogger });
  const retry = await Charge.defer(1);
  const dead = await Charge.set({ queue: "doomed" }).defer(2);
  const worker = new Worker({ queues: ["money", "doomed"], concurrency: 2 });
  await worker.start();
  await vi.waitFor(async () => expect((await store.adapter.store.counters()).failed).toBe(2));
  await worker.stop();
  await run(["jobs", "kill", dead.id, "--yes", "--url", store.url]);
  const waiting = await Charge.defer(10);
  await Charge.defer(11);
  const scheduled = await Charge.set({ wait: "1 hour" }).defer(12);
  const unique = await Sync.defer(7);
  const jids = { retry, dead, waiting, scheduled, unique };
  return Object.fromEntries(Object.entries(jids).map(([name, { id }]) => [name, id]));
}

describe.each([
  ["SQLite", false, onSqlite],
  ["Postgres", missing("postgres"), onPostgres],
] as const)("the program, told of %s by --url,", (_name, isMissing, open) => {
  describe.skipIf(isMissing)("does what it does on Redis:", () => {
    let store: Store;
    let jids: Readonly<Record<string, string>>;

    beforeAll(async () => {
      store = await open();
      jids = await fill(store);
    });
    afterAll(() => store?.dispose());

    const told = (...argv: readonly string[]): ReturnType<typeof run> =>
      run([...argv, "--url", store.url]);
    const lines = async (...argv: readonly string[]): Promise<readonly string[]> => {
      const said = await told(...argv);
      expect([said.exit, ...said.notes.filter((note) => note.startsWith("mandate:"))]).toEqual([0]);
      return said.lines;
    };
    const placeOf = async (jid: string | undefined): Promise<unknown> =>
      jsonOf(await told("jobs", "show", jid ?? "", "--json"))[0];

    it("counts", async () => {
      const [counts] = jsonOf(await told("stats", "--json"));

      expect(counts).toMatchObject({ processed: 2, failed: 2, enqueued: 3, scheduled: 1, dead: 1 });
    });

    it("lists queues, jobs, errors, keys and processes", async () => {
      expect((await lines("queues")).join("\n")).toMatch(/^QUEUE.*\ndefault +1 .*\nmoney +2 /s);
      expect((await lines("queues", "show", "money")).join("\n")).toContain(
        "2 jobs, the next has waited",
      );
      expect((await lines("jobs", "list", "--command", "Charge")).length).toBeGreaterThan(4);
      expect((await lines("errors")).join("\n")).toMatch(
        /Charge +TypeError[^]* 1 in retry, 1 dead/,
      );
      expect((await lines("locks", "list")).join("\n")).toContain(`unique:Sync:7`);
      expect((await told("processes")).notes.join("\n")).toContain("No worker process is alive");
      expect((await lines("jobs", "show", jids["dead"] ?? "")).join("\n")).toContain("Card 2");
    });

    it("changes jobs", async () => {
      await lines("jobs", "retry", jids["dead"] ?? "", "--yes");
      await lines("jobs", "promote", jids["scheduled"] ?? "", "--yes");
      await lines("jobs", "kill", jids["retry"] ?? "", "--yes");
      await lines("jobs", "delete", jids["waiting"] ?? "", "--yes");
      await lines("jobs", "cancel", jids["unique"] ?? "", "--yes");

      expect(await placeOf(jids["dead"])).toMatchObject({ place: "queue" });
      expect(await placeOf(jids["scheduled"])).toMatchObject({ place: "queue" });
      expect(await placeOf(jids["retry"])).toMatchObject({ place: "dead" });
      expect((await told("jobs", "show", jids["waiting"] ?? "")).exit).toBe(1);
      expect((await told("locks", "list")).notes).toEqual(["No unique job holds a key"]);
    });

    it("pauses, limits and clears queues", async () => {
      await lines("queues", "pause", "money");
      await lines("queues", "limit", "money", "--concurrency", "3");
      expect((await lines("queues", "show", "money")).join("\n")).toMatch(/paused/i);
      await lines("queues", "resume", "money");
      await lines("queues", "limit", "money", "--none");
      await lines("queues", "clear", "money", "--yes");

      expect(await store.adapter.store.size({ queue: "money" })).toBe(0);
    });

    it("works jobs off", async () => {
      // It knows no Charge: one that it fetched would come back at a time of its own.
      const options = ["-r", commands, "-q", "default", "--url", store.url];
      const worker = new RunningProgram(["worker", ...options]);
      const banner = await worker.line(/^mandate /);
      await Greet.defer("SQL");

      await worker.line(/^Hello SQL/);
      worker.signal("SIGTERM");

      expect(await worker.exit).toBe(0);
      expect(banner).toMatchObject({
        store: store.adapter.name,
        url: store.url.replace("postgres@", ""),
      });
    });

    it("looks for what is wrong", async () => {
      const { exit, lines: findings } = await told("doctor");

      expect([exit, findings.join("\n")]).toEqual([1, expect.stringMatching(/WRONG +workers/)]);
    });

    it("moves all jobs to another store", async () => {
      const folder = mkdtempSync(join(tmpdir(), "mandate-"));
      const url = `sqlite:${join(folder, "other.db")}`;
      await Charge.defer(20);
      await Charge.set({ wait: "1 hour" }).defer(21);
      const before = jsonOf(await told("stats", "--json"))[0] as Record<string, number>;

      const { exit, lines: said } = await run(["move", "--from", store.url, "--to", url]);
      const after = jsonOf(await run(["stats", "--json", "--url", url]))[0];

      const { enqueued = 0, scheduled = 0, retry = 0, dead = 0 } = before;
      expect(enqueued).toBeGreaterThan(0);
      expect([exit, ...said]).toEqual([0, `Moved ${enqueued + scheduled + retry + dead} jobs`]);
      expect(scheduled).toBeGreaterThan(0);
      expect(after).toMatchObject({ enqueued, scheduled, retry, dead });
      expect(jsonOf(await told("stats", "--json"))[0]).toMatchObject({ enqueued: 0, dead: 0 });
      rmSync(folder, { recursive: true });
    });
  });
});

it("looks at no file that is not there, and makes none", async () => {
  const missingFile = { stats: ["stats", "--url"], move: ["move", "--to", "redis://h", "--from"] };
  for (const argv of Object.values(missingFile)) {
    const { exit, notes } = await run([...argv, "sqlite:/nowhere/jobs.db"]);

    expect([exit, ...notes]).toEqual([
      2,
      expect.stringMatching(/names: there is no file \/nowhere\/jobs\.db\. A worker makes it/),
    ]);
  }
});
