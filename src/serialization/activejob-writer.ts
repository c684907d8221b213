import { types } from "node:util";
import { referred } from "../globalid/by-value.ts";
import { globalIdSettings } from "../globalid/settings.ts";
import { formatUri } from "../globalid/uri.ts";
import { isPlainArray, isPlainObject } from "../support/realms.ts";
import { type ArgumentsContext, refuse } from "./arguments-context.ts";
import { builtInName } from "./built-ins.ts";
import {
  lossForRuby,
  REFUSED_HOLE_FOR_RUBY,
  refusalForRuby,
  REFUSED_PROTO,
  refusedWithoutId,
} from "./deferrable.ts";
import { hashFormOf, type HashForm, type HashKeys, symbolsOf } from "./hash-form.ts";
import { propertyStep } from "./json-path.ts";
import { NumberText } from "../support/lossless-json.ts";
import { rubyTimeOf } from "./ruby-times.ts";
import { isRubyValue, type RubyDuration, type RubyValue } from "./ruby-values.ts";

/** Of each hash's form, the key that says so, and where Active Job has it: at the end. */
export const MARKERS: Readonly<Record<HashKeys, string>> = {
  indifferent: "_aj_hash_with_indifferent_access",
  symbols: "_aj_symbol_keys",
  strings: "_aj_symbol_keys",
  keywords: "_aj_ruby2_keywords",
};

const RESERVED: ReadonlySet<string> = new Set([
  "_aj_globalid",
  "_aj_serialized",
  ...Object.values(MARKERS),
]);

/**
 * How deep arguments may be nested as JSON. Ruby's parser gives up at 100 levels and the job would
 * be dead; four of them are around the arguments.
 */
export const MAX_RUBY_DEPTH = 96;

const REFUSED_DEPTH = `what is nested deeper than ${MAX_RUBY_DEPTH} levels cannot be deferred to Ruby, whose parser stops there. Pass it in a flatter shape`;
const REFUSED_CYCLE =
  "a reference back to what it stands in cannot be deferred to Ruby. Pass it in a shape without circles";
const REFUSED_NUMBER = "NaN and the infinities cannot be deferred to Ruby. Pass null, or a string";
const REFUSED_TEXT =
  "text with half of a surrogate pair cannot be deferred to Ruby, which would refuse the whole job. Pass it without that";
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

const STRINGS: HashForm = { keys: "strings", strings: new Set() };
const KEYWORDS: HashForm = { keys: "keywords", strings: new Set() };

/** Turns arguments into what Active Job reads, exact numbers as `NumberText`. */
export class ActiveJobWriter {
  readonly #context: ArgumentsContext;
  readonly #open = new Set<object>();
  #index = 0;
  /** The way to the current value, for people. */
  readonly #steps: string[] = [];

  constructor(context: ArgumentsContext) {
    this.#context = context;
  }

  /**
   * An object at the end is keywords, unless it is known to be a hash in Ruby. What is undefined at
   * the end stays out: Ruby's own defaults are to hold.
   *
   * @throws {SerializationError} at the first value that Ruby cannot be given.
   */
  write(args: readonly unknown[]): unknown[] {
    const given = args.slice(0, args.findLastIndex((value) => value !== undefined) + 1);
    return given.map((value, index) => {
      this.#index = index;
      const isKeywords = index === given.length - 1 && isHash(value) && mayBeKeywords(value);
      return isKeywords ? this.#hash(value, KEYWORDS, 1) : this.#value(value, 1);
    });
  }

