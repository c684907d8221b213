import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../support/shared-state.ts";
import type { Performing } from "./performing.ts";

/**
 * What happens to a job when it is enqueued: it waits, it runs at once, or the real adapter gets
 * it.
 */
export type Mode = "fake" | "disable" | Performing;

/** The time in which one block runs, and all that is called from it. */
export interface Scope {
  readonly outer: Scope | undefined;
  /** What holds in it; `undefined` for what holds around it. */
  readonly mode: Mode | undefined;
}

const state = shared("testing-scopes", () => ({
  storage: new AsyncLocalStorage<Scope>(),
  open: new Set<Scope>(),
}));

/** Runs a block, synchronous or not, in a scope of its own. */
export async function inScope<Output>(
  mode: Mode | undefined,
  block: (scope: Scope) => Output | Promise<Output>,
): Promise<Output> {
  const scope: Scope = { outer: state.storage.getStore(), mode };
  state.open.add(scope);
  try {
    return await state.storage.run(scope, block, scope);
  } finally {
    state.open.delete(scope);
  }
}

/**
 * The scopes that the caller is in, the innermost first. What comes from outside of all (a server
 * in this process that a block sends a request to) is in every scope there is, the latest first.
 */
export function openScopes(): readonly Scope[] {
  const scopes: Scope[] = [];
  for (let scope = state.storage.getStore(); scope !== undefined; scope = scope.outer) {
    if (state.open.has(scope)) scopes.push(scope);
  }
  return scopes.length > 0 ? scopes : [...state.open].reverse();
}

/** What the scopes here say of it; `undefined` if they say nothing. */
export function scopedMode(): Mode | undefined {
  return openScopes().find(({ mode }) => mode !== undefined)?.mode;
}
