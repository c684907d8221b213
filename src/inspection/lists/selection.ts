import { checkOptionNames, describe } from "../../job/checks/checks.ts";
import type { DeclaringClass } from "../../job/declare/declarations.ts";
import type { ErrorClass } from "../../job/errors/error-matcher.ts";
import { namesOf } from "../../job/declare/registry.ts";
import { seconds, type Duration } from "../../support/duration.ts";
import type { RecordView } from "../entries/record-view.ts";

/** Which jobs are meant: those that fit all that is given. An empty one means every job. */
export interface JobSelection {
  /** Their jids: one, or any of several. */
  readonly jid?: string | readonly string[];
  /** What runs them: a command or a `Job`, by its class or its name. */
  readonly command?: string | DeclaringClass;
  /** The queue they are on, or will go to. */
  readonly queue?: string;
  /** What they last failed with: a class of errors, or its name. */
  readonly errorClass?: string | ErrorClass;
  /** Jobs that were deferred longer ago than that: **seconds**, or a string such as `"2 days"`. */
  readonly olderThan?: Duration;
  /** Jobs that were deferred within that time: **seconds**, or a string such as `"2 days"`. */
  readonly newerThan?: Duration;
  /** A text in one of their arguments, however deep; a number only as a whole. */
  readonly argument?: string;
  /** A record among their arguments, however deep: `"gid://app/User/1"`, or a `GlobalID`. */
  readonly globalId?: string | { toString(): string };
  /** A record among the arguments or in the context that a job was deferred with, however deep. */
  readonly mentions?: string | { toString(): string };
  /** One of their tags. */
  readonly tag?: string;
}

/** A job that can be selected. */
interface Selectable extends RecordView {
  readonly id: string | undefined;
  readonly queueName: string;
}

type Test = (job: Selectable) => boolean;

/** Whether a job is meant. */
export type Matcher = Test;

const NAMES: readonly (keyof JobSelection)[] = [
  "jid",
  "command",
  "queue",
  "errorClass",
  "olderThan",
  "newerThan",
  "argument",
  "globalId",
  "mentions",
  "tag",
];

/**
 * @param now The store's time, epoch seconds: ages are counted from there.
 * @throws {UnknownOptionError} if there is no such field. What is misspelled would mean every job.
 * @throws {TypeError} if a field is undefined, for the same reason.
 */
export function matcherOf(selection: JobSelection, now: number): Matcher {
  checkOptionNames(selection, NAMES, "a selection of jobs");
  for (const [name, value] of Object.entries(selection)) {
    if (value === undefined || value === null) {
      throw new TypeError(
        `Cannot select jobs: ${name} is ${describe(value)}. Leave it out where all are meant`,
      );
    }
  }
  const tests = [...cheapTests(selection), ...ageTests(selection, now), ...deepTests(selection)];
  return (job) => tests.every((test) => test(job));
}

function* cheapTests({ jid, queue, command, errorClass, tag }: JobSelection): Generator<Test> {
  if (jid !== undefined) {
    const jids = new Set([jid].flat());
    yield ({ id }) => id !== undefined && jids.has(id);
  }
  if (queue !== undefined) {
    yield ({ queueName }) => queueName === queue;
  }
  if (command !== undefined) {
    const names = namesOf(command);
    yield ({ className }) => names.includes(className);
  }
  if (errorClass !== undefined) {
    const names = typeof errorClass === "string" ? [errorClass] : errorNamesOf(errorClass);
    yield (job) => job.errorClass !== undefined && names.includes(job.errorClass);
  }
  if (tag !== undefined) {
    yield ({ tags }) => tags.includes(tag);
  }
}

/** The names that a record may have for it: what its errors say, or how it is called. */
function errorNamesOf(errorClass: ErrorClass): string[] {
  const { name } = errorClass.prototype as { name?: unknown };
  return [errorClass.name, ...(typeof name === "string" && name !== "Error" ? [name] : [])];
}

function* ageTests({ olderThan, newerThan }: JobSelection, now: number): Generator<Test> {
  if (olderThan !== undefined) {
    const latest = (now - seconds(olderThan, "olderThan")) * 1000;
    yield ({ createdAt }) => createdAt !== undefined && createdAt.getTime() < latest;
  }
  if (newerThan !== undefined) {
    const earliest = (now - seconds(newerThan, "newerThan")) * 1000;
    yield ({ createdAt }) => createdAt !== undefined && createdAt.getTime() >= earliest;
  }
}

function* deepTests({ argument, globalId, mentions }: JobSelection): Generator<Test> {
  if (argument !== undefined) {
    yield (job) =>
      someLeaf(job.arguments, (leaf) =>
        typeof leaf === "string" ? leaf.includes(argument) : String(leaf) === argument,
      );
  }
  if (globalId !== undefined) {
    const uri = String(globalId);
    yield (job) => someLeaf(job.arguments, (leaf) => leaf === uri);
  }
  if (mentions !== undefined) {
    const uri = String(mentions);
    yield (job) =>
      [job.arguments, job.context].some((all) => someLeaf(all, (leaf) => leaf === uri));
  }
}

function someLeaf(value: unknown, test: (leaf: unknown) => boolean): boolean {
  if (typeof value !== "object" || value === null) {
    return test(value);
  }
  return Object.values(value).some((inner) => someLeaf(inner, test));
}
