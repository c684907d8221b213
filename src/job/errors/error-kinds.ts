import { lookAlong } from "../../support/causes.ts";
import { readPattern, type ErrorPattern } from "./error-pattern.ts";

/**
 * Tells of an error, or of what caused it, whether it is of a kind.
 *
 * In `retryOn`, `discardOn` and `rescueFrom` it stands where a class does; elsewhere it is called.
 */
export type ErrorKind = (error: unknown) => boolean;

/**
 * What tells it of one error alone: rules look at causes by themselves, and hand over the one that
 * is meant.
 */
const alone = new WeakMap<object, ErrorKind>();

/**
 * What an error kind asks of one error, and of none of its causes; `undefined` of any other
 * function.
 */
export function patternsOf(predicate: ErrorKind): ErrorKind | undefined {
  return alone.get(predicate);
}

function kind(name: string, patterns: readonly ErrorPattern[]): ErrorKind {
  const tests = patterns.map((pattern) => readPattern(pattern, name));
  const isOne: ErrorKind = (error) => tests.some((test) => test(error));
  const isKind: ErrorKind = (error) =>
    lookAlong(error, { at: (each) => isOne(each) || undefined }) ?? false;
  alone.set(isKind, isOne);
  return Object.defineProperty(isKind, "name", { value: name });
}

/** A transaction lost against another one, and may win when it is tried again. */
const deadlock = kind("errorKinds.deadlock", [
  // PostgreSQL, appendix A: deadlock_detected, serialization_failure. `code` of pg and postgres.js
  // is the SQLSTATE; CockroachDB has the second.
  { code: ["40P01", "40001"] },
  // MySQL and MariaDB: `code` is a name in mysql2's lib/constants/errors.js. 1213, and 1614 in a
  // distributed transaction.
  { code: ["ER_LOCK_DEADLOCK", "ER_XA_RBDEADLOCK"] },
  // better-sqlite3: `code` is the extended result code's name. Busy: another connection writes.
  // Locked: another statement does.
  { code: /^SQLITE_(BUSY|LOCKED)(_|$)/ },
  // node:sqlite: `errcode` is the extended result code; its low byte is 5 (busy) or 6 (locked).
  { code: "ERR_SQLITE_ERROR", errcode: [5, 261, 517, 773, 6, 262, 518] },
  // Prisma: "transaction failed due to a write conflict or a deadlock".
  { code: "P2034" },
  // Prisma, raw queries: the database's own code.
  { code: "P2010", meta: { code: ["40P01", "40001", "1213"] } },
  // Prisma 7, whose driver adapters throw a DriverAdapterError with this for its cause.
  { kind: "TransactionWriteConflict" },
  { originalCode: ["40P01", "40001", "1213"] },
]);

