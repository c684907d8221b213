import type { Documents } from "../../adapters/documents.ts";
import type { Definition } from "../definition.ts";
import type { DefinitionSets } from "./definition-sets.ts";
import { changeDocument } from "./change-document.ts";
import { jobDocument, keptIn, textOf, type StoredJob } from "./stored-job.ts";

/** How many documents are read at once, and written side by side. */
const SLICE = 500;

/**
 * Writes down what a set defines, where that is not there yet.
 *
 * @param options `sets`: which of them living workers know. What others say is taken away: their
 *   workers write it once more when they come.
 */
export async function publish(
  documents: Documents,
  definitions: readonly Definition[],
  options: { readonly set: string; readonly sets: DefinitionSets; readonly now: number },
): Promise<void> {
  for (let first = 0; first < definitions.length; first += SLICE) {
    const slice = definitions.slice(first, first + SLICE);
    const found = await documents.read(slice.map(({ key }) => jobDocument(key)));
    const stored = found.map((document) => document && keptIn(document).stored);
    const known = stored.flatMap((job) => Object.keys(job?.sets ?? {}));
    // After that was read: who publishes meanwhile has given a sign of life before.
    await options.sets.look();
    const forgotten = new Set(known.filter((id) => !options.sets.living.includes(id)));
    const missing = slice.filter(
      (_definition, index) => stored[index]?.sets?.[options.set] === undefined,
    );
    await Promise.all(
      missing.map((definition) =>
        changeDocument(documents, jobDocument(definition.key), (text) => ({
          text: textOf(
            withDefinition(text === undefined ? undefined : (JSON.parse(text) as StoredJob), {
              ...options,
              definition,
              forgotten,
            }),
          ),
        })),
      ),
    );
  }
}

/**
 * A recurring job with what one more set says of it, and without what sets said that nobody knows
 * any more.
 */
function withDefinition(
  stored: StoredJob | undefined,
  {
    set,
    definition,
    now,
    forgotten,
  }: {
    readonly set: string;
    readonly definition: Definition;
    readonly now: number;
    readonly forgotten: ReadonlySet<string>;
  },
): StoredJob {
  // What is new begins now: it makes up for nothing.
  const { sets = {}, ...rest } = stored ?? {
    schedule: definition.schedule,
    after: now,
    runs: [],
  };
  const kept = Object.entries(sets).filter(([id]) => !forgotten.has(id));
  return { ...rest, sets: { ...Object.fromEntries(kept), [set]: definition } };
}
