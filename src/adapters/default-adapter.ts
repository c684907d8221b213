import type { Adapter } from "./adapter.ts";
import { MemoryAdapter } from "./memory/memory-adapter.ts";

/** The adapter of an application that configured none. */
export function defaultAdapter(): Adapter {
  return new MemoryAdapter();
}
