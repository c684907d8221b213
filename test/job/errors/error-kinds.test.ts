import { errorKinds, type ErrorKind } from "mandate";
import { describe, expect, it } from "vitest";

/** An error as a library makes it, of which not all can be made to fail here: see test/job/errors/libraries. */
function like(properties: object, message = "failed"): Error {
  return Object.assign(new Error(message), properties);
}

const shapes: readonly (readonly [string, readonly (keyof typeof errorKinds)[], unknown])[] = [
  [
    "MySQL's deadlock",
    ["deadlock"],
    like({ code: "ER_LOCK_DEADLOCK", errno: 1213, sqlState: "40001" }),
  ],
  ["better-sqlite3, busy", ["deadlock"], like({ name: "SqliteError", code: "SQLITE_BUSY" })],
  ["better-sqlite3, an old snapshot", ["deadlock"], like({ code: "SQLITE_BUSY_SNAPSHOT" })],
  ["better-sqlite3, a constraint", [], like({ code: "SQLITE_CONSTRAINT_UNIQUE" })],
  ["node:sqlite, busy", ["deadlock"], like({ code: "ERR_SQLITE_ERROR", errcode: 5 })],
  ["node:sqlite, a constraint", [], like({ code: "ERR_SQLITE_ERROR", errcode: 2067 })],
  [
    "Prisma's write conflict",
    ["deadlock"],
    like({ name: "PrismaClientKnownRequestError", code: "P2034" }),
  ],
  ["a raw query of Prisma", ["deadlock"], like({ code: "P2010", meta: { code: "40P01" } })],
  ["a raw query of Prisma that is wrong", [], like({ code: "P2010", meta: { code: "42601" } })],
  [
    "a driver adapter of Prisma",
    ["deadlock"],
    like({ name: "DriverAdapterError", cause: { kind: "TransactionWriteConflict" } }),
  ],
  [
    "a driver adapter of Prisma, by the database's code",
    ["deadlock"],
    like({ cause: { kind: "postgres", originalCode: "40P01" } }),
  ],
  ["Prisma's unique constraint", [], like({ code: "P2002" })],
  ["Prisma before its first query", ["connection"], like({ errorCode: "P1001" })],
  ["Prisma's closed connection", ["connection"], like({ code: "P1017" })],
  ["Prisma's pool", ["timeout"], like({ code: "P2024" })],
  [
    "Prisma's transaction",
    ["timeout"],
    like({ code: "P2028" }, "Transaction API error: Transaction already closed: it has expired"),
  ],
  [
    "Prisma's transaction, misused",
    [],
    like({ code: "P2028" }, "Transaction API error: not found"),
  ],
  ["PostgreSQL that starts", ["connection"], like({ code: "57P03" })],
  ["PostgreSQL's class 08", ["connection"], like({ code: "08006" })],
  ["PostgreSQL's syntax error", [], like({ code: "42601" })],
  ["pg, ended", ["connection"], new Error("Connection terminated unexpectedly")],
  ["pg's pool", ["connection", "timeout"], new Error("timeout exceeded when trying to connect")],
  ["pg, a read", ["timeout"], new Error("Query read timeout")],
  ["postgres.js, ended", ["connection"], like({ code: "CONNECTION_ENDED" })],
  ["mysql2, ended", ["connection"], like({ code: "PROTOCOL_CONNECTION_LOST", fatal: true })],
  ["mysql2, a query", ["timeout"], like({ code: "PROTOCOL_SEQUENCE_TIMEOUT" })],
  ["mysql2, a lock", ["timeout"], like({ code: "ER_LOCK_WAIT_TIMEOUT", errno: 1205 })],
  [
    "the system, connecting",
    ["connection", "timeout"],
    like({ code: "ETIMEDOUT", syscall: "connect" }),
  ],
  ["a name that is not known", ["connection"], like({ code: "ENOTFOUND", syscall: "getaddrinfo" })],
  ["a file that is not there", [], like({ code: "ENOENT", syscall: "open" })],
  ["axios in a browser", ["connection"], like({ name: "AxiosError", code: "ERR_NETWORK" })],
  ["axios, aborted", ["connection"], like({ code: "ECONNABORTED" }, "Request aborted")],
  ["nodemailer, DNS", ["connection"], like({ code: "EDNS", command: "CONN" })],
  ["nodemailer, a refusal", [], like({ code: "EENVELOPE", responseCode: 550 })],
  ["a lookalike", [], new Error("deadlock detected, connection refused, timeout")],
];

describe("error kinds", () => {
  it.each(shapes)("know %s: %j", (_what, kinds, error) => {
    const { deadlock, connection, timeout } = errorKinds;

    const found = Object.entries({ deadlock, connection, timeout })
      .filter(([, kind]) => kind(error))
      .map(([name]) => name);

    expect(found).toEqual(kinds);
  });

  it("look at causes, and at the errors of an AggregateError", () => {
    const error = like({ code: "ECONNREFUSED" });

    expect(errorKinds.connection(new Error("a", { cause: error }))).toBe(true);
    expect(errorKinds.connection(new AggregateError([new Error("b"), error]))).toBe(true);
    expect(errorKinds.connection(new AggregateError([new Error("b")]))).toBe(false);
  });

  it("say no to what is no error", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    for (const thrown of [undefined, null, 7, "ECONNREFUSED", {}, proxy]) {
      expect(errorKinds.connection(thrown)).toBe(false);
    }
  });

  it.each<[string, unknown]>([
    ["a Response", new Response(null, { status: 429 })],
    [
      "an error that has it for its cause",
      new Error("a", { cause: new Response(null, { status: 429 }) }),
    ],
    ["an error of ky", like({ response: new Response(null, { status: 429 }) })],
    ["an error of Octokit", like({ status: 429 })],
    ["an error of undici", like({ statusCode: 429 })],
    ["an error of got", like({ response: { statusCode: 429 } })],
    ["an error of the AWS SDK", like({ $metadata: { httpStatusCode: 429 } })],
  ])("know the status of %s", (_what, error) => {
    expect(errorKinds.httpStatus(429)(error)).toBe(true);
    expect(errorKinds.httpStatus(503, 429)(error)).toBe(true);
    expect(errorKinds.httpStatus(503)(error)).toBe(false);
  });

  it.each<[readonly unknown[], string]>([
    [[], "undefined"],
    [[42], "42"],
    [[429, 4.29], "4.29"],
    [["429"], "429"],
  ])("refuse a status that is none: %j", (statuses, shown) => {
    expect(() => errorKinds.httpStatus(...(statuses as number[]))).toThrow(
      new RangeError(
        `Cannot use ${shown} as a status in errorKinds.httpStatus: give integers from 100 to 599`,
      ),
    );
  });

  it("are called by their names, which stand in records", () => {
    const kinds: readonly ErrorKind[] = [errorKinds.deadlock, errorKinds.httpStatus(429, 503)];

    expect(kinds.map(({ name }) => name)).toEqual([
      "errorKinds.deadlock",
      "errorKinds.httpStatus(429, 503)",
    ]);
  });
});