  #value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "undefined":
        return null;
      case "boolean":
        return value;
      case "string":
        return this.#text(value);
      case "number":
        return this.#number(value);
      case "bigint":
        return new NumberText(String(value));
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        return this.#refuse(refusalForRuby(value));
    }
  }

  #text(text: string): string {
    return LONE_SURROGATE.test(text) ? this.#refuse(REFUSED_TEXT) : text;
  }

  #number(value: number): unknown {
    if (!Number.isFinite(value)) return this.#refuse(REFUSED_NUMBER);
    return Object.is(value, -0) ? new NumberText("-0.0") : value;
  }

  #object(value: object, depth: number): unknown {
    if (isRubyValue(value)) return this.#rubyValue(value, depth);
    if (this.#open.has(value)) return this.#refuse(REFUSED_CYCLE);
    this.#checkDepth(depth);
    const identity = referred(value);
    if (identity !== undefined) {
      const { model, id, app = globalIdSettings.appName } = identity;
      if (id === undefined) return this.#refuse(refusedWithoutId(model.name));
      return { _aj_globalid: formatUri({ app, model: model.name, id }) };
    }
    if (isPlainArray(value)) return this.#list(value, depth);
    if (isPlainObject(value) && !types.isArgumentsObject(value)) {
      const form = hashFormOf(value) ?? STRINGS;
      return this.#hash(
        value,
        form.keys === "keywords" ? { ...form, keys: "symbols" } : form,
        depth,
      );
    }
    return this.#builtIn(value);
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    this.#open.add(list);
    const json: unknown[] = [];
    // By index, not by map(), which would pass over a hole.
    for (let index = 0; index < list.length; index++) {
      const step = `[${index}]`;
      if (!(index in list)) return this.#refuse(REFUSED_HOLE_FOR_RUBY, step);
      json.push(this.#at(step, list[index], depth + 1));
    }
    this.#checkLoss(list, "Array");
    this.#open.delete(list);
    return json;
  }

  #hash(row: Record<string, unknown>, form: HashForm, depth: number): Record<string, unknown> {
    this.#checkDepth(depth);
    this.#open.add(row);
    const json: Record<string, unknown> = {};
    const keys = Object.keys(row).filter((key) => row[key] !== undefined);
    for (const key of keys) {
      if (key === "__proto__") return this.#refuse(REFUSED_PROTO, propertyStep(key));
      if (RESERVED.has(key)) return this.#refuse(reserved(key), propertyStep(key));
      if (LONE_SURROGATE.test(key)) return this.#refuse(REFUSED_TEXT);
      json[key] = this.#at(propertyStep(key), row[key], depth + 1);
    }
    this.#open.delete(row);
    // The list of symbols is a level of its own.
    if (form.keys !== "indifferent") this.#checkDepth(depth + 1);
    json[MARKERS[form.keys]] = form.keys === "indifferent" ? true : symbolsOf(keys, form);
    return json;
  }

  #rubyValue(value: RubyValue, depth: number): unknown {
    this.#checkDepth(depth);
    switch (value.rubyType) {
      case "Float":
        return new NumberText(value.text);
      case "Symbol":
      case "Date":
      case "Module":
        return serialized(value.rubyType, { value: this.#text(value.plain) });
      case "BigDecimal":
        return serialized("BigDecimal", { value: value.text });
      case "Duration":
        return this.#duration(value, depth);
      case "Range": {
        const { begin, end, excludeEnd } = value;
        return serialized("Range", {
          begin: this.#at(".begin", begin, depth + 1),
          end: this.#at(".end", end, depth + 1),
          exclude_end: excludeEnd,
        });
      }
    }
  }

  #duration({ seconds, parts }: RubyDuration, depth: number): unknown {
    this.#checkDepth(depth + 3);
    return serialized("Duration", {
      value: this.#value(seconds, depth),
      parts: Object.entries(parts).map(([unit, amount]) => [
        serialized("Symbol", { value: unit }),
        this.#value(amount, depth),
      ]),
    });
  }

  #builtIn(value: object): unknown {
    if (builtInName(value) === "Date") {
      this.#checkLoss(value, "Date");
      const { serializer, value: iso, timeZone } = rubyTimeOf(value as Date);
      const zone = timeZone === undefined ? {} : { time_zone: timeZone };
      return { _aj_serialized: `${SERIALIZERS}${serializer}`, value: iso, ...zone };
    }
    return this.#refuse(refusalForRuby(value));
  }

  #checkLoss(value: object, name: string): void {
    const loss = lossForRuby(value, name);
    if (loss !== undefined) this.#refuse(loss.reason, loss.step);
  }

  #at(step: string, value: unknown, depth: number): unknown {
    this.#steps.push(step);
    const json = this.#value(value, depth);
    this.#steps.pop();
    return json;
  }

  #checkDepth(depth: number): void {
    if (depth > MAX_RUBY_DEPTH) this.#refuse(REFUSED_DEPTH);
  }

  #refuse(reason: string, step = ""): never {
    const path = this.#steps.join("") + step;
    return refuse(reason, this.#context, { index: this.#index, path });
  }
}

const SERIALIZERS = "ActiveJob::Serializers::";

function serialized(type: string, content: Readonly<Record<string, unknown>>): object {
  return { _aj_serialized: `${SERIALIZERS}${type}Serializer`, ...content };
}

function isHash(value: unknown): value is Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null;
  return isObject && !isRubyValue(value) && referred(value) === undefined && isPlainObject(value);
}

function mayBeKeywords(row: object): boolean {
  return (hashFormOf(row)?.keys ?? "keywords") === "keywords";
}

function reserved(key: string): string {
  return `a property named ${key} cannot be deferred to Ruby, where Active Job uses it. Rename it`;
}
