import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdapterError } from "mandate";
import { SqliteAdapter, type SqliteOptions } from "mandate/sqlite";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { done, jid, namesOf, payloadOf } from "../../../src/adapter-contract/jobs.ts";
import type { Entry, FetchedJob, LeaseOptions } from "../../../src/adapters/adapter.ts";
import { findDriver } from "../../../src/adapters/sqlite/driver/open-driver.ts";
import { assertLocalFile } from "../../../src/adapters/sqlite/driver/local-file.ts";

const HAS_NODE_SQLITE = process.getBuiltinModule("node:sqlite") !== undefined;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "mandate-sqlite-"));
  file = join(folder, "jobs.db");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function open(options: Partial<SqliteOptions> = {}): SqliteAdapter {
  const adapter = new SqliteAdapter({ file, ...options });
  onTestFinished(() => adapter.close());
  return adapter;
}

function entryOf(name: string, more: Partial<Entry> = {}): Entry {
  return { jid: jid(name), queue: "default", payload: payloadOf(name), ...more };
}

function leaseOptions(more: Partial<LeaseOptions> = {}): LeaseOptions {
  return {
    identity: `host:1:${Math.random()}`,
    ttl: 60,
    info: { hostname: "host", pid: 1, tag: "", startedAt: 0, concurrency: 1, queues: [["*", 1]] },
    state: () => ({ quiet: false, busy: 0 }),
    onWork: () => {},
    onDue: () => {},
    ...more,
  };
}

/** By which a file is known as one of this library. */
const APPLICATION = 0x6d6e6474;

describe("a file that is damaged", () => {
  const damage = (...statements: readonly string[]): void => {
    const driver = findDriver(undefined)(file);
    for (const statement of statements) driver.exec(statement);
    driver.close();
  };

  it("is said to be so by what needs what is missing, and nothing is half done", async () => {
    const adapter = open();
    await adapter.enqueue([entryOf("before")]);
    damage("DROP TABLE document");

    await expect(adapter.documents.write({ name: "a", text: "", version: "any" })).rejects.toThrow(
      /no such table/,
    );
    damage("DROP TABLE job");
    const many = Array.from({ length: 1_001 }, (_, index) => entryOf(`many ${index}`));
    await expect(adapter.enqueue(many)).rejects.toThrow(/no such table/);
  });

  it("is left as it was where its tables cannot be made", async () => {
    damage("CREATE TABLE lease (mine int)", `PRAGMA application_id = ${APPLICATION}`);
    const adapter = open();

    await expect(adapter.enqueue([entryOf("one")])).rejects.toThrow(/already exists/);
  });
});

