/**
 * How deep arguments may be nested as JSON. Deeper ones would end in an overflow of the stack, here
 * or in JSON.stringify, where nothing can say what is to blame.
 */
export const MAX_DEPTH = 500;

/** One step of a path in superjson's form, version 1: steps are joined by dots. */
export function escapeSegment(key: string): string {
  return key.replace(/[\\.]/g, "\\$&");
}

/** The steps of a path in superjson's form. */
export function parsePath(path: string): string[] {
  if (!path.includes("\\")) return path.split(".");
  // At dots with an even number of backslashes before them: those escape each other.
  const steps = path.split(/(?<=(?<!\\)(?:\\\\)*)\./);
  return steps.map((step) => step.replace(/\\([\\.])/g, "$1"));
}

/** A property as a step of a path that people read: `.author`, or `["e-mail"]`. */
export function propertyStep(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}
