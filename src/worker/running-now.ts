import type { FetchedJob } from "../adapters/adapter.ts";
import { overdueJobs } from "../job/record/overdue.ts";

/** One job that runs in this process. */
export interface RunningNow {
  /** `undefined` where the record has none that can be read. */
  readonly jid: string | undefined;
  /** The command's name, or the class of a job that is none. */
  readonly name: string;
  /** Where it was fetched from. */
  readonly queue: string;
  /** For how long it has been running. */
  readonly seconds: number;
  /** Whether its timeout is over. */
  readonly overdue: boolean;
}

export function runningNow(job: FetchedJob, seconds: number): RunningNow {
  const { payload, queue } = job;
  const { jid, class: className, wrapped, args } = readRecord(payload);
  const isCommand = className === "MandateJob" && Array.isArray(args);
  const name: unknown = isCommand ? args[0] : (wrapped ?? className);
  return {
    jid: typeof jid === "string" ? jid : undefined,
    name: typeof name === "string" ? name : "?",
    queue,
    seconds,
    overdue: overdueJobs.has(job),
  };
}

function readRecord(payload: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(payload)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
