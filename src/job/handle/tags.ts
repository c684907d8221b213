import type { JobRecord } from "../../adapters/job-record.ts";
import { checkTags, describe } from "../checks/checks.ts";

/** A tag, or a function of a job's arguments that makes some. */
export type TagSource = string | ((...args: readonly unknown[]) => readonly string[]);

/** The part of a class's declarations that makes tags. */
interface DeclaredTags {
  readonly tags: readonly TagSource[];
  readonly options: { readonly tags?: readonly string[] };
}

/** @throws {TypeError} if one is neither. */
export function checkTagSources(tags: readonly unknown[], where: string): void {
  const wrong = tags.find((tag) => typeof tag !== "string" && typeof tag !== "function");
  if (wrong !== undefined || tags.includes(undefined)) {
    throw new TypeError(
      `Cannot use ${describe(wrong)} in ${where}: give strings, or functions that return arrays of them`,
    );
  }
}

/**
 * A job's tags, each once: those of its class, then its own.
 *
 * @returns `undefined` where there are none.
 * @throws {TypeError} if a function returns something else.
 */
export function tagsFor(
  { tags, options }: DeclaredTags,
  own: readonly string[] = none,
  args: readonly unknown[],
): string[] | undefined {
  const { tags: ofOptions = none } = options;
  if (tags.length + ofOptions.length + own.length === 0) {
    return undefined;
  }
  const declared = tags.flatMap((tag) => {
    if (typeof tag === "string") return [tag];
    const made = tag(...args);
    checkTags(made, "what a function of tags returns");
    return made;
  });
  return [...new Set([...declared, ...ofOptions, ...own])];
}

/** The tags in a record that anybody may have written. */
export function tagsIn(record: JobRecord | undefined): readonly string[] {
  const tags: unknown = record?.tags;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : none;
}

const none: readonly string[] = [];
