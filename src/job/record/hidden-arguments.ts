/*
 * A class field hides the argument of its name: `override readonly user!: User` is emitted as
 * `user;`, which sets the property to undefined once the constructor that took the arguments has
 * returned. So no constructor can see it; it is looked for where the command is used first, and
 * until each of its properties was seen with a value.
 */

interface Made {
  readonly type: Named;
  /** What the function of `initializeWith` returned. */
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Named {
  readonly name: string;
}

const made = new WeakMap<object, Made>();
const seenNames = new WeakMap<object, Set<string>>();
const provenClasses = new WeakSet<object>();
/**
 * How many were made and not looked at. A command that is made and never called counts for good.
 */
let pending = 0;

/**
 * Notes what a command took over, for `checkFields`.
 *
 * @returns `false` where no field of its class hides an argument: nothing is noted then.
 */
export function noteUnproven(command: object, taken: Made): boolean {
  if (provenClasses.has(taken.type)) return false;
  made.set(command, taken);
  pending += 1;
  return true;
}

/** @throws {TypeError} if a field of the command's class took an argument away. */
export function checkFields(command: object): void {
  if (pending > 0) lookAt(command);
}

function lookAt(command: object): void {
  const noted = made.get(command);
  if (noted === undefined) return;
  made.delete(command);
  pending -= 1;
  const { type, properties } = noted;
  const seen = seenNames.get(type) ?? new Set();
  seenNames.set(type, seen);
  const names = Object.keys(properties);
  for (const name of names.filter((each) => properties[each] !== undefined)) {
    if ((command as Readonly<Record<string, unknown>>)[name] === undefined)
      throw hidden(type, name);
    seen.add(name);
  }
  if (names.every((name) => seen.has(name))) provenClasses.add(type);
}

function hidden({ name: type }: Named, name: string): TypeError {
  return new TypeError(
    `Cannot call ${type}: its class field "${name}" hides the argument of that name, and is undefined. ` +
      `Leave the field out, since initializeWith declares it, or write "declare readonly ${name}: …"`,
  );
}
