import type { Adapter } from "../../adapters/adapter.ts";
import type { Finding } from "../../adapters/finding.ts";

/** What a look needs. */
export interface Examination {
  readonly adapter: Adapter;
  /** The classes that run jobs were loaded. */
  readonly knowsClasses: boolean;
  readonly signal: AbortSignal | undefined;
}

export type Check = (examination: Examination) => Promise<readonly Finding[]>;

/** Jobs of each place that are looked at. */
const LOOKED_AT = 1_000;

/** As many of a place's jobs as are looked at. */
export async function* firstOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, void> {
  let left = LOOKED_AT;
  for await (const item of items) {
    if (left === 0) {
      return;
    }
    left -= 1;
    yield item;
  }
}

export function until(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
