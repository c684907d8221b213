import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** How many of these nobody holds any more. */
export async function collected(references: readonly WeakRef<object>[]): Promise<number> {
  // What was made in this turn of the event loop is held until its end.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return references.filter((reference) => reference.deref() === undefined).length;
}
