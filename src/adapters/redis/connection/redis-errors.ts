import { AdapterError } from "../../adapter-error.ts";
import { ConfigurationError, MandateError } from "../../../support/errors.ts";
import { thrownMessage } from "../../../support/thrown.ts";

/** The command never left. */
export class NotSent extends Error {
  constructor(cause: Error | undefined) {
    super(cause === undefined ? "There is no connection" : reasonOf(cause), { cause });
  }
}

/** What was on its way when its connection broke. */
export function connectionClosed(): Error {
  return new Error("Connection is closed");
}

/** Nothing was heard for too long. */
export function timedOut(): Error {
  return new Error("Command timed out");
}

/** Redis quotes a command that it does not know: with a job's arguments. */
export function withoutArguments(error: Error): Error {
  // ioredis notes on its errors which command failed.
  delete (error as { command?: unknown }).command;
  const [said = "", ...quoted] = error.message.split(", with args beginning with:");
  if (quoted.length > 0) {
    error.message = said;
    error.stack = `${error.name}: ${said}`;
  }
  return error;
}

/** Whether the same command may succeed soon: Redis is away, starts, or another takes over. */
export function isPassing(error: unknown): boolean {
  const text = reasonOf(error);
  if (isOfCode(error)) {
    return false;
  }
  return (
    saidBy(error) instanceof NotSent ||
    /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|BUSY|NOREPLICAS|UNBLOCKED)\b/.test(text) ||
    /Connection is closed|Command timed out|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN/.test(text)
  );
}

/** Whether the server may have run a command whose answer was this error. */
export function mayHaveRun(error: unknown): boolean {
  if (saidBy(error) instanceof NotSent) {
    return false;
  }
  const text = reasonOf(error);
  return /Connection is closed|Command timed out|ECONNRESET|EPIPE|ETIMEDOUT/.test(text);
}

/** Whether a key is not of the type that the command is for. */
export function isWrongType(error: unknown): boolean {
  return reasonOf(error).startsWith("WRONGTYPE");
}

/**
 * What is thrown for what went wrong: an error of Redis, or of the way to it, in this library's
 * words. Whatever says itself what is wrong, and what to do, is left as it is.
 */
export function failure(what: string, cause: unknown): Error {
  return cause instanceof MandateError ? cause : adapterError(what, cause);
}

/** An error of Redis, said in this library's words. */
function adapterError(what: string, cause: unknown): AdapterError {
  const reason = reasonOf(cause);
  const [who, advice] = isOfCode(cause)
    ? ["no connection to Redis can be begun,", "Check what RedisAdapter was given"]
    : [/^[A-Z]+ /.test(reason) ? "Redis answered" : "Redis is unreachable,", adviceFor(reason)];
  return new AdapterError(`Cannot ${what}: ${who} "${reason}". ${advice}`, {
    cause,
    maybeAccepted: mayHaveRun(cause),
  });
}

/**
 * Whether it is of code, options or packages, and would be the same with any server: an option that
 * makes no sense, a certificate that is none, a client that is none.
 */
function isOfCode(error: unknown): boolean {
  const said = saidBy(error);
  const root = said instanceof NotSent ? said.cause : said;
  const { code } = Object(root) as Partial<NodeJS.ErrnoException>;
  return (
    root instanceof TypeError ||
    root instanceof RangeError ||
    root instanceof ReferenceError ||
    root instanceof ConfigurationError ||
    // What Node says of arguments, and OpenSSL of keys and certificates, before anything is sent.
    (typeof code === "string" && /^ERR_(INVALID|OSSL|OUT_OF_RANGE|SOCKET_BAD)/.test(code))
  );
}

/** What Redis, or the way to it, said. */
function reasonOf(error: unknown): string {
  const said = saidBy(error);
  // Where several addresses were tried, Node says nothing but a code.
  return thrownMessage(said) || String((said as NodeJS.ErrnoException).code);
}

/** What was said of in other words: the error of Redis, or of the way to it. */
export function saidBy(error: unknown): unknown {
  return error instanceof AdapterError ? (error.cause ?? error) : error;
}

/** What to do about what Redis, or the way to it, said. */
export function adviceFor(reason: string): string {
  if (/\bDB index\b|\bSELECT\b/i.test(reason)) {
    return "Check the number of the database, at the end of its URL";
  }
  if (reason.startsWith("OOM")) {
    return "Its memory is full: raise maxmemory, or work off what waits";
  }
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(reason)) {
    return "Check the user, the password and their rights";
  }
  if (/CROSSSLOT|different slot|non local key|^MOVED/i.test(reason)) {
    return (
      'This is a Redis Cluster: give RedisAdapter a keyPrefix with a hash tag, such as "{jobs}:", ' +
      "and the address of the node that has its slot"
    );
  }
  if (reason.startsWith("READONLY")) {
    return "It is a replica: check which server is the master";
  }
  return "Check that it runs and can be reached from here";
}
