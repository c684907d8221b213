import type { Adapter } from "../../adapters/adapter.ts";
import type { JobEnd } from "../../adapters/job-notes.ts";
import { Watch, type Waiter } from "./watch.ts";

/** Seconds. What a store cannot announce, such as a deleted job, is seen by then. */
const LOOK_EACH = 1;

const watches = new WeakMap<Adapter, Watch<JobEnd>>();

/** Calls the waiter when the job is over. @returns what ends the waiting. */
export function waitForEnd(adapter: Adapter, jid: string, waiter: Waiter<JobEnd>): () => void {
  let watch = watches.get(adapter);
  if (watch === undefined) {
    watch = new Watch({
      listen: (name, onNews) => adapter.notes.listen(name, onNews),
      look: async (jids) => {
        const ends = await adapter.notes.readEnds(jids);
        return ends.map((end) => (end.state === "unfinished" ? undefined : end));
      },
      lookEach: LOOK_EACH,
    });
    watches.set(adapter, watch);
  }
  return watch.wait(jid, waiter);
}
