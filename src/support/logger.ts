import { inspect, styleText } from "node:util";
import { ConfigurationError } from "./errors.ts";

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

const COLOURS = { debug: "gray", info: "green", warn: "yellow", error: "red" } as const;

/**
 * A logger that writes lines for people to a terminal, and one JSON object per line elsewhere.
 *
 * Colours appear only on a terminal, and not where `NO_COLOR` is set. An error among the fields is
 * written with its stack.
 *
 * @throws {ConfigurationError} if the level is unknown.
 */
export function consoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const { level = levelFromEnvironment(), stream = process.stderr } = options;
  const least = RANKS[level];
  if (least === undefined) {
    throw new ConfigurationError(
      `Cannot log at level ${JSON.stringify(level)}: there is no such level. ` +
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

function asJson({ level, message, fields }: Line): string {
  const { jid, ...rest } = fields;
  const head = { time: new Date().toISOString(), level, jid, msg: message };
  try {
    return JSON.stringify({ ...head, ...rest, ...head }, jsonValue);
  } catch {
    // A cycle. A log line must never be the reason why a job fails.
    return JSON.stringify({ ...head, fields: inspect(rest) });
  }
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (!(value instanceof Error)) return value;
  const { message, stack, cause } = value;
  // Most classes of errors set no name: theirs says more than "Error".
  const type = value.name === "Error" ? value.constructor.name : value.name;
  return Object.assign({ type, message }, value, { stack, cause });
}

function asText({ level, message, fields }: Line): string {
  const colour = process.env["NO_COLOR"] ? (_style: unknown, text: string) => text : coloured;
  const errors = Object.values(fields).filter((value) => value instanceof Error);
  const rest = Object.entries(fields).filter(([, value]) => !(value instanceof Error));
  const words = [
    colour("gray", timeOfDay(new Date())),
    colour(COLOURS[level], level.toUpperCase().padEnd(5)),
    message,
    ...rest.map(([name, value]) => `${colour("gray", `${name}=`)}${textValue(value)}`),
  ];
  const stacks = errors.map((error) => inspect(error).replace(/^/gm, "    "));
  return [words.join(" "), ...stacks].join("\n");
}

function timeOfDay(date: Date): string {
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function textValue(value: unknown): string {
  if (typeof value === "string") return isPlainWord(value) ? value : JSON.stringify(value);
  if (Array.isArray(value) && value.length > 0 && value.every(isPlainWord)) {
    return textValue(value.join(" "));
  }
  return inspect(value, { breakLength: Infinity, compact: true, depth: 4 });
}

function isPlainWord(value: unknown): value is string {
  return typeof value === "string" && /^[\w.:/@+,-]+$/.test(value);
}

function coloured(style: "gray" | (typeof COLOURS)[LogLevel], text: string): string {
  return styleText(style, text, { validateStream: false });
}
