/** What a class declares, as far as every build of it has that. */
interface Declared {
  /** How many parameters; `undefined` with a rest parameter. */
  readonly count: number | undefined;
  /** Of the properties that they become: minifiers rename parameters, but not these. */
  readonly names: readonly string[];
  /** Another class may have its name in another build. */
  readonly isDoubtful: boolean;
}

/** More names than this are not needed to see that two classes have none in common. */
const MOST_NAMES = 6;

/**
 * What a record says about the declaration that it was deferred by: how many parameters (`*`: any
 * number), two characters for each of the first names, and `~` where the class's name is doubtful.
 * Short, because each job carries it.
 *
 * @returns `undefined` where there are no names to compare.
 */
export function declarationSignature({ count, names, isDoubtful }: Declared): string | undefined {
  if (names.length === 0) {
    return undefined;
  }
  const counted = count === undefined ? "*" : Math.min(count, 35).toString(36);
  return counted + names.slice(0, MOST_NAMES).map(hash).join("") + (isDoubtful ? "~" : "");
}

/**
 * Whether jobs with one signature may be run by a class with the other.
 *
 * Declarations change from one deploy to the next, and what waits is to run all the same: so
 * arguments may be added, taken away and renamed. Another command has other arguments altogether:
 * no name in common, and another number of them or, where the name that both have is doubtful,
 * whatever the number.
 *
 * @param recorded What a record says: absent, or of a later version, it is no reason to refuse.
 */
export function isFitting(recorded: unknown, declared: string | undefined): boolean {
  if (recorded === declared || declared === undefined || typeof recorded !== "string") {
    return true;
  }
  const [one, other] = [read(recorded), read(declared)];
  if (one === undefined || other === undefined) {
    return true;
  }
  const isShared = one.names.some((name) => other.names.includes(name));
  const isSameCount = one.count === other.count || one.count === "*" || other.count === "*";
  return isShared || (isSameCount && !one.isDoubtful && !other.isDoubtful);
}

function read(
  signature: string,
): { count: string; names: readonly string[]; isDoubtful: boolean } | undefined {
  const [, count, names, mark] = /^([0-9a-z*])((?:[\w-]{2})+)(~?)$/.exec(signature) ?? [];
  return count === undefined || names === undefined
    ? undefined
    : { count, names: names.match(/../g) ?? [], isDoubtful: mark === "~" };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** FNV-1a, folded to 12 bits. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(name: string): string {
  let state = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    state = Math.imul(state ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  const folded = (state ^ (state >>> 12) ^ (state >>> 24)) & 0xfff;
  return DIGITS.charAt(folded >> 6) + DIGITS.charAt(folded & 63);
}
