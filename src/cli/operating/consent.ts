import type { Terminal } from "../terminal/terminal.ts";
import { UsageError } from "../usage.ts";

export const YES = {
  yes: { type: "boolean", short: "y", about: "do not ask" },
} as const;

/**
 * Asks before something that cannot be undone.
 *
 * @param deed "Delete 5 jobs of queue mailers".
 * @returns whether to go on.
 * @throws {UsageError} if nobody can be asked.
 */
export async function consents(
  deed: string,
  { yes = false, terminal }: { readonly yes: boolean | undefined; readonly terminal: Terminal },
): Promise<boolean> {
  if (yes) {
    return true;
  }
  assertAskable(deed, terminal);
  if (await terminal.ask(`${deed}? This cannot be undone.`)) {
    return true;
  }
  terminal.note("Nothing was done");
  return false;
}

/**
 * Before what may take long is counted for the question.
 *
 * @throws {UsageError} if nobody can be asked.
 */
export function assertAskable(deed: string, terminal: Terminal): void {
  if (!terminal.isInteractive) {
    const small = `${deed[0]?.toLowerCase()}${deed.slice(1)}`;
    throw new UsageError(
      `Cannot ${small} without being asked: this is no terminal. Add --yes if that is meant`,
    );
  }
}
