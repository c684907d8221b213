/** A class, as far as its name goes. */
export interface NamedClass {
  readonly name: string;
}

/** Minifiers count through the alphabet: three letters are enough for 200,000 names. */
const LONGEST_SHORT = 3;

/** By its name one sees whether the names of the bundle that this library is part of were kept. */
class NamesAreKept {
  static readonly isTrue: boolean = this.name === "NamesAreKept";
}

/**
 * Whether a minifier or a bundler may have made a class's name, so that the next build may give it
 * to another class.
 *
 * A name alone does not say: `A` is a good one in a test. So this also looks at the class's source,
 * which shows whether it was minified, and whether names were kept: esbuild's keepNames leaves a
 * call in each class that sets its name.
 *
 * - `e`, `pp`, `aXe`: a minifier's.
 * - `Place2` of a class without a name of its own (`var Place2 = class extends …`): esbuild's,
 *   where two things of a bundle have one name. `Place$1` is Rollup's and Rolldown's,
 *   `orders_Place` webpack's.
 * - `_Place`: esbuild's and SWC's, where a class speaks of itself.
 */
export function isBuiltName(named: NamedClass): boolean {
  const { name } = named;
  const source = Function.prototype.toString.call(named);
  if (setsName(source, name)) {
    return false;
  }
  if (
    /^_+\p{Lu}|\$|^\p{Ll}\w*_\p{Lu}/u.test(name) ||
    (/[2-9]$|\d\d$/.test(name) && isNameless(source))
  ) {
    return true;
  }
  if (name.length > LONGEST_SHORT) {
    return false;
  }
  return !NamesAreKept.isTrue || !/^\p{Lu}/u.test(name) || (isMinified(source) && !isWord(name));
}

/**
 * Whether another class of the application could have that name in another build, although nothing
 * says so.
 */
export function isDoubtfulName(named: NamedClass): boolean {
  const { name } = named;
  const source = Function.prototype.toString.call(named);
  return (
    !setsName(source, name) &&
    (/\d$/.test(name) || (name.length <= LONGEST_SHORT && isMinified(source)))
  );
}

/** As `static { __name(this, "Place") }` does, by whatever name. */
function setsName(source: string, name: string): boolean {
  const quoted = JSON.stringify(name);
  return source.includes(`(this,${quoted})`) || source.includes(`(this, ${quoted})`);
}

function isNameless(source: string): boolean {
  return /^class\s*(?:extends\b|\{)/.test(source);
}

/** Nobody writes the last braces without a space or a line between them. */
function isMinified(source: string): boolean {
  return /[^\s{]\}$|\S\{\}$/.test(source);
}

/** "Pay", "Ban": more likely a person's than a minifier's. */
function isWord(name: string): boolean {
  return /^\p{Lu}\p{Ll}{2}$/u.test(name);
}
