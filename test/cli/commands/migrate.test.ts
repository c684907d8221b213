import { migrationSql } from "mandate/postgres";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { PostgresServer } from "../../support/postgres-server.ts";
import { missing } from "../../support/requires.ts";
import { RunningProgram } from "../running-program.ts";
import { run } from "./recording-terminal.ts";

describe.skipIf(missing("postgres"))("mandate migrate", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.dispose());
  afterEach(() => vi.unstubAllEnvs());

  it("makes the schema, once, and says which version it has", async () => {
    const place = ["--database-url", server.url, "--schema", "jobs"];

    const first = await run(["migrate", ...place]);
    const again = await run(["migrate", "--to", "1", ...place]);

    expect([first.exit, ...first.lines]).toEqual([0, 'Schema "jobs" has version 1']);
    expect([again.exit, ...again.lines]).toEqual([0, 'Schema "jobs" has version 1']);
  });

  it("prints SQL that makes the same, and connects to nothing", async () => {
    const { exit, lines } = await run(["migrate", "--sql", "--schema", "by_hand"]);
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(lines.join("\n"));
    await client.end();

    const { lines: found } = await run([
      "migrate",
      "--database-url",
      server.url,
      "--schema",
      "by_hand",
    ]);

    expect(exit).toBe(0);
    expect(found).toEqual(['Schema "by_hand" has version 1']);
  });

  it("prints all of it into a pipe, before it ends", async () => {
    const programs = Array.from({ length: 3 }, () => new RunningProgram(["migrate", "--sql"]));

    const exits = await Promise.all(programs.map(({ exit }) => exit));

    expect(exits).toEqual([0, 0, 0]);
    for (const { stdout } of programs) expect(stdout).toBe(migrationSql("mandate"));
  });

  it("knows no version after the latest, and no way back", async () => {
    const { exit, notes } = await run(["migrate", "--to", "9", "--database-url", server.url]);

    expect(exit).toBe(1);
    expect(notes.join()).toContain(
      'Cannot migrate schema "mandate" to version 9: this version of mandate knows those from 1 to 1',
    );
  });

  it("looks for the database in the environment, and says so where there is none", async () => {
    vi.stubEnv("MANDATE_URL", "redis://127.0.0.1");
    vi.stubEnv("DATABASE_URL", "");
    const none = await run(["migrate"]);
    vi.stubEnv("DATABASE_URL", server.url);
    const one = await run(["migrate", "--schema", "from_environment"]);
    const wrong = await run(["migrate", "--to", "first"]);

    expect(none.notes.join()).toContain(
      "Cannot tell where Postgres is: give --database-url, or set MANDATE_URL or DATABASE_URL to postgres://…",
    );
    expect(one.exit).toBe(0);
    expect(wrong.notes.join()).toContain("Cannot use --to first: expected a version, such as 1");
  });
});
