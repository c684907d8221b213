import type { Annotation } from "./superjson-values.ts";

/**
 * What a job record's `meta` says of its `args`, where they are more than plain JSON.
 *
 * All but `gids` and `errors` is what superjson (version 2, with `dedupe`) would have written, and
 * its readers understand. Paths are superjson's too: `"1.author"` is the second argument's author,
 * a command's name not counted.
 */
export interface Meta {
  /** Paths of the global ids to look up. What they stand for is there as text. */
  gids?: string[];
  /** What the JSON at a path stands for. */
  values?: AnnotatedPaths;
  /** Where an object was met first, and where again. There is `null` at the latter. */
  referentialEqualities?: Record<string, string[]>;
  /**
   * Of an error that is not what its name says: its class, and those of its properties that are
   * enumerable though an error's own are not. Who does not know of this reads an Error of that
   * name.
   */
  errors?: Record<string, string[]>;
  /** superjson's version of this. */
  v?: 1;
}

/** Path → annotation, and those of what is below it, by their way from there. */
export interface AnnotatedPaths {
  [path: string]: readonly [Annotation] | readonly [Annotation, AnnotatedPaths];
}
