import { readTexts } from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";
import { mayBeRubys } from "./may-be-rubys.ts";

interface Asked {
  readonly jids: readonly string[];
  /** Jid of a job that waits for them, or "". */
  readonly asker: string;
  /** Seconds from one heartbeat of a Sidekiq process to the next. */
  readonly heartbeat: number;
}

/** Which of some jobs are not finished, in their order. */
export const unfinishedScript: Script<Asked, readonly string[]> = script("unfinished", {
  encode: ({ jids, asker, heartbeat }) => {
    const rubys = jids.filter(mayBeRubys);
    return [asker, heartbeat, rubys.length, ...rubys, ...jids];
  },
  decode: readTexts,
});
