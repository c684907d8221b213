import { checkTags, describe, describeType } from "../job/checks/checks.ts";
import { defineTrait, type DeclaringClass, type Trait } from "../job/declare/declarations.ts";
import type { Making } from "../job/declare/hooks.ts";
import type { ArgumentsOf } from "../job/declare/job-macros.ts";
import { jobOptionsTrait } from "../job/declare/job-options.ts";
import { note } from "../job/declare/note-declaration.ts";

/** A tag, or a function of a job's arguments that makes some. */
type TagSource = string | ((...args: readonly unknown[]) => readonly string[]);

interface Tags {
  /** In the order in which they were declared, a parent's first. */
  readonly ofClass: readonly TagSource[];
  /** The tags of one call. */
  readonly ofCall: readonly string[];
}

/** The option of one `defer`. */
export interface TagsOption {
  /** Words that operators see and search by, next to those of its class. */
  readonly tags?: readonly string[] | undefined;
}

export abstract class TagsMacro {
  /**
   * Words that operators see and search by, or functions of the arguments that make them. All that
   * a class, its parents and one `defer` give are a job's, each once.
   */
  static tags<This extends DeclaringClass>(
    this: This,
    ...tags: readonly (string | ((...args: ArgumentsOf<This>) => readonly string[]))[]
  ): void {
    checkTagSources(tags, `tags of ${this.name}`);
    note(this, tagsTrait, { ofClass: tags as readonly TagSource[], ofCall: [] });
  }
}

const tagsTrait: Trait<Tags> = defineTrait<Tags>({
  name: "tags",
  undeclared: { ofClass: [], ofCall: [] },
  inherit: (inherited, own) => ({
    ofClass: [...inherited.ofClass, ...own.ofClass],
    ofCall: own.ofCall,
  }),
  option: {
    name: "tags",
    read(given, where) {
      checkTags(given, `the options of ${where}`);
      return { ofClass: [], ofCall: given as readonly string[] };
    },
  },
  hooks({ ofClass, ofCall }, declarations) {
    const { tags: ofOptions = [] } = jobOptionsTrait.of(declarations);
    const fixed = [...ofOptions, ...ofCall];
    return ofClass.length + fixed.length === 0
      ? undefined
      : { onMake: (making) => addTags(making, ofClass, fixed) };
  },
});

/** Each once: those of the class first. */
function addTags(
  { record, args }: Making,
  ofClass: readonly TagSource[],
  fixed: readonly string[],
): void {
  const declared = ofClass.flatMap((tag) => {
    if (typeof tag === "string") return [tag];
    const made = tag(...args);
    checkTags(made, "what a function of tags returns", describeType);
    return made;
  });
  record.tags = [...new Set([...declared, ...fixed])];
}

/** @throws {TypeError} if one is neither. */
function checkTagSources(tags: readonly unknown[], where: string): void {
  const wrong = tags.find((tag) => typeof tag !== "string" && typeof tag !== "function");
  if (wrong !== undefined || tags.includes(undefined)) {
    throw new TypeError(
      `Cannot use ${describe(wrong)} in ${where}: give strings, or functions that return arrays of them`,
    );
  }
}
