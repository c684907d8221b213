import { inspect, styleText } from "node:util";
import { ConfigurationError } from "./errors.ts";
import { didYouMean } from "./nearest.ts";
import { jsonLine, printable } from "./printable.ts";
import {
  cut,
  cutInside,
  isError,
  readOr,
  shownThrown,
  thrownCause,
  thrownMessage,
  thrownName,
  thrownStack,
} from "./thrown.ts";

/** What a message is worth, the least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * What this library writes its log to: pino's shape, fields first. A pino logger fits as it is.
 */
export interface Logger {
  /** Writes what helps to follow a job's steps. */
  debug(fields: object, message: string): void;
  /** Writes what happens in the usual course. */
  info(fields: object, message: string): void;
  /** Writes what somebody should know of, while all goes on. */
  warn(fields: object, message: string): void;
  /** Writes a failure. */
  error(fields: object, message: string): void;
  /** A logger that adds these fields to each line. */
  child?(fields: object): Logger;
  /** Whether a line of that level would be written; what is not is not put together either. */
  isLevelEnabled?(level: string): boolean;
  /** The least level that is written; asked for where there is no `isLevelEnabled`. */
  readonly level?: string;
}

export interface ConsoleLoggerOptions {
  /**
   * The least level that is written; `"silent"` writes nothing.
   *
   * @default the environment's `MANDATE_LOG_LEVEL`, or `"info"`
   */
  level?: LogLevel | "silent";
  /**
   * Where lines go.
   *
   * @default process.stderr
   */
  stream?: LogStream;
}

/** The part of a writable stream, or of a terminal, that a logger needs. */
interface LogStream {
  write(text: string): unknown;
  /** Lines for people on a terminal, JSON elsewhere. */
  isTTY?: boolean | undefined;
}

// pino's numbers, in order.
const RANKS: Readonly<Record<string, number>> = {
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  silent: Infinity,
};

const MOST_CAUSES = 10;
/** What stands for what throws where it is read. */
const UNSHOWN = "[cannot be shown]";

const COLOURS = { debug: "gray", info: "green", warn: "yellow", error: "red" } as const;

/**
 * A logger that writes lines for people to a terminal, and one JSON object per line elsewhere.
 *
 * Colours appear only on a terminal, and not where `NO_COLOR` is set. An error among the fields is
 * written with its stack. A text of more than 10,000 characters is cut, and says so.
 *
 * @throws {ConfigurationError} if the level, or an option, is unknown.
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const { level = levelFromEnvironment(), stream = process.stderr, ...others } = options;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new ConfigurationError(
      `Cannot use option "${other}" in consoleLogger: there is no such option.${didYouMean(other, ["level", "stream"])} There are: level, stream`,
    );
  }
  const least = RANKS[level];
  if (least === undefined) {
    throw new ConfigurationError(
      `Cannot log at level ${JSON.stringify(level)}: there is no such level.${didYouMean(level, Object.keys(RANKS))} ` +
        `Set "level", or MANDATE_LOG_LEVEL, to one of ${Object.keys(RANKS).join(", ")}`,
    );
  }
  return new ConsoleLogger({ level, least, stream, write: stream.isTTY ? asText : asJson });
}

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  level: "silent",
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
  isLevelEnabled: () => false,
};

/** Whether a logger would write a line of that level; true where it does not say. */
export function levelEnabled(logger: Logger, level: LogLevel): boolean {
  if (logger.isLevelEnabled) return logger.isLevelEnabled(level);
  const least = RANKS[logger.level ?? "debug"];
  return least === undefined || rank(level) >= least;
}

interface Output {
  readonly level: string;
  readonly least: number;
  readonly stream: LogStream;
  readonly write: (line: Line) => string;
}

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

class ConsoleLogger implements Logger {
  readonly level: string;
  readonly #output: Output;
  readonly #fields: object;

  constructor(output: Output, fields: object = {}) {
    this.level = output.level;
    this.#output = output;
    this.#fields = fields;
  }

  debug(fields: object, message: string): void {
    this.#log("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#log("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#log("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#log("error", fields, message);
  }

