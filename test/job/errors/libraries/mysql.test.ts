import mysql from "mysql2";
import { createConnection } from "mysql2/promise";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../../support/redis-server.ts";
import { failureOf, kindsOf } from "./kinds.ts";

/** A MySQL that answers each query with an error. @returns its port. */
async function serverThatFails(code: number, message: string): Promise<number> {
  const server = mysql.createServer((connection) => {
    connection.on("error", () => {});
    connection.on("query", () => connection.writeError({ code, message }));
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: "8.4.0",
      connectionId: 1,
      statusFlags: 2,
      characterSet: 8,
      // All of the old ones but compression and TLS.
      capabilityFlags: 0xff_ff ^ 0x20 ^ 0x8_00,
    });
  });
  const port = await freePort();
  server.listen(port);
  onTestFinished(() => server.close(() => {}));
  return port;
}

async function query(port: number): Promise<unknown> {
  const connection = await createConnection({ host: "127.0.0.1", port, connectTimeout: 5_000 });
  onTestFinished(() => connection.destroy());
  return connection.query("UPDATE accounts SET balance = 0");
}

beforeEach(() => {
  // Its server does not count packets as its client does, and both say so.
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("mysql2", () => {
  it.each([
    [1213, "Deadlock found when trying to get lock; try restarting transaction", ["deadlock"]],
    [1205, "Lock wait timeout exceeded; try restarting transaction", ["timeout"]],
    [1040, "Too many connections", ["connection"]],
    [1064, "You have an error in your SQL syntax", []],
  ])("is answered with %d: %s", async (code, message, kinds) => {
    const port = await serverThatFails(code, message);

    expect(kindsOf(await failureOf(query(port)))).toEqual(kinds);
  });

  it("is refused a connection", async () => {
    expect(kindsOf(await failureOf(query(await freePort())))).toEqual(["connection"]);
  });
});
