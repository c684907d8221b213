import { GlobalID } from "../globalid/global-id.ts";
import { MARKERS, MAX_RUBY_DEPTH } from "./activejob-writer.ts";
import { unreadable } from "./deserialization-error.ts";
import { type HashKeys, noteHashForm } from "./hash-form.ts";
import { propertyStep } from "./json-path.ts";
import { dateOfIso, noteRubyTime, type RubyTime } from "./ruby-times.ts";
import {
  isRubyValue,
  RubyBigDecimal,
  RubyDate,
  RubyDuration,
  RubyFloat,
  RubyModule,
  RubyRange,
  RubySymbol,
  type RubyValue,
} from "./ruby-values.ts";

type Row = Record<string, unknown>;

const GLOBAL_ID = "_aj_globalid";
const SERIALIZED = "_aj_serialized";
const SERIALIZER = /^ActiveJob::Serializers::(\w+Serializer)$/;
const MARKER_KEYS: ReadonlySet<string> = new Set(Object.values(MARKERS));

/** Turns what Active Job wrote into arguments. */
export class ActiveJobReader {
  readonly #args: readonly unknown[];
  readonly #exact: boolean;
  readonly #gids = new Map<string, GlobalID>();
  readonly #records = new Map<string, unknown>();

  /**
   * @param args The `arguments` of an Active Job, parsed.
   * @param options `exact`: what TypeScript has no value for comes as one of Ruby's, not as its
   *   plain value.
   * @throws {DeserializationError} if there is what Active Job does not write.
   */
  constructor(args: readonly unknown[], { exact = false }: { readonly exact?: boolean } = {}) {
    this.#args = args;
    this.#exact = exact;
    args.forEach((json, index) => this.#look(json, `${ROOT}[${index}]`, 1));
  }

  /** What is to be looked up before anything is read, each once. */
  get gids(): readonly GlobalID[] {
    return [...this.#gids.values()];
  }

  /** @param records What `gids` asks for, in its order. */
  read(records: readonly unknown[]): unknown[] {
    for (const [index, uri] of [...this.#gids.keys()].entries()) {
      this.#records.set(uri, records[index]);
    }
    return this.#args.map((json, index) => this.#value(json, `${ROOT}[${index}]`));
  }

  /** Finds the global ids, and what is there to do harm. */
  #look(json: unknown, path: string, depth: number): void {
    if (typeof json !== "object" || json === null || isRubyValue(json)) return;
    if (depth > MAX_RUBY_DEPTH) {
      throw unreadable(
        ROOT,
        `it is nested deeper than ${MAX_RUBY_DEPTH} levels, as Ruby writes none`,
      );
    }
    if (Array.isArray(json)) {
      json.forEach((item, index) => this.#look(item, `${path}[${index}]`, depth + 1));
    } else if (isReference(json as Row)) {
      this.#note((json as Row)[GLOBAL_ID], path);
    } else {
      for (const key of Object.keys(json)) {
        const at = path + propertyStep(key);
        if (key === "__proto__") throw unreadable(at, HARMFUL);
        this.#look((json as Row)[key], at, depth + 1);
      }
    }
  }

  #note(uri: unknown, path: string): void {
    const gid = typeof uri === "string" ? GlobalID.parse(uri) : undefined;
    if (gid === undefined) throw unreadable(path, "there is no global id");
    this.#gids.set(uri as string, gid);
  }

  #value(json: unknown, path: string): unknown {
    if (typeof json !== "object" || json === null || isRubyValue(json)) return json;
    if (Array.isArray(json)) {
      return json.map((item, index) => this.#value(item, `${path}[${index}]`));
    }
    const row = json as Row;
    if (isReference(row)) return this.#records.get(row[GLOBAL_ID] as string);
    return Object.hasOwn(row, SERIALIZED) ? this.#serialized(row, path) : this.#hash(row, path);
  }

  /** As Active Job 8.1, `arguments.rb`: the first marker in this order counts. */
  #hash(json: Row, path: string): Row {
    const row: Row = {};
    for (const key of Object.keys(json)) {
      if (!MARKER_KEYS.has(key)) row[key] = this.#value(json[key], path + propertyStep(key));
    }
    if (json[MARKERS.indifferent]) return noteHashForm(row, { keys: "indifferent", strings: NONE });
    const marker = [MARKERS.symbols, MARKERS.keywords].find((name) => Object.hasOwn(json, name));
    if (marker === undefined) return noteHashForm(row, { keys: "strings", strings: NONE });
    const symbols = new Set(textsOf(json[marker], path + propertyStep(marker)));
    const strings = new Set(Object.keys(row).filter((key) => !symbols.has(key)));
    return noteHashForm(row, { keys: hashKeys(marker, symbols), strings });
  }

  #serialized(json: Row, path: string): unknown {
    const name = json[SERIALIZED];
    const [, serializer = ""] = (typeof name === "string" && SERIALIZER.exec(name)) || [];
    switch (serializer) {
      case "SymbolSerializer":
        return this.#plain(new RubySymbol(textOf(json["value"], path)));
      case "ModuleSerializer":
        return this.#plain(new RubyModule(textOf(json["value"], path)));
      case "DateSerializer":
        return this.#plain(new RubyDate(textOf(json["value"], path)));
      case "BigDecimalSerializer":
        return new RubyBigDecimal(textOf(json["value"], path));
      case "DurationSerializer":
        return this.#plain(this.#duration(json, path));
      case "RangeSerializer":
        return new RubyRange(
          this.#value(json["begin"] ?? null, `${path}.begin`),
          this.#value(json["end"] ?? null, `${path}.end`),
          json["exclude_end"] === true,
        );
      case "TimeSerializer":
      case "DateTimeSerializer":
      case "TimeWithZoneSerializer":
        return time(json, serializer, path);
      default:
        throw unreadable(path, `there is an object of a serializer that is not known here`);
    }
  }