  child(fields: object): Logger {
    return new ConsoleLogger(this.#output, { ...this.#fields, ...fields });
  }

  isLevelEnabled(level: string): boolean {
    return rank(level) >= this.#output.least;
  }

  #log(level: LogLevel, fields: object, message: string): void {
    if (!this.isLevelEnabled(level)) return;
    const line = { level, message, fields: { ...this.#fields, ...fields } };
    this.#output.stream.write(`${this.#output.write(line)}\n`);
  }
}

function levelFromEnvironment(): LogLevel | "silent" {
  return (process.env["MANDATE_LOG_LEVEL"] || "info") as LogLevel;
}

function rank(level: string): number {
  return RANKS[level] ?? 0;
}

/**
 * Writes a line even where a logger throws, such as over an error whose getters do: no job fails by
 * that, nor a worker.
 */
export function logSafely(logger: Logger, level: LogLevel, fields: object, message: string): void {
  try {
    logger[level](fields, message);
  } catch {
    const { err, ...rest } = fields as { readonly err?: unknown };
    readOr(undefined, () => logger[level]({ ...rest, err: shownThrown(err) }, message));
  }
}

/** A logger that never throws, over one that may. */
export function safeLogger(logger: Logger): Logger {
  return {
    debug: (fields, message) => logSafely(logger, "debug", fields, message),
    info: (fields, message) => logSafely(logger, "info", fields, message),
    warn: (fields, message) => logSafely(logger, "warn", fields, message),
    error: (fields, message) => logSafely(logger, "error", fields, message),
  };
}

function asJson({ level, message, fields }: Line): string {
  const { jid, ...rest } = fields;
  const head = { time: new Date().toISOString(), level, jid, msg: message };
  // A cycle, or what throws where it is read. A log line must never be the reason why a job fails.
  return jsonLine(
    readOr(undefined, () => JSON.stringify({ ...head, ...rest, ...head }, jsonValue)) ??
      JSON.stringify({ ...head, fields: inspected(rest) }, jsonValue),
  );
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "string") return cut(value);
  if (typeof value === "bigint") return String(value);
  return isError(value) ? errorValue(value, MOST_CAUSES) : value;
}

/** @param causes How many of what caused it are shown: that may have no end. */
function errorValue(error: Error, causes: number): object {
  const shown = { type: thrownName(error), message: thrownMessage(error) };
  const stack = cutInside(thrownStack(error) ?? "");
  const cause = thrownCause(error);
  const shownCause = !isError(cause)
    ? cause
    : causes > 0
      ? errorValue(cause, causes - 1)
      : thrownMessage(cause);
  return Object.assign(shown, error, { stack, cause: shownCause });
}

function inspected(value: unknown): string {
  return readOr(UNSHOWN, () => cutInside(inspect(value)));
}

function asText({ level, message, fields }: Line): string {
  const colour = process.env["NO_COLOR"] ? (_style: unknown, text: string) => text : coloured;
  const errors = Object.values(fields).filter(isError);
  const rest = Object.entries(fields).filter(([, value]) => !isError(value));
  const words = [
    colour("gray", timeOfDay(new Date())),
    colour(COLOURS[level], level.toUpperCase().padEnd(5)),
    printable(cut(message)),
    ...rest.map(([name, value]) => {
      const shown = printable(readOr(UNSHOWN, () => textValue(value)));
      return `${colour("gray", `${printable(name)}=`)}${shown}`;
    }),
  ];
  const stacks = errors.map((error) => indented(shownStack(error)));
  return [words.join(" "), ...stacks].join("\n");
}

/** A stack has lines. */
function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${printable(line)}`)
    .join("\n");
}

/** As Node shows it, with its properties and what caused it. */
function shownStack(error: Error): string {
  return readOr(undefined, () => cutInside(inspect(error))) ?? inspected(shownThrown(error));
}

function timeOfDay(date: Date): string {
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function textValue(value: unknown): string {
  if (typeof value === "string")
    return isPlainWord(value) ? cut(value) : JSON.stringify(cut(value));
  if (Array.isArray(value) && value.length > 0 && value.every(isPlainWord)) {
    return textValue(value.join(" "));
  }
  return cutInside(inspect(value, { breakLength: Infinity, compact: true, depth: 4 }));
}

function isPlainWord(value: unknown): value is string {
  return typeof value === "string" && /^[\w.:/@+,-]+$/.test(value);
}

function coloured(style: "gray" | (typeof COLOURS)[LogLevel], text: string): string {
  return styleText(style, text, { validateStream: false });
}
