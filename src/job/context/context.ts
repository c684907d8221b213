import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../../support/shared-state.ts";

/** The attributes of one definition, by their names. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What one definition's attributes are at the moment. */
interface Held {
  readonly attributes: Attributes;
  /** How they stood in the record of the running job, as long as nobody has changed one. */
  readonly wire?: unknown;
}

/** A definition of attributes, as far as log lines need it. */
interface Definition {
  readonly name: string;
  readonly logged: readonly string[];
}

/** What holds in one `run`, or in one job. */
export type Context = Map<Definition, Held>;

const state = shared("context", () => ({
  storage: new AsyncLocalStorage<Context>(),
  /** Where nothing is defined, nothing is to be kept apart. */
  isUsed: false,
}));

export function noteDefinition(): void {
  state.isUsed = true;
}

/** The caller's; `undefined` outside of every `run` and job. */
export function currentContext(): Context | undefined {
  return state.storage.getStore();
}

export function inContext<Output>(context: Context, work: () => Output): Output {
  return state.storage.run(context, work);
}

/** A job starts with nothing, wherever in this process its worker was woken, and leaves nothing behind. */
export function inFreshContext<Input, Output>(
  work: (input: Input) => Output,
  input: Input,
): Output {
  return state.isUsed ? state.storage.run(new Map(), work, input) : work(input);
}

/** What log lines show of the caller's: the attributes that were asked for, where they are a word or a number. */
export function loggedContext(): Attributes {
  const context = currentContext();
  if (context === undefined) {
    return none;
  }
  const fields: Record<string, unknown> = {};
  for (const [{ logged }, { attributes }] of context) {
    for (const name of logged) {
      if (["string", "number", "boolean", "bigint"].includes(typeof attributes[name])) {
        fields[name] = attributes[name];
      }
    }
  }
  return fields;
}

export const none: Attributes = {};
