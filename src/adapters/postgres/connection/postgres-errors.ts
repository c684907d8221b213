import { ConfigurationError, MandateError } from "../../../support/errors.ts";
import { thrownMessage } from "../../../support/thrown.ts";
import { AdapterError } from "../../adapter-error.ts";

/**
 * The five characters by which Postgres tells errors apart; `undefined` where it did not answer.
 */
function sqlState(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E")
    ? code
    : undefined;
}

/** Deadlocks, and what could not be put in order: to be tried again. */
const TRY_AGAIN = new Set(["40P01", "40001"]);

/** A prepared statement is not there, or there already. */
const NOT_KEPT = new Set(["26000", "42P05"]);

export function isToBeTriedAgain(error: unknown): boolean {
  return TRY_AGAIN.has(sqlState(error) ?? "");
}

/** Whether Postgres refused the statement, and the next one may go by the same connection. */
export function isRefusal(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !isEnd(state) && state !== READ_ONLY;
}

/**
 * A connection may stay read-only for as long as it lives: the server has become a standby, or the
 * database was read-only as it was made. Another one leads to where jobs can be written.
 */
const READ_ONLY = "25006";

/**
 * Whether Postgres refused what it was sent, and may take something else: it has room, may be
 * written to, and is not waited for.
 */
export function isAboutContent(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !/^(08|25|28|3D|53|55|57|58)/.test(state);
}

const unsent = new WeakSet<object>();

/** There was no connection by which the statement could have been sent. */
export function neverSent(error: unknown): unknown {
  if (typeof error === "object" && error !== null) unsent.add(error);
  return error;
}

/** The connection was ended by an operator, or with the server. */
function isEnd(state: string): boolean {
  return /^(57P|08)/.test(state);
}

/** Whether the statement may have been done all the same: its answer never came. */
function isUncertain(error: unknown): boolean {
  if (unsent.has(error as object)) {
    return false;
  }
  const state = sqlState(error);
  if (state !== undefined) {
    return isEnd(state) && state !== "57P03";
  }
  return !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|CONNECT_TIMEOUT/.test(
    `${String((error as { code?: unknown }).code)} ${thrownMessage(error)}`,
  );
}

/** What is thrown where a statement failed. */
export function failure(deed: string, error: unknown): Error {
  if (error instanceof MandateError) {
    return error;
  }
  return new AdapterError(`Cannot ${deed}: Postgres ${said(error)}`, {
    cause: error,
    maybeAccepted: isUncertain(error),
  });
}

function said(error: unknown): string {
  const state = sqlState(error);
  const message = thrownMessage(error) || String((error as { code?: unknown }).code);
  const remedy =
    state !== undefined && NOT_KEPT.has(state)
      ? ". A pooler in between does not keep what is prepared: give PostgresAdapter prepare: false"
      : "";
  return state === undefined
    ? `did not answer: ${message}`
    : `answered ${state}: ${message}${remedy}`;
}

/** The schema lacks what this version of the library needs. */
export function schemaMissing(schema: string, version: number, needed: number): ConfigurationError {
  const found =
    version === 0 ? "there is none" : `it has version ${version}, and ${needed} is needed`;
  return new ConfigurationError(
    `Cannot use schema "${schema}" of this database: ${found}. Run mandate migrate, or leave out autoMigrate: false`,
  );
}

/** The schema is of a later version of the library, which left nothing for this one. */
export function schemaTooNew(schema: string, version: number, known: number): ConfigurationError {
  return new ConfigurationError(
    `Cannot use schema "${schema}" of this database: it has version ${version}, which this version of mandate, ` +
      `that knows ${known}, cannot work with. Update mandate`,
  );
}
