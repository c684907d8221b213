import type { Entry } from "../../adapter.ts";

/** @throws {TypeError} if a job has to hold a key in a way in which Redis does not keep it. */
export function assertHoldsAreKept(entries: readonly Entry[]): void {
  for (const { jid, holds } of entries) {
    const replacing = holds?.find(({ whenFull }) => whenFull === "replace");
    if (replacing !== undefined) {
      throw new TypeError(
        `Cannot enqueue job ${jid}: it is to replace whoever holds "${replacing.key}", and Redis replaces no job. ` +
          'Let it be refused, or park it (whenFull: "refuse", "park")',
      );
    }
  }
}