  /**
   * A duration's parts are pairs; an object, and names that are no symbols, will do, as for Active
   * Job.
   */
  #duration({ value, parts }: Row, path: string): RubyDuration {
    const at = `${path}.parts`;
    const pairs = isRow(parts) ? Object.entries(parts) : parts;
    if (!Array.isArray(pairs)) throw unreadable(at, "there is no list");
    const amounts: Record<string, number | RubyFloat> = {};
    for (const pair of pairs as unknown[]) {
      const [unit, amount] = Array.isArray(pair) ? (pair as unknown[]) : [];
      amounts[textOf(isRow(unit) ? unit["value"] : unit, at)] = amountOf(amount, at);
    }
    return new RubyDuration(amountOf(value, path), amounts);
  }

  #plain(value: RubyValue): unknown {
    return this.#exact ? value : value.plain;
  }
}

/** Where the arguments stand in a record. */
const ROOT = "[0].arguments";
const HARMFUL = "a property of that name can only be there to do harm. Delete the job";
const NONE: ReadonlySet<string> = new Set();

/** Next to another key it is a key like others, as in Ruby. */
function isReference(json: Row): boolean {
  return Object.hasOwn(json, GLOBAL_ID) && Object.keys(json).length === 1;
}

function hashKeys(marker: string, symbols: ReadonlySet<string>): HashKeys {
  if (marker === MARKERS.keywords) return "keywords";
  return symbols.size === 0 ? "strings" : "symbols";
}

function time(json: Row, serializer: RubyTime["serializer"], path: string): Date {
  const { value, time_zone: zone } = json;
  const date = typeof value === "string" ? dateOfIso(value) : undefined;
  if (date === undefined) throw unreadable(path, "there is no time in ISO 8601");
  const timeZone = typeof zone === "string" ? { timeZone: zone } : {};
  return noteRubyTime(date, { serializer, value: value as string, ...timeZone });
}

function textOf(json: unknown, path: string): string {
  if (typeof json !== "string") throw unreadable(path, "there is no text");
  return json;
}

function textsOf(json: unknown, path: string): readonly string[] {
  if (!Array.isArray(json)) throw unreadable(path, "there is no list");
  return json.map((item, index) => textOf(item, `${path}[${index}]`));
}

function amountOf(json: unknown, path: string): number | RubyFloat {
  if (typeof json !== "number" && !(json instanceof RubyFloat)) {
    throw unreadable(path, "there is no number");
  }
  return json;
}

function isRow(json: unknown): json is Row {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