describe("a file of jobs", () => {
  it("keeps them when all that had it open are gone", async () => {
    const first = new SqliteAdapter({ file });
    await first.enqueue([entryOf("a")]);
    await first.close();

    const lease = await open().lease(leaseOptions());
    const { jobs } = await lease.exchange([], { queues: undefined, limit: 10 });

    expect(namesOf(jobs)).toEqual(["a"]);
    await lease.exchange(jobs.map((job) => done(job)));
    await lease.close();
  });

  it("is named by a URL, too", async () => {
    await open({ file: `sqlite://${file}` }).enqueue([entryOf("a")]);

    expect(existsSync(file)).toBe(true);
    expect(await open({ file: `sqlite:${file}` }).store.size({ queue: "default" })).toBe(1);
  });

  it("is refused where it is another program's", async () => {
    const other = findDriver(undefined)(file);
    other.exec("CREATE TABLE users (id INTEGER)");
    other.close();

    await expect(open().enqueue([entryOf("a")])).rejects.toThrow(
      `Cannot keep jobs in "${file}": it is the database of another program. Name a file of its own, which is made then`,
    );
  });

  it("is refused where a newer version made its tables", async () => {
    await open().enqueue([entryOf("a")]);
    const newer = findDriver(undefined)(file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();

    await expect(open().status(jid("a"))).rejects.toThrow(
      `Cannot keep jobs in "${file}": its tables are of version 99, and this release of mandate knows 1. Install the newer release here, too`,
    );
  });

  it("is told of where it is no database, or cannot be made", async () => {
    writeFileSync(file, "This is a text, and no database at all. ".repeat(50));

    await expect(open().enqueue([entryOf("a")])).rejects.toThrow(AdapterError);
    await expect(open({ file: join(folder, "nowhere", "jobs.db") }).store.now()).rejects.toThrow(
      AdapterError,
    );
  });

  it("is written by one at a time: others wait, and give up when their time is over", async () => {
    const adapter = open();
    await adapter.enqueue([entryOf("a")]);
    const other = findDriver(undefined)(file);
    other.exec("BEGIN IMMEDIATE");

    await expect(adapter.enqueue([entryOf("b")], 0.05)).rejects.toThrow(
      /^Cannot write the file of jobs: database is locked/,
    );
    const waiting = adapter.enqueue([entryOf("c")]);
    other.exec("COMMIT");
    other.close();
    await waiting;

    expect(await adapter.store.size({ queue: "default" })).toBe(2);
  });

  it("accepts nothing after it was closed", async () => {
    const adapter = open();
    await adapter.enqueue([entryOf("a")]);
    await adapter.close();
    await adapter.close();

    await expect(adapter.enqueue([entryOf("b")])).rejects.toThrow(
      "Cannot use this SQLite adapter: it is closed. Make a new one",
    );
  });

  it("does all that is asked for in one turn, and what fails of it alone", async () => {
    const adapter = open();
    const malformed = { ...entryOf("b"), payload: {} as string };

    const answers = await Promise.allSettled([
      adapter.enqueue([entryOf("a")]),
      adapter.enqueue([malformed]),
      adapter.enqueue([entryOf("c")]),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await adapter.store.size({ queue: "default" })).toBe(2);
  });

  it("tells operators what it is", async () => {
    const adapter = open();

    expect(await adapter.store.facts()).toMatchObject({
      journal_mode: "wal",
      user_version: "1",
      file,
    });
    expect(await adapter.store.findings()).toEqual([
      { check: "file", level: "ok", found: expect.stringContaining(file) as string },
    ]);
  });
});

describe("options", () => {
  it.each<[object, string]>([
    [
      {},
      'Cannot make a SqliteAdapter: file must be the path of a file, found undefined. Give it as { file: "jobs.db" }',
    ],
    [{ file: "a", url: "b" }, 'Cannot make a SqliteAdapter: there is no option "url".'],
    [
      { file: "a", synchronous: "off" },
      'Cannot use "synchronous" of SqliteAdapter: expected "full" or "normal", found off',
    ],
    [
      { file: "a", driver: "sqlite3" },
      'Cannot use "driver" of SqliteAdapter: expected "node:sqlite" or "better-sqlite3", found sqlite3',
    ],
  ])("are checked: %j", (options, message) => {
    expect(() => new SqliteAdapter(options as SqliteOptions)).toThrow(message);
  });

  it("take no file that is none, or lies on another machine", async () => {
    await expect(open({ file: ":memory:" }).enqueue([entryOf("a")])).rejects.toThrow(
      'Cannot keep jobs in ":memory:": that is no file, and several processes cannot share it',
    );
    expect(() => assertLocalFile("/mnt/jobs.db", () => 0x6969)).toThrow(
      'Cannot keep jobs in "/mnt/jobs.db": it lies on a network file system (NFS), and SQLite needs memory ' +
        "that all of its processes share. Put it on a disk of this machine, or use Redis or Postgres for several machines",
    );
  });
});

describe("a driver", () => {
  const none = {
    builtIn: () => undefined,
    installed: () => createRequire(import.meta.url)("no-such-package") as unknown,
  };

  it("is Node's own where there is one, and else has to be installed", () => {
    expect(() => findDriver(undefined, none)).toThrow(
      /^Cannot load the package "better-sqlite3", which opens SQLite files on Node [\d.]+: .*no-such-package/s,
    );
    expect(() => findDriver("node:sqlite", none)).toThrow(
      `Cannot use node:sqlite: Node ${process.versions.node} has none. Use Node 22.13 or newer, or better-sqlite3`,
    );
  });

  it.skipIf(!HAS_NODE_SQLITE)("of Node's is loaded without a warning", async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));

    await open({ driver: "node:sqlite" }).enqueue([entryOf("a")]);

    expect(warnings).toEqual([]);
  });
});

