import { MandateError } from "../support/errors.ts";
import { shared } from "../support/shared-state.ts";
import { describe } from "./checks.ts";
import type { DeclaringClass } from "./declarations.ts";
import { settings } from "./settings.ts";

/** A class that runs jobs: a command, or a `Job`. */
export interface RunnableClass extends DeclaringClass {
  /** Its name on the wire. */
  readonly commandName?: string;
  readonly jobName?: string;
  /** A `Job` has it, a command has not. */
  readonly "mandate.performs"?: true;
  /** How many parameters a command declares, where that is known. */
  readonly "mandate.parameterCount"?: number | undefined;
  readonly prototype: { call?(): unknown; perform?(...args: never): unknown };
}

const LEAVE = '; or, where others run it, start this worker with onUnknownJob: "leave"';

/** No class of that name is known where the job was fetched. */
export class UnknownCommandError extends MandateError {
  static {
    this.named("UnknownCommandError");
  }

  readonly code = "MANDATE_UNKNOWN_COMMAND";
  /** The name in question. */
  readonly commandName: string;

  constructor(commandName: string, kind: Kind, jid: string | undefined) {
    const action = jid === undefined ? `Cannot run "${commandName}"` : `Cannot run job ${jid}`;
    super(
      `${action}: no ${kind} is registered as "${commandName}". ` +
        "Pass its class to registerCommands, or its folder to loadCommands" +
        (jid === undefined ? "" : LEAVE) +
        `. Registered here: ${registeredNames()}`,
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
  /** The name in question. */
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

type Kind = "command" | "job";

const registry = shared("registry", () => ({
  /** Two kinds may share a name: on the wire they stand in different places. */
  command: new Map<string, RunnableClass>(),
  job: new Map<string, RunnableClass>(),
  /** Of the classes above. Read once: by then the class is complete. */
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
      register(given as RunnableClass);
    } else if (typeof given !== "object" || given === null) {
      throw new TypeError(
        `Cannot register ${describe(given)}: give a class, or a module that exports some`,
      );
    } else {
      Object.values(given).filter(isRunnableClass).forEach(register);
    }
  }
  takeNoted();
  for (const name of registry.ambiguous) {
    throw new DuplicateCommandNameError(name);
  }
}

/**
 * Registers a class under its name. Cheap when it is already.
 *
 * @returns the name.
 * @throws {DuplicateCommandNameError} if another class has it.
 * @throws {TypeError} if it is no command that can be called, and no job that can be performed.
 */
export function register(runnableClass: RunnableClass): string {
  const registered = registry.names.get(runnableClass);
  if (registered !== undefined && !registry.ambiguous.has(registered)) {
    return registered;
  }
  if (!isRunnableClass(runnableClass)) {
    throw new TypeError(
      `Cannot register ${(runnableClass as Function).name || "a function"}: it is no command or job. ` +
        "Give a class that extends Command and has call(), or extends Job and has perform()",
    );
  }
  const name = readName(runnableClass);
  const known = registry[kindOf(runnableClass)].get(name);
  const isTaken = known !== undefined && known !== runnableClass;
  if ((isTaken || registry.ambiguous.has(name)) && !settings().reloading) {
    throw new DuplicateCommandNameError(name);
  }
  if (name === "") {
    throw new TypeError(
      "Cannot register a class without a name: give it one, or a static commandName",
    );
  }
  registry.noted.delete(runnableClass);
  registry.ambiguous.delete(name);
  add(runnableClass, name);
  return name;
}

/** Remembers a class that called a macro. Its name may come to it later. */
export function noteClass(declaring: DeclaringClass): void {
  registry.noted.add(declaring);
}

/** @throws {UnknownCommandError} if there is none. @throws {DuplicateCommandNameError} if there are two. */
export function runnableNamed(name: string, kind: Kind, jid?: string): RunnableClass {
  if (registry.noted.size > 0) {
    takeNoted();
  }
  if (registry.ambiguous.has(name)) {
    throw new DuplicateCommandNameError(name);
  }
  const found = registry[kind].get(name);
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
  const key = `${kindOf(runnableClass)}Name` as const;
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
  const { prototype } = value as unknown as RunnableClass;
  return typeof prototype[isCommand(value as never) ? "call" : "perform"] === "function";
}

function takeNoted(): void {
  for (const declaring of registry.noted) {
    registry.noted.delete(declaring);
    const name = isRunnableClass(declaring) ? wireName(declaring) : "";
    if (isRunnableClass(declaring) && name !== "") {
      const known = registry[kindOf(declaring)].get(name);
      if (known !== undefined && known !== declaring && !settings().reloading) {
        registry.ambiguous.add(name);
      } else {
        add(declaring, name);
      }
    }
  }
}

/** In place of another of that name, if there is one. */
function add(runnableClass: RunnableClass, name: string): void {
  const classes = registry[kindOf(runnableClass)];
  const replaced = classes.get(name);
  if (replaced !== undefined) {
    registry.names.delete(replaced);
  }
  classes.set(name, runnableClass);
  registry.names.set(runnableClass, name);
}

/** By its base class: a job may well have a method named `call`, a command one named `perform`. */
export function isCommand(runnableClass: RunnableClass): boolean {
  return runnableClass["mandate.performs"] !== true;
}

function kindOf(runnableClass: RunnableClass): Kind {
  return isCommand(runnableClass) ? "command" : "job";
}

/** Names of what runs jobs here, for messages. */
export function registeredNames(): string {
  const names = [...registry.command.keys(), ...registry.job.keys()];
  if (names.length === 0) {
    return "none";
  }
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
