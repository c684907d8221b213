import { isOwnJid } from "../../../support/jid.ts";
import { readTexts } from "../connection/read-reply.ts";
import { script, type Script } from "../scripts/script.ts";

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
    const mayBeRubys = jids.filter((jid) => !isOwnJid(jid));
    return [asker, heartbeat, mayBeRubys.length, ...mayBeRubys, ...jids];
  },
  decode: readTexts,
});
