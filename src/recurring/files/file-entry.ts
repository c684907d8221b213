import { ConfigurationError } from "../../support/errors.ts";
import { didYouMean } from "../../support/nearest.ts";
import { cannotUse, isSettings, type Settings } from "../../ruby-files/ruby-file.ts";
import { lineOf } from "../../ruby-files/ruby-yaml.ts";
import type { InvalidScheduleError } from "../schedule/invalid-schedule-error.ts";
import type { ScheduleText } from "../schedule/schedule-text.ts";
import { Schedule } from "../schedule/schedule.ts";
import type { RecurringFileContext } from "./recurring-definition.ts";

const CLASS = /^(?:::)?[A-Za-z_$][\w$]*(?:(?:::|\.|\/)[\w$]+)*$/;
const YES = /^(?:true|t|yes|y|1)$/i;
const NO = /^(?:false|f|no|n|0)$/i;

/**
 * One job of a file, whose settings are asked for by their names. What is not as it should be is
 * refused with its line.
 */
export class FileEntry {
  readonly name: string;
  readonly place: string;
  readonly remarks: string[] = [];
  readonly #settings: Settings;
  readonly #context: RecurringFileContext;

  constructor(
    name: string,
    { settings, line, context }: { settings: unknown; line: number; context: RecurringFileContext },
  ) {
    this.name = name;
    this.place = `${context.file}:${line}`;
    this.#context = context;
    if (!isSettings(settings)) {
      throw cannotUse(
        this.place,
        `"${name}" has no settings`,
        'Write its class and schedule below it, indented: "class: MyJob"',
      );
    }
    this.#settings = settings;
  }

  /** Whether a setting is there, and not empty. */
  has(name: string): boolean {
    return (this.#settings[name] ?? undefined) !== undefined;
  }

  value(name: string): unknown {
    return this.#settings[name] ?? undefined;
  }

  string(name: string): string | undefined {
    const value = this.value(name);
    if (value !== undefined && (typeof value !== "string" || value.trim() === "")) {
      throw this.refuse(name, `its ${name} is no text`, `Write "${name}: " and a text, in quotes`);
    }
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "boolean") {
      return value;
    }
    const text = typeof value === "number" ? `${value}` : typeof value === "string" ? value : "";
    if (!YES.test(text) && !NO.test(text)) {
      throw this.refuse(name, `its ${name} is neither true nor false`, `Write "${name}: true"`);
    }
    return YES.test(text);
  }

  integer(name: string): number | undefined {
    const value = this.value(name);
    if (value !== undefined && !Number.isSafeInteger(value)) {
      throw this.refuse(name, `its ${name} is no whole number`, `Write "${name}: 0"`);
    }
    return value as number | undefined;
  }

  /** Sidekiq's: whether, or how often. */
  retry(): boolean | number | undefined {
    const value = this.value("retry");
    const isCount = Number.isSafeInteger(value) && (value as number) >= 0;
    if (value !== undefined && typeof value !== "boolean" && !isCount) {
      const whatToDo = 'Write "retry: false", or a number';
      throw this.refuse("retry", "its retry is neither true nor false nor a number", whatToDo);
    }
    return value as boolean | number | undefined;
  }

  /** One argument where it is no list, none where it is not there. */
  args(): unknown[] {
    const value = this.value("args");
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  }

  /** The job's own name, where it is a class's. */
  nameAsClass(): string {
    if (!CLASS.test(this.name)) {
      const why = `"${this.name}" has no class, and is no class's name`;
      throw this.refuse("class", why, 'Write "class: " with its name');
    }
    return this.name;
  }

  /** The class under one of these names. */
  className(...names: readonly string[]): string | undefined {
    const name = names.find((each) => this.has(each));
    const given = name === undefined ? undefined : this.string(name);
    if (given !== undefined && !CLASS.test(given)) {
      const whatToDo = 'Write the name that the command has on the wire, such as "SendDigest"';
      throw this.refuse(name as string, `its ${name} is no class's name`, whatToDo);
    }
    return given?.replace(/^::/, "");
  }

  schedule(name: string, text: ScheduleText): Schedule {
    try {
      const { timeZone } = this.#context;
      const schedule = Schedule.parse(text, { timeZone, seed: this.name });
      for (const warning of schedule.warnings) this.remark(name, warning);
      return schedule;
    } catch (error) {
      const { message } = error as InvalidScheduleError;
      throw new ConfigurationError(
        `Cannot use ${this.#at(name)}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
        { cause: error },
      );
    }
  }

  /** Refuses settings that nobody knows. */
  checkNames(known: readonly string[]): void {
    const unknown = Object.keys(this.#settings).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const whatToDo = `Settings are ${known.join(", ")}.${didYouMean(unknown, known)}`;
      throw this.refuse(
        unknown,
        `"${unknown}" is no setting of a job`,
        whatToDo.replace(/\.$/, ""),
      );
    }
  }

  refuse(name: string, why: string, whatToDo: string): Error {
    return cannotUse(this.#at(name), why, whatToDo);
  }

  remark(name: string, text: string): void {
    this.remarks.push(`${this.#at(name)}: ${text}`);
  }

  #at(name: string): string {
    return name in this.#settings
      ? `${this.#context.file}:${lineOf(this.#settings, name)}`
      : this.place;
  }
}
