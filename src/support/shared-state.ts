/**
 * One object per process for what must not exist twice, even where two copies of this package are
 * loaded (two versions in node_modules, a bundle beside it).
 *
 * @param name What the state is for. Change it together with the state's shape, or an older copy
 *   would be handed an object it does not know.
 * @param create Called once per process, by whoever asks first.
 */
export function shared<State>(name: string, create: () => State): State {
  const key = Symbol.for(`mandate.${name}`);
  const states = globalThis as unknown as Record<symbol, State | undefined>;
  const known = states[key];
  if (known !== undefined) return known;
  const state = create();
  Object.defineProperty(globalThis, key, { value: state });
  return state;
}
