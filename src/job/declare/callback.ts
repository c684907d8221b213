import { memberNames } from "../../support/member-names.ts";
import { didYouMean } from "../../support/nearest.ts";
import { signatureOf } from "../../support/signature.ts";
import { describe } from "../checks/checks.ts";
import type { DeclaringClass } from "./declarations.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import type { Callback } from "../around/middleware.ts";

/** Runs what is inside of an around callback. */
type Next = () => Promise<void>;

type Method = (job: JobHandle) => unknown;
type DiscardMethod = (error: unknown, job: JobHandle) => unknown;
type AroundMethod = (next: Next, job: JobHandle) => unknown;

/** `call` and `perform` are the work itself. */
type NameOf<Instance, Shape> = Exclude<
  { [Name in keyof Instance]-?: Instance[Name] extends Shape ? Name : never }[keyof Instance],
  "call" | "perform" | number | symbol
>;

/**
 * Names of a class's public methods that can stand before or after a job: what they may ask for is
 * the job.
 */
export type CallbackName<Declaring extends DeclaringClass> = NameOf<
  InstanceType<Declaring>,
  Method
>;

/** Names of those that can be told of an error. */
export type DiscardName<Declaring extends DeclaringClass> = NameOf<
  InstanceType<Declaring>,
  DiscardMethod
>;

/**
 * Names of those that can stand around a job: they ask for what lets the inside in, and maybe the
 * job.
 */
export type AroundName<Declaring extends DeclaringClass> = {
  [
    Name in NameOf<InstanceType<Declaring>, AroundMethod>
  ]: InstanceType<Declaring>[Name] extends () => unknown ? never : Name;
}[NameOf<InstanceType<Declaring>, AroundMethod>];

/** @param where The macro and its class, for messages. */
export function beforeOrAfter(
  kind: "before" | "after",
  callback: string | ((job: JobHandle, command: never) => unknown),
  where: string,
): Callback {
  if (typeof callback === "string") {
    return { kind, run: (job, { command }) => methodOf(command, callback, where)(job) };
  }
  checkCallback(callback, where);
  const run = callback as (job: JobHandle, command?: object) => unknown;
  return {
    kind,
    run: (job, source) => (takes(run, 2) ? run(job, source.command) : run(job)),
  };
}

/** @param where The macro and its class, for messages. */
export function around(
  callback: string | ((job: JobHandle, next: Next, command: never) => unknown),
  where: string,
): Callback {
  const kind = "around";
  if (typeof callback === "string") {
    return { kind, run: (job, next, { command }) => methodOf(command, callback, where)(next, job) };
  }
  checkCallback(callback, where);
  const run = callback as (job: JobHandle, next: Next, command?: object) => unknown;
  return {
    kind,
    run: (job, next, source) => (takes(run, 3) ? run(job, next, source.command) : run(job, next)),
  };
}

export function checkCallback(callback: unknown, where: string): void {
  if (typeof callback !== "function") {
    throw new TypeError(
      `Cannot use ${describe(callback)} in ${where}: give a function, or the name of a method`,
    );
  }
}

/**
 * Whether a function has so many parameters; one whose source does not say may look at all it is
 * given.
 */
function takes(callback: (...args: never) => unknown, count: number): boolean {
  return callback.length >= count || (signatureOf(callback).count ?? count) >= count;
}

/** Looked for on the instance, since a base may name what only its subclasses have. */
export function methodOf(
  command: object,
  name: string,
  where: string,
): (...args: unknown[]) => unknown {
  const method = (command as Readonly<Record<string, unknown>>)[name];
  if (typeof method !== "function" || theWork.has(name)) {
    throw new TypeError(`Cannot call "${name}" in ${where}: ${reason(command, name)}`);
  }
  return method.bind(command) as (...args: unknown[]) => unknown;
}

const theWork: ReadonlySet<string> = new Set(["call", "perform", "constructor"]);

function reason(command: object, name: string): string {
  if (theWork.has(name)) {
    return "that is the work itself. Name another method";
  }
  const isOther = ({ value }: PropertyDescriptor, member: string): boolean =>
    typeof value === "function" && !theWork.has(member);
  const meant = didYouMean(name, memberNames(command, isOther)) || " Name one that it has";
  return `${command.constructor.name} has no such method.${meant}`;
}
