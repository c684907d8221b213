import { referred } from "../globalid/by-value.ts";
import type { Identity } from "../globalid/model-registry.ts";
import { globalIdSettings } from "../globalid/settings.ts";
import { formatUri } from "../globalid/uri.ts";
import {
  refusal,
  REFUSED_CYCLE,
  REFUSED_DEPTH,
  REFUSED_PROTO,
  refusedTransformer,
  refusedWithoutId,
} from "./deferrable.ts";
import { escapeSegment, MAX_DEPTH, propertyStep } from "./json-path.ts";
import type { AnnotatedPaths, Meta } from "./meta.ts";
import { isPlainArray, isPlainJson, isPlainNumber, isPlainObject } from "./plain-json.ts";
import { isRubyValue, RubyBigDecimal, RubyRange, type RubyValue } from "./ruby-values.ts";
import type { RowPlace } from "./rows.ts";
import { SerializationError } from "./serialization-error.ts";
import {
  BIG_DECIMAL,
  customContent,
  errorContent,
  instanceContent,
  isRegisteredSymbol,
  RANGE,
  toSuperjson,
  type Transformed,
  typedArrayContent,
} from "./superjson-values.ts";

/** What tells a job's arguments apart in an error's message. */
export interface ArgumentsContext {
  /** The command or job that has the arguments. */
  readonly className: string;
  /** What its parameters are called, in order, where that is known. */
  readonly parameterNames?: readonly string[] | undefined;
  /** They are context attributes and no arguments, of these names. */
  readonly attributeNames?: readonly string[] | undefined;
  /** It is the job's result, and no argument. */
  readonly isResult?: boolean;
  /** Hears of each plain object that looks like a record and travels by value; results and attributes are data. */
  readonly onRow?: ((place: RowPlace) => void) | undefined;
}

/** The nearest annotated value around the current one: annotations count from there. */
interface Surrounding {
  readonly values: AnnotatedPaths;
  /** How many segments lead to it. */
  readonly depth: number;
}

type StepOf = (index: number) => string;

/**
 * Turns arguments into JSON and its `meta`.
 *
 * The containers are walked here and not by superjson, whose own walk loses data where an object is
 * shared through a Map or a Set or points back to a class instance, and has no paths for errors
 * (superjson 2.2.6, plainer.js and accessDeep.js). Single values and registrations are superjson's.
 */
export class NativeWriter {
  readonly #context: ArgumentsContext;
  readonly #gids: string[] = [];
  readonly #equalities: Record<string, string[]> = {};
  readonly #firstPaths = new Map<object, string>();
  readonly #beingTransformed = new Set<unknown>();
  /** The way to the current value in JSON, and the same for people. */
  readonly #segments: string[] = [];
  readonly #steps: string[] = [];

  constructor(context: ArgumentsContext) {
    this.#context = context;
  }

  /** @throws {SerializationError} at the first value that cannot travel. */
  write(args: readonly unknown[]): { args: unknown[]; meta?: Meta } {
    const values: AnnotatedPaths = {};
    // The argument itself has no step: its number is told apart in messages.
    const json = this.#list(args, { values, depth: 0 }, () => "");
    const meta: Meta = {};
    if (this.#gids.length > 0) meta.gids = this.#gids;
    if (!isEmpty(values)) meta.values = values;
    if (!isEmpty(this.#equalities)) meta.referentialEqualities = this.#equalities;
    if (meta.values !== undefined || meta.referentialEqualities !== undefined) meta.v = 1;
    return isEmpty(meta) ? { args: json } : { args: json, meta };
  }

  #value(value: unknown, around: Surrounding): unknown {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return isPlainNumber(value) ? value : this.#leaf(value, around);
      case "bigint":
      case "undefined":
        return this.#leaf(value, around);
      case "symbol":
        return isRegisteredSymbol(value) ? this.#leaf(value, around) : this.#custom(value, around);
      case "function":
        return this.#custom(value, around);
      case "object":
        return value === null ? null : this.#object(value, around);
    }
  }

  #object(value: object, around: Surrounding): unknown {
    if (this.#segments.length > MAX_DEPTH) return this.#refuse(REFUSED_DEPTH);
    const identity = referred(value);
    if (identity !== undefined) return this.#record(identity);
    const firstPath = this.#firstPaths.get(value);
    if (firstPath !== undefined) return this.#again(value, firstPath);
    this.#firstPaths.set(value, this.#path());
    if (isPlainArray(value)) return this.#list(value, around);
    if (isPlainObject(value)) return this.#row(value, around);
    const instance = instanceContent(value);
    if (instance === undefined) return this.#custom(value, around);
    return this.#annotated(instance, around, (inner) => this.#row(instance.content, inner));
  }

  #record({ model, id, app = globalIdSettings.appName }: Identity): string {
    if (id === undefined) return this.#refuse(refusedWithoutId(model.name));
    this.#gids.push(this.#path());
    return formatUri({ app, model: model.name, id });
  }

