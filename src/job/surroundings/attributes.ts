import { shared } from "../../support/shared-state.ts";
import { surroundings, type Attributes, type AttributeSets } from "./surroundings.ts";

const state = shared("attributes", () => ({
  /** Where nothing is defined, nothing is to be kept apart. */
  isUsed: false,
}));

export function noteDefinition(): void {
  state.isUsed = true;
}

/** Those of the caller; `undefined` outside of every `run` and job. */
export function currentAttributes(): AttributeSets | undefined {
  return surroundings().attributes;
}

/** Those that a job starts with: none, which it leaves behind for nobody else. */
export function freshAttributes(): AttributeSets | undefined {
  return state.isUsed ? new Map() : undefined;
}

/**
 * What log lines show of the caller's: the attributes that were asked for, where they are a word or
 * a number.
 */
export function loggedAttributes(): Attributes {
  const sets = currentAttributes();
  if (sets === undefined) {
    return none;
  }
  const fields: Record<string, unknown> = {};
  for (const [{ logged }, { attributes }] of sets) {
    for (const name of logged) {
      if (["string", "number", "boolean", "bigint"].includes(typeof attributes[name])) {
        fields[name] = attributes[name];
      }
    }
  }
  return fields;
}

export const none: Attributes = {};
