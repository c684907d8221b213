import { types } from "node:util";
import { referred } from "../globalid/by-value.ts";
import type { Identity } from "../globalid/model-registry.ts";
import { globalIdSettings } from "../globalid/settings.ts";
import { formatUri } from "../globalid/uri.ts";
import { isPlainArray, isPlainObject } from "../support/realms.ts";
import { type ArgumentsContext, refuse } from "./arguments-context.ts";
import { builtInName } from "./built-ins.ts";
import {
  lossIn,
  lostInClass,
  refusal,
  REFUSED_CYCLE,
  REFUSED_DEPTH,
  REFUSED_HOLE,
  REFUSED_PROTO,
  refusedTransformer,
  refusedWithoutId,
} from "./deferrable.ts";
import { errorKeys, errorNote, isError, picked } from "./errors.ts";
import { escapeSegment, MAX_DEPTH, propertyStep } from "./json-path.ts";
import type { AnnotatedPaths, Meta } from "./meta.ts";
import { isPlainJson, isPlainNumber } from "./plain-json.ts";
import { isRubyValue, type RubyValue } from "./ruby-values.ts";
import {
  allowedErrorProps,
  BIG_DECIMAL,
  customContent,
  instanceContent,
  isRegisteredSymbol,
  leafContent,
  primitiveContent,
  RANGE,
  type Transformed,
} from "./superjson-values.ts";

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
  readonly #errors: Record<string, string[]> = {};
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
    if (!isEmpty(this.#errors)) meta.errors = this.#errors;
    if (meta.values !== undefined || meta.referentialEqualities !== undefined) meta.v = 1;
    return isEmpty(meta) ? { args: json } : { args: json, meta };
  }

  #value(value: unknown, around: Surrounding): unknown {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return isPlainNumber(value) ? value : this.#leaf(primitiveContent(value), around);
      case "bigint":
      case "undefined":
        return this.#leaf(primitiveContent(value), around);
      case "symbol":
        return isRegisteredSymbol(value)
          ? this.#leaf(primitiveContent(value), around)
          : this.#custom(value, around);
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
    if (isPlainArray(value)) return this.#array(value, around);
    if (isPlainObject(value) && !types.isArgumentsObject(value)) return this.#row(value, around);
    const instance = instanceContent(value);
    if (instance === undefined) return this.#custom(value, around);
    const lost = lostInClass(value);
    if (lost !== undefined) return this.#refuse(lost);
    if (isError(value)) this.#noteError(value, String(instance.annotation[1]));
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
      if (isObject(content) && isPlainArray(content)) return this.#array(content, inner);
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
    if (isRubyValue(value)) return this.#rubyValue(value, around);
    const name = builtInName(value);
    if (name === undefined) return this.#refuse(refusal(value));
    if (isError(value)) return this.#error(value, name, around);
    this.#checkLoss(value, name);
    if (name === "Map") {
      const entries = [...(value as Map<unknown, unknown>)];
      return this.#annotated(MAP, around, (inner) => this.#entries(entries, inner));
    }
    if (name === "Set") {
      const items = [...(value as Set<unknown>)];
      return this.#annotated(SET, around, (inner) => this.#list(items, inner, braces));
    }
    if (ArrayBuffer.isView(value)) {
      const annotation = ["typed-array", name] as const;
      const items = Array.from(value as Uint8Array);
      return this.#annotated({ annotation }, around, (inner) => this.#list(items, inner));
    }
    return this.#leaf(leafContent(value, name), around);
  }

  #error(error: Error, name: string, around: Surrounding): unknown {
    this.#noteError(error, name);
    const content = picked(error, ["name", ...errorKeys(error, allowedErrorProps())]);
    return this.#annotated(ERROR, around, (inner) => this.#row(content, inner));
  }

  #noteError(error: Error, name: string): void {
    const note = errorNote(error, name);
    if (note !== undefined) this.#errors[this.#path()] = note;
  }

  /** A Ruby value as a plain one, where JavaScript has such. */
  #rubyValue(value: RubyValue, around: Surrounding): unknown {
    switch (value.rubyType) {
      case "BigDecimal":
        return this.#annotated(BIG_DECIMAL, around, () => value.text);
      case "Range": {
        const bounds = [value.begin, value.end, value.excludeEnd];
        return this.#annotated(RANGE, around, (inner) => this.#list(bounds, inner, braces));
      }
      default:
        return this.#value(value.plain, around);
    }
  }

  #leaf(transformed: Transformed, around: Surrounding): unknown {
    return this.#annotated(transformed, around, () => transformed.content);
  }

  #array(array: readonly unknown[], around: Surrounding): unknown[] {
    const json = this.#list(array, around);
    this.#checkLoss(array, "Array");
    return json;
  }

  #checkLoss(value: object, name: string): void {
    const loss = lossIn(value, name);
    if (loss !== undefined) this.#refuse(loss.reason, loss);
  }

  #list(list: readonly unknown[], around: Surrounding, stepOf: StepOf = brackets): unknown[] {
    const json: unknown[] = [];
    // By index, not by map(), which would pass over a hole.
    for (let index = 0; index < list.length; index++) {
      if (!(index in list)) return this.#refuse(REFUSED_HOLE, { step: stepOf(index) });
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
    const path = this.#steps.join("") + step;
    return refuse(reason, this.#context, { ...options, path, index: Number(this.#segments[0]) });
  }
}

const MAP = { annotation: "map" };
const SET = { annotation: "set" };
const ERROR = { annotation: "Error" };

const brackets: StepOf = (index) => `[${index}]`;

function braces(position: number | string): string {
  return `{${position}}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isEmpty(object: object): boolean {
  for (const _key in object) return false;
  return true;
}
