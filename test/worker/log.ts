import type { Logger, LogLevel } from "../../src/support/logger.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps its lines, and tells of each. */
export class Log implements Logger {
  readonly lines: LogLine[] = [];
  #waiting: { readonly pattern: RegExp; readonly resolve: (line: LogLine) => void }[] = [];

  debug(fields: object, message: string): void {
    this.#add("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#add("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#add("error", fields, message);
  }

  /** Messages, of one level or of all. */
  messages(level?: LogLevel): string[] {
    const lines = this.lines.filter((line) => level === undefined || line.level === level);
    return lines.map(({ message }) => message);
  }

  /** Warnings and errors, in order. */
  get troubles(): string[] {
    const lines = this.lines.filter(({ level }) => level === "warn" || level === "error");
    return lines.map(({ message }) => message);
  }

  /** The first line that fits, as soon as it is there. */
  line(pattern: RegExp): Promise<LogLine> {
    const found = this.lines.find(({ message }) => pattern.test(message));
    return found === undefined
      ? new Promise((resolve) => this.#waiting.push({ pattern, resolve }))
      : Promise.resolve(found);
  }

  #add(level: LogLevel, fields: object, message: string): void {
    const line = { level, fields: fields as Record<string, unknown>, message };
    this.lines.push(line);
    const told = this.#waiting.filter(({ pattern }) => pattern.test(message));
    this.#waiting = this.#waiting.filter((waiting) => !told.includes(waiting));
    told.forEach(({ resolve }) => resolve(line));
  }
}
