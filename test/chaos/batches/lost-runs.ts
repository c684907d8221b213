import { consoleLogger, type Logger } from "mandate";
import { note } from "./notes.ts";

/** Says that a job runs, or ran, while it was somebody else's already. */
const LOST = /^(?:Lost|Dropped the outcome of|Ignored how) job ([0-9a-f]{24}) /;

/**
 * Notes jobs that a living worker lost: its lease ran out, since Redis was away or the machine busy for too long.
 * Such a job runs again, and nobody killed its worker.
 */
export function lossLogger(): Logger {
  const console = consoleLogger({ level: "warn" });
  const heard = (level: "warn" | "error") => (fields: object, message: string) => {
    const [, jid] = LOST.exec(message) ?? [];
    if (jid !== undefined) note(jid, "none", "lost");
    console[level](fields, message);
  };
  return { debug: () => {}, info: () => {}, warn: heard("warn"), error: heard("error") };
}