  #again(value: object, firstPath: string): null {
    // What is read in its place would be needed before it can be made.
    if (this.#beingTransformed.has(value)) return this.#refuse(REFUSED_CYCLE);
    (this.#equalities[firstPath] ??= []).push(this.#path());
    return null;
  }

  #custom(value: unknown, around: Surrounding): unknown {
    const custom = this.#transformed(value);
    if (custom === undefined) return this.#builtIn(value, around);
    const { annotation, content } = custom;
    this.#beingTransformed.add(value);
    const json = this.#annotated(custom, around, (inner) => {
      if (isObject(content) && isPlainArray(content)) return this.#list(content, inner);
      if (isObject(content) && isPlainObject(content)) return this.#row(content, inner);
      return isPlainJson([content]) ? content : this.#refuse(refusedTransformer(annotation));
    });
    this.#beingTransformed.delete(value);
    return json;
  }

  #transformed(value: unknown): Transformed | undefined {
    try {
      return customContent(value);
    } catch (cause) {
      return this.#refuse(refusedTransformer(undefined), { cause });
    }
  }

  #builtIn(value: unknown, around: Surrounding): unknown {
    if (!isObject(value)) return this.#refuse(refusal(value));
    if (isExactly(value, Map)) {
      return this.#annotated(MAP, around, (inner) => this.#entries([...value], inner));
    }
    if (isExactly(value, Set)) {
      return this.#annotated(SET, around, (inner) => this.#list([...value], inner, braces));
    }
    if (value instanceof Error) {
      return this.#annotated(ERROR, around, (inner) => this.#row(errorContent(value), inner));
    }
    if (isRubyValue(value)) return this.#rubyValue(value, around);
    const typedArray = typedArrayContent(value);
    if (typedArray !== undefined) {
      return this.#annotated(typedArray, around, (inner) => this.#list(typedArray.content, inner));
    }
    const isLeaf = isValidDate(value) || isExactly(value, RegExp) || isExactly(value, URL);
    return isLeaf ? this.#leaf(value, around) : this.#refuse(refusal(value));
  }

  /** Its plain value, where that is one of JavaScript's. */
  #rubyValue(value: RubyValue, around: Surrounding): unknown {
    if (value instanceof RubyBigDecimal) {
      return this.#annotated(BIG_DECIMAL, around, () => value.text);
    }
    if (value instanceof RubyRange) {
      const bounds = [value.begin, value.end, value.excludeEnd];
      return this.#annotated(RANGE, around, (inner) => this.#list(bounds, inner, braces));
    }
    return this.#value(value.plain, around);
  }

  #leaf(value: unknown, around: Surrounding): unknown {
    const transformed = toSuperjson(value);
    return this.#annotated(transformed, around, () => transformed.content);
  }

  #list(list: readonly unknown[], around: Surrounding, stepOf: StepOf = brackets): unknown[] {
    const json: unknown[] = [];
    // By index, not by map(): a hole is read as undefined, and so does not vanish.
    for (let index = 0; index < list.length; index++) {
      json.push(this.#at(String(index), stepOf(index), list[index], around));
    }
    return json;
  }

  #row(row: Readonly<Record<string, unknown>>, around: Surrounding): Record<string, unknown> {
    const json: Record<string, unknown> = {};
    for (const key of Object.keys(row)) {
      if (key === "__proto__") return this.#refuse(REFUSED_PROTO, { step: propertyStep(key) });
      json[key] = this.#at(escapeSegment(key), propertyStep(key), row[key], around);
    }
    return json;
  }

  #entries(entries: readonly [unknown, unknown][], around: Surrounding): unknown[] {
    return entries.map(([key, value], index) => {
      this.#segments.push(String(index));
      const json = [
        this.#at("0", braces(`key ${index}`), key, around),
        this.#at("1", braces(`value ${index}`), value, around),
      ];
      this.#segments.pop();
      return json;
    });
  }

  #at(segment: string, step: string, value: unknown, around: Surrounding): unknown {
    this.#segments.push(segment);
    this.#steps.push(step);
    const json = this.#value(value, around);
    this.#segments.pop();
    this.#steps.pop();
    return json;
  }

  #annotated<Json>(
    { annotation }: Pick<Transformed, "annotation">,
    around: Surrounding,
    write: (inner: Surrounding) => Json,
  ): Json {
    const values: AnnotatedPaths = {};
    const path = this.#path(around.depth);
    const json = write({ values, depth: this.#segments.length });
    around.values[path] = isEmpty(values) ? [annotation] : [annotation, values];
    return json;
  }

  #path(from = 0): string {
    return this.#segments.slice(from).join(".");
  }

  #refuse(
    reason: string,
    { step = "", ...options }: { step?: string; cause?: unknown } = {},
  ): never {
    const argumentIndex = Number(this.#segments[0]);
    throw new SerializationError(reason, {
      className: this.#context.className,
      isResult: this.#context.isResult,
      argumentIndex,
      parameterName: this.#context.parameterNames?.[argumentIndex],
      path: this.#steps.join("") + step,
      ...options,
    });
  }
}

const MAP = { annotation: "map" };
const SET = { annotation: "set" };
const ERROR = { annotation: "Error" };

function brackets(index: number): string {
  return `[${index}]`;
}

function braces(position: number | string): string {
  return `{${position}}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether a value is of that class, and of no subclass, which would be lost on the way. */
function isExactly<Instance extends object>(
  value: object,
  type: { readonly prototype: Instance },
): value is Instance {
  return Object.getPrototypeOf(value) === type.prototype;
}

function isValidDate(value: object): boolean {
  return isExactly(value, Date) && !Number.isNaN(value.getTime());
}

function isEmpty(object: object): boolean {
  for (const _key in object) return false;
  return true;
}
