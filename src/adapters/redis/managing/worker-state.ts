import type { WorkerState } from "../../job-store.ts";
import { countIn, isText, objectIn, textIn, timeIn } from "../payloads/untrusted.ts";

/** What a worker wrote of itself. Anybody may have written it. */
export function workerIn(identity: string, text: string): WorkerState {
  const told = objectIn(text);
  const [tag, hostname] = [textIn(told["tag"]), textIn(told["hostname"])];
  const [rss, overdue] = [countIn(told["rss"]), countIn(told["overdue"])];
  const ahead = countIn(told["fetchedAhead"]);
  const queues = Array.isArray(told["queues"]) ? (told["queues"] as unknown[]) : [];
  return {
    identity,
    library: "mandate",
    hostname,
    pid: countIn(told["pid"]) ?? 0,
    tag,
    startedAt: timeIn(told["startedAt"]) ?? 0,
    concurrency: countIn(told["concurrency"]) ?? 0,
    queues: queues.flatMap((queue) => {
      const [name, weight] = Array.isArray(queue) ? (queue as unknown[]) : [];
      return isText(name) ? [[name, countIn(weight) ?? 0] as const] : [];
    }),
    quiet: told["quiet"] === true,
    busy: countIn(told["busy"]) ?? 0,
    ...(ahead === undefined ? {} : { fetchedAhead: ahead }),
    ...(overdue === undefined ? {} : { overdue }),
    ...(rss === undefined ? {} : { rss }),
  };
}
