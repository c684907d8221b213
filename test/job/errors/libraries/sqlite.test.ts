import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { failureOf, kindsOf } from "./kinds.ts";

/** As much of node:sqlite as is used here: Node 20 has none, and neither have its types. */
interface Sqlite {
  DatabaseSync: new (file: string) => { exec(sql: string): void; close(): void };
}

const hasSqlite = Number(process.versions.node.split(".")[0]) >= 22;

describe.runIf(hasSqlite)("node:sqlite", () => {
  it("finds that another connection writes", async () => {
    const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite") as Sqlite;
    const folder = mkdtempSync(join(tmpdir(), "mandate-sqlite-"));
    const connections = [1, 2].map(() => new DatabaseSync(join(folder, "jobs.db")));
    onTestFinished(() => {
      connections.forEach((connection) => connection.close());
      rmSync(folder, { recursive: true });
    });
    const [one, other] = connections;
    one!.exec("PRAGMA busy_timeout = 0; CREATE TABLE jobs (id INTEGER PRIMARY KEY)");
    other!.exec("PRAGMA busy_timeout = 0");
    one!.exec("BEGIN IMMEDIATE; INSERT INTO jobs VALUES (1)");

    const busy = await failureOf(
      (async () => other!.exec("BEGIN IMMEDIATE; INSERT INTO jobs VALUES (2)"))(),
    );
    one!.exec("COMMIT");
    const twice = await failureOf((async () => other!.exec("INSERT INTO jobs VALUES (1)"))());

    expect(kindsOf(busy)).toEqual(["deadlock"]);
    expect(kindsOf(twice)).toEqual([]);
  });
});
