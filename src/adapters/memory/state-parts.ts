import type { Leftovers } from "./leftovers.ts";
import type { MemorySettings } from "./memory-settings.ts";

/** What all that a memory adapter knows goes by. */
export interface StateParts {
  readonly now: () => number;
  readonly leftovers: Leftovers;
  readonly settings: MemorySettings;
}
