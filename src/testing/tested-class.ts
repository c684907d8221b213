import type { CallableClass } from "../command/command-shape.ts";
import { describe } from "../job/checks/checks.ts";
import type { JobHandle } from "../job/handle/job-handle.ts";
import type { JobClass } from "../command/job.ts";
import { wireName } from "../job/declare/registry.ts";
import { commandNameOf, jobClassOf } from "../job/record/target.ts";

/** A command or a `Job`, which jobs are told apart by. */
export type TestedClass = CallableClass | JobClass;

/** Whether a job is one of that class, or of that name. `MandateJob` stands for every command. */
export function isJobOf(job: JobHandle, wanted: TestedClass | string): boolean {
  const command = commandNameOf(job.record);
  const jobClass = jobClassOf(job.record);
  if (typeof wanted === "string") return wanted === command || wanted === jobClass;
  return isCommand(wanted) ? nameOf(wanted) === command : nameOf(wanted) === jobClass;
}

/** The name on the wire. */
export function nameOf(wanted: TestedClass | string): string {
  return typeof wanted === "string" ? wanted : wireName(wanted);
}

/** @throws {TypeError} if it is neither a command or job nor a name. */
export function checkTestedClass(wanted: unknown, where: string): void {
  const isClass =
    typeof wanted === "function" &&
    ["call", "perform"].some((name) => typeof member(wanted, name) === "function");
  if (!isClass && typeof wanted !== "string") {
    const found = typeof wanted === "function" ? wanted.name || "a function" : describe(wanted);
    throw new TypeError(`Cannot use ${found} as ${where}: give a command, a job, or its name`);
  }
}

function isCommand(wanted: TestedClass): boolean {
  return typeof member(wanted, "call") === "function";
}

function member(wanted: unknown, name: string): unknown {
  return (wanted as { prototype?: Record<string, unknown> }).prototype?.[name];
}