/** Nobody answered, or went away in the middle. */
const connection = kind("errorKinds.connection", [
  // Node: `code` of system errors (errno(3), getaddrinfo(3)); fetch and got have such an error for
  // their cause, or its code.
  {
    code: [
      "ECONNREFUSED",
      "ECONNRESET",
      "EPIPE",
      "ENOTFOUND",
      "EAI_AGAIN",
      "EHOSTUNREACH",
      "EHOSTDOWN",
      "ENETUNREACH",
      "ENETDOWN",
      "ENETRESET",
      "ERR_STREAM_PREMATURE_CLOSE",
    ],
  },
  { code: "ETIMEDOUT", syscall: "connect" },
  // undici: lib/core/errors.js.
  { code: ["UND_ERR_SOCKET", "UND_ERR_CONNECT_TIMEOUT"] },
  // axios: lib/core/AxiosError.js. ECONNABORTED is also what its timeouts have.
  { code: "ERR_NETWORK" },
  { code: "ECONNABORTED", message: /^(?!.*timeout)/i },
  // nodemailer: lib/smtp-connection/index.js. ESOCKET hides the system's own code.
  { code: ["ECONNECTION", "ESOCKET", "EDNS"] },
  // PostgreSQL, appendix A: class 08, admin_shutdown, crash_shutdown, cannot_connect_now,
  // too_many_connections.
  { code: [/^08[0-9A-Z]{3}$/, "57P01", "57P02", "57P03", "53300"] },
  // pg: lib/client.js and pg-pool; these have no code.
  { message: /^Connection terminated( unexpectedly| due to connection timeout)?$/ },
  { message: /^Client has encountered a connection error and is not queryable$/ },
  { message: /^timeout (expired|exceeded when trying to connect)$/ },
  // postgres.js: src/connection.js and src/index.js.
  {
    code: ["CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED", "CONNECT_TIMEOUT"],
  },
  // mysql2: lib/base/connection.js, and ER_CON_COUNT_ERROR (1040) and its like in
  // lib/constants/errors.js.
  {
    code: [
      "PROTOCOL_CONNECTION_LOST",
      "ER_CON_COUNT_ERROR",
      "ER_TOO_MANY_USER_CONNECTIONS",
      "ER_SERVER_SHUTDOWN",
    ],
  },
  { message: "connect ETIMEDOUT" },
  { message: /^Can't add new command when connection is in closed state$/ },
  // ioredis: built/errors/MaxRetriesPerRequestError.js, and CONNECTION_CLOSED_ERROR_MSG in
  // built/utils.
  { name: "MaxRetriesPerRequestError" },
  { message: "Connection is closed." },
  // Prisma's error reference: not reachable, closed, too many connections. Before its first query
  // `errorCode` has it.
  { code: ["P1001", "P1017", "P2037"] },
  { errorCode: ["P1001", "P1017"] },
]);

/** Something took longer than somebody had set. */
const timeout = kind("errorKinds.timeout", [
  // AbortSignal.timeout, got, ky, the AWS SDK (also where a connection broke:
  // @smithy/node-http-handler), p-timeout; a job's own.
  { name: ["TimeoutError", "RequestTimeout", "RequestTimeoutException"] },
  // Node, axios, got, mysql2 while connecting, nodemailer.
  { code: ["ETIMEDOUT", "ESOCKETTIMEDOUT"] },
  // undici: lib/core/errors.js.
  { code: ["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"] },
  // axios, unless transitional.clarifyTimeoutError: lib/adapters/http.js.
  { code: "ECONNABORTED", message: /timeout/i },
  // PostgreSQL, appendix A: query_canceled (statement_timeout), lock_not_available, and its
  // timeouts of transactions and sessions.
  { code: ["57014", "55P03", "25P03", "25P04", "57P05"] },
  // pg: lib/client.js and pg-pool; these have no code.
  { message: /^timeout (expired|exceeded when trying to connect)$/ },
  { message: ["Connection terminated due to connection timeout", "Query read timeout"] },
  // postgres.js: src/connection.js.
  { code: "CONNECT_TIMEOUT" },
  // mysql2: lib/commands/query.js, lib/constants/errors.js (1205, 3024).
  { code: ["PROTOCOL_SEQUENCE_TIMEOUT", "ER_LOCK_WAIT_TIMEOUT", "ER_QUERY_TIMEOUT"] },
  // ioredis: built/Command.js.
  { message: "Command timed out" },
  // Prisma's error reference: reached but timed out, operations, the pool, the transaction's own.
  { code: ["P1002", "P1008", "P2024"] },
  { code: "P2028", message: /expired|timeout|in the given time/i },
  { errorCode: ["P1002", "P1008"] },
]);

/** What `errorKinds` has. */
export interface ErrorKinds {
  /**
   * A transaction lost against another one, and may win when it is tried again: a deadlock, a
   * serialization failure (Rails has two classes for these, with one parent, and whoever retries
   * one retries both), a database that another connection of SQLite writes to.
   */
  readonly deadlock: ErrorKind;
  /**
   * Nobody answered, or went away in the middle: refused, reset, unknown host, no connection to be
   * had. A connect that timed out is both this and `timeout`.
   */
  readonly connection: ErrorKind;
  /**
   * Something took longer than somebody had set: `AbortSignal.timeout`, a client's option, a
   * database's setting, a lock that was waited for, a job's `timeout`.
   */
  readonly timeout: ErrorKind;
  /**
   * An HTTP response with one of these, thrown, or in the `response` or `cause` of an error.
   *
   * @param statuses Integers from 100 to 599, at least one.
   * @throws {RangeError} if one is none, or none is given.
   */
  readonly httpStatus: (...statuses: readonly number[]) => ErrorKind;
}

/**
 * Kinds of errors, whichever library throws them: pg, postgres.js, mysql2, better-sqlite3,
 * node:sqlite, Prisma, fetch and undici, axios, got, ky, nodemailer, ioredis and the AWS SDK.
 * Looked for in what was thrown, in what caused that, and in the errors of an `AggregateError`.
 *
 * @example
 * ```ts
 * import { Command, errorKinds, retryAfter } from "mandate";
 *
 * class Sync extends Command {
 *   static {
 *     this.retryOn([errorKinds.connection, errorKinds.timeout], { wait: "polynomially", attempts: 10 });
 *     this.retryOn(errorKinds.httpStatus(429, 503), { wait: (_, error) => retryAfter(error) });
 *   }
 *
 *   async call() {
 *     const response = await fetch("http://localhost:3000/users");
 *     if (!response.ok) throw new Error(`Answered ${response.status}`, { cause: response });
 *   }
 * }
 * ```
 *
 * @see `src/job/errors/error-kinds.ts`, which has the source of each code
 */
export const errorKinds: ErrorKinds = { deadlock, connection, timeout, httpStatus };

function httpStatus(...statuses: readonly number[]): ErrorKind {
  for (const status of statuses.length === 0 ? [undefined] : statuses) {
    if (!Number.isInteger(status) || Number(status) < 100 || Number(status) > 599) {
      throw new RangeError(
        `Cannot use ${String(status)} as a status in errorKinds.httpStatus: give integers from 100 to 599`,
      );
    }
  }
  return kind(`errorKinds.httpStatus(${statuses.join(", ")})`, [
    // A Response that is thrown or a cause; axios, Octokit and other wrappers of fetch; undici's
    // ResponseError, got's response.
    { status: statuses },
    { statusCode: statuses },
    // axios, ky, got: `response` of their errors.
    { response: { status: statuses } },
    { response: { statusCode: statuses } },
    // AWS SDK: ServiceException of @smithy/core; `$response` where the body could not be read.
    { $metadata: { httpStatusCode: statuses } },
    { $response: { statusCode: statuses } },
  ]);
}