describe("two processes", () => {
  const env = { PATH: process.env["PATH"], MANDATE_LOG_LEVEL: "warn" };
  const program = new URL("../programs/sqlite-worker.ts", import.meta.url).pathname;

  async function start(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      env: { ...env, MANDATE_URL: `sqlite:${file}` },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child, "message");
    return child;
  }

  it("share jobs, which outlive either of them", { timeout: 60_000 }, async () => {
    const adapter = open();
    const first = await start();
    await adapter.enqueue([noteOf("a", "hang")]);
    await once(first, "message");
    first.kill("SIGKILL");
    await once(first, "exit");
    await adapter.enqueue([noteOf("b", "run")]);

    const second = await start();
    const ran: unknown[] = [];
    second.on("message", (name) => ran.push(name));

    await expect.poll(() => ran, { timeout: 30_000 }).toContain("b");
    await expect.poll(() => ran, { timeout: 30_000 }).toContain("a");
    await expect.poll(() => adapter.status(jid("a"))).toBe("finished");
  });

  it("wake each other, when a job comes and when it leaves something", async () => {
    const adapter = open();
    const child = await start();
    const heard = once(child, "message");
    const end = new Promise<void>((resolve) => {
      adapter.notes.listen(jid("a"), resolve);
    });

    await adapter.enqueue([noteOf("a", "keep")]);

    expect(await heard).toEqual(["a", undefined]);
    await end;
    const [ended] = await adapter.notes.readEnds([jid("a")]);
    expect(ended?.left).toContain("kept");
  });

  function noteOf(name: string, how: "hang" | "run" | "keep"): Entry {
    const record = {
      class: "MandateJob",
      args: ["Note", name, how],
      queue: "default",
      jid: jid(name),
    };
    return entryOf(name, { payload: JSON.stringify({ ...record, retry: true, created_at: 1.5 }) });
  }
});

describe("a lease", () => {
  it("has run out once others say so, whatever its clock says", async () => {
    let now = 1_000;
    const clock = { now: () => now };
    const adapter = open({ clock });
    const lease = await adapter.lease(leaseOptions({ ttl: 5 }));
    now += 6;
    await expect(lease.renew()).rejects.toThrow(/its lease has ended/);
    now -= 6;

    await expect(lease.renew()).rejects.toThrow(/its lease has ended/);
    await expect(adapter.lease(leaseOptions({ ttl: 0 }))).rejects.toThrow(
      new RangeError("Cannot lease jobs for 0 seconds: expected a ttl above 0"),
    );
    await expect(lease.exchange([], { queues: undefined, limit: 0 })).rejects.toThrow(RangeError);
  });

  it("hands out nothing twice to eight that ask at once", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `job${index}`);
    await open().enqueue(names.map((name) => entryOf(name)));
    const leases = await Promise.all(Array.from({ length: 8 }, () => open().lease(leaseOptions())));

    const fetched: FetchedJob[] = [];
    await Promise.all(
      leases.map(async (lease) => {
        for (;;) {
          const { jobs } = await lease.exchange([], { queues: undefined, limit: 5 });
          fetched.push(...jobs);
          if (jobs.length === 0) return;
        }
      }),
    );

    expect(namesOf(fetched).toSorted()).toEqual(names.toSorted());
  });
});
