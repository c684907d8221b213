import { MandateError } from "../support/errors.ts";
import { shared } from "../support/shared-state.ts";
import type { DeclaringClass } from "./declarations.ts";
import { settings } from "./settings.ts";

/** A class that runs jobs: a command, or a `Job`. */
export interface RunnableClass extends DeclaringClass {
  /** Its name on the wire. */
  readonly commandName?: string;
  readonly jobName?: string;
  readonly prototype: { call?(): unknown; perform?(...args: never): unknown };
}

/** No class of that name is known where the job was fetched. */
export class UnknownCommandError extends MandateError {
  static {
    this.named("UnknownCommandError");
  }

  readonly code = "MANDATE_UNKNOWN_COMMAND";
  readonly commandName: string;

  constructor(commandName: string, kind: "command" | "job", jid: string | undefined) {
    const action = jid === undefined ? `Cannot run "${commandName}"` : `Cannot run job ${jid}`;
    super(
      `${action}: no ${kind} is registered as "${commandName}". ` +
        "Pass its class to registerCommands, or its folder to loadCommands. " +
        `Registered here: ${registeredNames()}`,
    );
    this.commandName = commandName;
  }
}

/** Two different classes would answer to one name. */
export class DuplicateCommandNameError extends MandateError {
  static {
    this.named("DuplicateCommandNameError");
  }

  readonly code = "MANDATE_DUPLICATE_COMMAND_NAME";
  readonly commandName: string;

  constructor(commandName: string) {
    super(
      `Cannot register two different classes as "${commandName}": a job of that name could run either. ` +
        "Give one of them another name (static commandName), " +
        "or call configure({ reloading: true }) where classes are loaded anew",
    );
    this.commandName = commandName;
  }
}

/** Marks classes of this library, whichever copy of it they extend. */
export const runnable: unique symbol = Symbol.for("mandate.runnable") as never;

const registry = shared("registry", () => ({
  classes: new Map<string, RunnableClass>(),
  /** Read once: by then the class is complete. */
  names: new WeakMap<RunnableClass, string>(),
  /** Known from a macro; their names are read when somebody asks, since a macro may run before them. */
  noted: new Set<DeclaringClass>(),
  ambiguous: new Set<string>(),
}));

/**
 * Makes commands and jobs known, so that a worker can run them.
 *
 * @param classesOrModules Classes, or modules, all of whose exported commands and jobs are taken.
 * @throws {DuplicateCommandNameError} if another class has the name of one of them.
 *
 * @example
 * ```ts
 * import { Command, registerCommands } from "mandate";
 *
 * class Greet extends Command {
 *   call() {}
 * }
 *
 * registerCommands(Greet);
 * ```
 */
export function registerCommands(...classesOrModules: readonly object[]): void {
  for (const given of classesOrModules) {
    if (typeof given === "function") {
      if (!isRunnableClass(given)) {
        throw new TypeError(
          `Cannot register ${given.name || "a function"}: it is no command or job. ` +
            "Give a class that extends Command and has call(), or extends Job and has perform()",
        );
      }
      register(given);
    } else {
      Object.values(given).filter(isRunnableClass).forEach(register);
    }
  }
  takeNoted();
  for (const name of registry.ambiguous) {
    throw new DuplicateCommandNameError(name);
  }
}

/** Registers a class under its name. Cheap when it is already. */
export function register(runnableClass: RunnableClass): void {
  const name = wireName(runnableClass);
  const known = registry.classes.get(key(runnableClass, name));
  if (known === runnableClass && !registry.ambiguous.has(name)) {
    return;
  }
  if (known !== undefined && known !== runnableClass && !settings().reloading) {
    throw new DuplicateCommandNameError(name);
  }
  if (registry.ambiguous.has(name) && !settings().reloading) {
    throw new DuplicateCommandNameError(name);
  }
  if (name === "") {
    throw new TypeError(
      "Cannot register a class without a name: give it one, or a static commandName",
    );
  }
  registry.noted.delete(runnableClass);
  registry.ambiguous.delete(name);
  registry.classes.set(key(runnableClass, name), runnableClass);
  registry.names.set(runnableClass, name);
}

/** Remembers a class that called a macro. Its name may come to it later. */
export function noteClass(declaring: DeclaringClass): void {
  registry.noted.add(declaring);
}

/** @throws {UnknownCommandError} if there is none. @throws {DuplicateCommandNameError} if there are two. */
export function runnableNamed(name: string, kind: "command" | "job", jid?: string): RunnableClass {
  let found = registry.classes.get(`${kind} ${name}`);
  if (registry.noted.size > 0) {
    takeNoted();
    found = registry.classes.get(`${kind} ${name}`);
  }
  if (registry.ambiguous.has(name)) {
    throw new DuplicateCommandNameError(name);
  }
  if (found === undefined) {
    throw new UnknownCommandError(name, kind, jid);
  }
  return found;
}

/**
 * A class's name on the wire: its own `commandName` or `jobName`, or what an inherited getter makes of
 * it, else the class's name. A parent's constant stays the parent's.
 */
export function wireName(runnableClass: RunnableClass): string {
  return registry.names.get(runnableClass) ?? readName(runnableClass);
}

function readName(runnableClass: RunnableClass): string {
  const key = typeof runnableClass.prototype.call === "function" ? "commandName" : "jobName";
  for (
    let owner: object | null = runnableClass;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property !== undefined) {
      const isOwn = owner === runnableClass || property.get !== undefined;
      return isOwn ? String(runnableClass[key]) : runnableClass.name;
    }
  }
  return runnableClass.name;
}

function isRunnableClass(value: unknown): value is RunnableClass {
  if (typeof value !== "function" || (value as { [runnable]?: true })[runnable] !== true) {
    return false;
  }
  const prototype = value.prototype as { call?: unknown; perform?: unknown };
  return typeof prototype.call === "function" || typeof prototype.perform === "function";
}

function takeNoted(): void {
  for (const declaring of registry.noted) {
    registry.noted.delete(declaring);
    if (isRunnableClass(declaring)) {
      const name = wireName(declaring);
      const known = registry.classes.get(key(declaring, name));
      if (known !== undefined && known !== declaring && !settings().reloading) {
        registry.ambiguous.add(name);
      } else {
        registry.classes.set(key(declaring, name), declaring);
        registry.names.set(declaring, name);
      }
    }
  }
}

/** A command and a job may share a name: on the wire they stand in different places. */
function key(runnableClass: RunnableClass, name: string): string {
  return `${typeof runnableClass.prototype.call === "function" ? "command" : "job"} ${name}`;
}

function registeredNames(): string {
  const names = [...registry.classes.values()].map(wireName);
  if (names.length === 0) {
    return "none";
  }
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
