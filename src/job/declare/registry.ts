import { MandateError } from "../../support/errors.ts";
import { didYouMean } from "../../support/nearest.ts";
import { shared } from "../../support/shared-state.ts";
import { describe } from "../checks/checks.ts";
import type { DeclaringClass } from "./declarations.ts";
import { readIdentity, readName, type Identity } from "./identity.ts";
import { areCopies, noteOrigin } from "./origin.ts";
import { settings } from "../settings/settings.ts";

/** A class that runs jobs: a command, or a `Job`. */
export interface RunnableClass extends DeclaringClass {
  /** The class's name on the wire. */
  readonly commandName?: string;
  readonly jobName?: string;
  /** Earlier names, whose jobs it runs as well. */
  readonly formerNames?: readonly string[];
  /** A `Job` has it, a command has not. */
  readonly "mandate.performs"?: true;
  /** How many parameters a command declares, where that is known. */
  readonly "mandate.parameterCount"?: number | undefined;
  /** The properties that they become, as far as the source says. */
  readonly "mandate.propertyNames"?: readonly string[] | undefined;
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
      `${action}: no ${kind} is registered as "${commandName}".${jid === undefined ? didYouMean(commandName, names()) : ""} ` +
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

/** Who answers to a name. */
interface Known {
  readonly runnable: RunnableClass;
  readonly identity: Identity;
  /** Another class has the name as well, and is no copy: by a macro, or it was only deferred. */
  contested: "declared" | "deferred" | undefined;
}

const registry = shared("classes", () => ({
  /** Two kinds may share a name: on the wire they differ in place. Former names are in, too. */
  command: new Map<string, Known>(),
  job: new Map<string, Known>(),
  /** Of all classes above, and of copies of them. Read once: by then the class is complete. */
  identities: new WeakMap<RunnableClass, Identity>(),
  /** Known from a macro; names are read when somebody asks: a macro may run before them. */
  noted: new Set<DeclaringClass>(),
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
  for (const [name, { contested }] of [...registry.command, ...registry.job]) {
    if (contested === "declared") {
      throw new DuplicateCommandNameError(name);
    }
  }
}

/**
 * Registers a class under its name.
 *
 * @internal
 * @returns the name.
 * @throws {DuplicateCommandNameError} if another class has it.
 * @throws {TypeError} if it is no command that can be called, and no job that can be performed.
 */
export function register(runnableClass: RunnableClass): string {
  const identity = checkedIdentity(runnableClass);
  const classes = registry[kindOf(runnableClass)];
  for (const name of [identity.name, ...identity.formerNames]) {
    const known = classes.get(name);
    if (known !== undefined && isTaken(known, runnableClass)) {
      throw new DuplicateCommandNameError(name);
    }
  }
  add(runnableClass, identity, "declared");
  return identity.name;
}

/**
 * Makes a class known whose job is to be deferred, which needs no more than its name: where another
 * class has that, it is for a worker to say so. Cheap when it is known already.
 *
 * @throws {TypeError} if it is no command that can be called, and no job that can be performed.
 */
export function enlist(runnableClass: RunnableClass): Identity {
  return (
    registry.identities.get(runnableClass) ??
    add(runnableClass, checkedIdentity(runnableClass), "deferred")
  );
}

/** Remembers a class that called a macro. Its name may come to it later. */
export function noteClass(declaring: DeclaringClass): void {
  noteOrigin(declaring);
  registry.noted.add(declaring);
}

/** @throws {UnknownCommandError | DuplicateCommandNameError} if there is none, or two. */
export function runnableNamed(name: string, kind: Kind, jid?: string): RunnableClass {
  return knownNamed(name, kind, jid).runnable;
}

/** As `runnableNamed`, with what else is known of the class. */
export function knownNamed(name: string, kind: Kind, jid?: string): Readonly<Known> {
  if (registry.noted.size > 0) {
    takeNoted();
  }
  const known = registry[kind].get(name);
  if (known === undefined) {
    throw new UnknownCommandError(name, kind, jid);
  }
  if (known.contested !== undefined) {
    throw new DuplicateCommandNameError(name);
  }
  return known;
}

/** A class's name on the wire. */
export function wireName(runnableClass: RunnableClass): string {
  const known = registry.identities.get(runnableClass);
  return known?.name ?? readName(runnableClass, kindOf(runnableClass));
}

/** All names that jobs of a class may have, earlier ones too. Of an earlier name, only that. */
export function namesOf(wanted: RunnableClass | string): readonly string[] {
  if (typeof wanted !== "string") {
    const { name, formerNames } = readIdentity(wanted, kindOf(wanted));
    return [name, ...formerNames];
  }
  const same = identities().filter(({ name }) => name === wanted);
  return [wanted, ...same.flatMap(({ formerNames }) => formerNames)];
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
    if (isRunnableClass(declaring) && wireName(declaring) !== "") {
      add(declaring, checkedIdentity(declaring), "declared");
    }
  }
}

/** @throws {TypeError} if it is nothing that runs jobs, or has no name. */
function checkedIdentity(runnableClass: RunnableClass): Identity {
  if (!isRunnableClass(runnableClass)) {
    throw new TypeError(
      `Cannot register ${(runnableClass as Function).name || "a function"}: it is no command or job. ` +
        "Give a class that extends Command and has call(), or extends Job and has perform()",
    );
  }
  const identity =
    registry.identities.get(runnableClass) ?? readIdentity(runnableClass, kindOf(runnableClass));
  if (identity.name === "") {
    throw new TypeError(
      "Cannot register a class without a name: give it one, or a static commandName",
    );
  }
  return identity;
}

function add(runnable: RunnableClass, identity: Identity, how: "declared" | "deferred"): Identity {
  registry.noted.delete(runnable);
  for (const name of [identity.name, ...identity.formerNames]) {
    claim(name, { runnable, identity, contested: undefined }, how);
  }
  registry.identities.set(runnable, identity);
  return identity;
}

/** In place of a copy of the class; or of any class, where they are loaded anew. */
function claim(name: string, claimed: Known, how: "declared" | "deferred"): void {
  const classes = registry[kindOf(claimed.runnable)];
  const known = classes.get(name);
  if (known === undefined) {
    classes.set(name, claimed);
  } else if (settings().reloading) {
    // The other one is to take the name back when it is deferred the next time.
    registry.identities.delete(known.runnable);
    classes.set(name, claimed);
  } else if (isRival(known.runnable, claimed.runnable)) {
    known.contested = known.contested === "declared" ? known.contested : how;
  } else {
    classes.set(name, { ...claimed, contested: known.contested });
  }
}

function isTaken({ runnable: known, contested }: Known, other: RunnableClass): boolean {
  return !settings().reloading && (contested !== undefined || isRival(known, other));
}

function isRival(known: RunnableClass, other: RunnableClass): boolean {
  return known !== other && !areCopies(known, other);
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
  const all = names();
  const shown = all.slice(0, 20).join(", ") || "none";
  return all.length > 20 ? `${shown} and ${all.length - 20} more` : shown;
}

function names(): string[] {
  return identities().map(({ name }) => name);
}

/** Of all classes that are known by now. */
export function identities(): readonly Identity[] {
  takeNoted();
  const known = [...registry.command, ...registry.job];
  return known.flatMap(([name, { identity }]) => (name === identity.name ? identity : []));
}
