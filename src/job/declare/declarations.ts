import { shared } from "../../support/shared-state.ts";
import { ClassHooks, type Hooks } from "./hooks.ts";

/** Any class that macros can be called on. */
export type DeclaringClass = abstract new (...args: never) => object;

/** Something that a class may declare. */
export interface TraitDefinition<Value> {
  /** The name of its macro, as a rule. No other trait has it. */
  readonly name: string;
  /** The value for classes that declare nothing. */
  readonly undeclared: Value;
  /** What a class has that declares `own`, and whose parent has `inherited`. @default `own` */
  readonly inherit?: (inherited: Value, own: Value) => Value;
  /** The option by which one call says it for its own job. */
  readonly option?: TraitOption<Value>;
  /**
   * What is done with the jobs of classes that have this value. Asked once for each class, so that
   * a class pays for what it declares, and nothing else.
   */
  readonly hooks?: (value: Value, declarations: Declarations) => Hooks | undefined;
}

/**
 * An option of `defer`, `set` and their like: what it is given is declared for one job, as if by a
 * subclass.
 */
interface TraitOption<Value> {
  readonly name: string;
  /** @param where The class, for messages. @throws if it is of the wrong type, or out of range. */
  readonly read: (given: unknown, where: string) => Value;
}

/** Something that a class may declare, and what each class has declared of it. */
export class Trait<Value = unknown> {
  readonly definition: TraitDefinition<Value>;
  readonly #index: number;

  /** Made by `defineTrait`. */
  constructor(definition: TraitDefinition<Value>, index: number) {
    this.definition = definition;
    this.#index = index;
  }

  /** A class's value. */
  of({ values }: Declarations): Value {
    return values[this.#index] as Value;
  }
}

/** What holds for a class: what it has declared, its parents' declarations included. */
export class Declarations {
  /** In the order of all traits: see `Trait.of`. */
  readonly values: readonly unknown[];
  readonly hooks: ClassHooks;

  constructor(values: readonly unknown[]) {
    this.values = values;
    this.hooks = new ClassHooks(
      state.traits.flatMap((trait) => trait.definition.hooks?.(trait.of(this), this) ?? []),
    );
  }
}

/** What one class itself has declared. */
type Own = Map<Trait, unknown>;

interface Cached {
  readonly version: number;
  readonly declarations: Declarations;
}

const state = shared("traits", () => ({
  traits: [] as Trait[],
  /** Traits that have an option. */
  optional: [] as Trait[],
  optionNames: [] as readonly string[],
  own: new WeakMap<DeclaringClass, Own>(),
  cached: new WeakMap<DeclaringClass, Cached>(),
  version: 0,
  /** What holds for all that do not say otherwise. */
  forAll: new Map<Trait, unknown>(),
  undeclared: undefined as Cached | undefined,
}));

/** Traits of this copy of the library. */
const definedHere = new Set<string>();

/**
 * Adds to what classes may declare. Where several copies of this library are loaded, all have the
 * first one's.
 *
 * @throws {TypeError} if there is such a trait.
 */
export function defineTrait<Value>(definition: TraitDefinition<Value>): Trait<Value> {
  const { name } = definition;
  if (definedHere.has(name)) {
    throw new TypeError(
      `Cannot define the trait "${name}": there is one of that name. Give it another`,
    );
  }
  definedHere.add(name);
  const known = state.traits.find((trait) => trait.definition.name === name);
  if (known !== undefined) {
    return known as Trait<Value>;
  }
  const trait = new Trait(definition, state.traits.length);
  state.traits.push(trait as Trait);
  if (definition.option !== undefined) {
    state.optional.push(trait as Trait);
    state.optionNames = [...state.optionNames, definition.option.name];
  }
  state.version += 1;
  return trait;
}

/** All that holds for a class. The same object until a macro is called anywhere. */
export function declarationsOf(declaring: DeclaringClass): Declarations {
  const cached = state.cached.get(declaring);
  if (cached !== undefined && cached.version === state.version) {
    return cached.declarations;
  }
  const parent = Object.getPrototypeOf(declaring) as DeclaringClass | null;
  const inherited =
    typeof parent === "function" && parent !== Function.prototype
      ? declarationsOf(parent)
      : undeclared();
  const declarations = inherit(inherited, state.own.get(declaring));
  state.cached.set(declaring, { version: state.version, declarations });
  return declarations;
}

/** What holds for classes that declare nothing, or that nobody knows. */
export function undeclared(): Declarations {
  const { undeclared: cached, version } = state;
  if (cached?.version === version) {
    return cached.declarations;
  }
  const declarations = new Declarations(
    state.traits.map((trait) =>
      state.forAll.has(trait) ? state.forAll.get(trait) : trait.definition.undeclared,
    ),
  );
  state.undeclared = { version, declarations };
  return declarations;
}

/** Has a value hold for every class that does not say otherwise. Replaces what was said before. */
export function declareForAll<Value>(trait: Trait<Value>, value: Value): void {
  state.forAll.set(trait as Trait, value);
  state.version += 1;
}

/** Notes what a class declares, beside or in place of what it has declared before. */
export function declare<Value>(declaring: DeclaringClass, trait: Trait<Value>, own: Value): void {
  let declared = state.own.get(declaring);
  if (declared === undefined) {
    declared = new Map();
    state.own.set(declaring, declared);
  }
  const { undeclared: nothing } = trait.definition;
  const before = declared.has(trait as Trait) ? declared.get(trait as Trait) : nothing;
  declared.set(trait as Trait, joined(trait as Trait, before, own));
  state.version += 1;
}

/** @throws what the `read` of an option of a trait does. */
export function checkTraitOptions(options: object, where: string): void {
  declaredBy(options, where);
}

/** The names of the options that traits have: the same array until a trait is defined. */
export function traitOptionNames(): readonly string[] {
  return state.optionNames;
}

/**
 * What holds for one job: its class's declarations, and over them what the options of its call
 * declare.
 *
 * @param where The class, for messages.
 * @throws what an option's `read` does.
 */
export function withOptions(
  declarations: Declarations,
  options: object,
  where: string,
): Declarations {
  return inherit(declarations, declaredBy(options, where));
}

function declaredBy(options: object, where: string): Own | undefined {
  let declared: Own | undefined;
  for (const trait of state.optional) {
    const { option } = trait.definition;
    const given = option && (options as Readonly<Record<string, unknown>>)[option.name];
    if (given !== undefined) {
      declared ??= new Map();
      declared.set(trait, option?.read(given, where));
    }
  }
  return declared;
}

function inherit(inherited: Declarations, own: Own | undefined): Declarations {
  if (own === undefined) {
    return inherited;
  }
  return new Declarations(
    state.traits.map((trait) => {
      const value = trait.of(inherited);
      return own.has(trait) ? joined(trait, value, own.get(trait)) : value;
    }),
  );
}

function joined({ definition }: Trait, inherited: unknown, own: unknown): unknown {
  return definition.inherit === undefined ? own : definition.inherit(inherited, own);
}
