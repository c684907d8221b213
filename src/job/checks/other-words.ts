/**
 * Options as other libraries call them, without case and underscores: our name, or the sentence
 * that says where it is said here.
 */
export type OtherWords = ReadonlyMap<string, string>;

function words(entries: readonly (readonly [names: string, ours: string])[]): OtherWords {
  return new Map(entries.flatMap(([names, ours]) => names.split(" ").map((name) => [name, ours])));
}

const inStaticBlock = (macro: string): string =>
  `Declare this.${macro} in the class's static block`;

/** Sidekiq's, Active Job's and BullMQ's for one job. */
export const otherDeferOptions: OtherWords = words([
  ["in delay waitfor", "wait"],
  ["at on runat scheduledat scheduledfor", "waitUntil"],
  ["queueas queuename", "queue"],
  ["id jobid providerjobid", "jid"],
  ["expiresin ttl expiresafter expireafter expireinseconds", "expiresIn"],
  ["dependson after parents prerequisites", "prereqJobs"],
  ["retry retries attempts maxattempts maxretries", inStaticBlock("retry(…)")],
  ["backoff retryin", inStaticBlock("retryOn(…, { wait })")],
  ["timeout", inStaticBlock("timeout(…)")],
  ["removeoncomplete", inStaticBlock("keepFinished(…)")],
  ["deduplication singletonkey jobkey lockargs uniqueid", "uniqueKey"],
  ["uniquefor uniqueuntil lock", inStaticBlock("unique(…)")],
  ["debounce", inStaticBlock("debounce(…)")],
  ["backtrace", inStaticBlock("jobOptions({ backtrace })")],
  ["dead", inStaticBlock("jobOptions({ dead })")],
  ["retryfor", inStaticBlock("jobOptions({ retryFor })")],
  ["retryqueue", inStaticBlock("jobOptions({ retryQueue })")],
  ["wireformat", inStaticBlock("jobOptions({ wireFormat })")],
]);

/** What has a macro of its own. */
export const otherJobOptions: OtherWords = words([
  ["queue queueas", inStaticBlock("queueAs(…)")],
  ["priority", inStaticBlock("queueWithPriority(…)")],
  ["retry retries attempts maxretries", inStaticBlock("retry(…)")],
  ["retryin backoff", inStaticBlock("retryIn(…)")],
  ["timeout", inStaticBlock("timeout(…)")],
]);

export const otherDefaultJobOptions: OtherWords = words([
  ["queue queueas", "Set defaultQueue of configure"],
  ["priority", inStaticBlock("queueWithPriority(…)")],
  ["retries attempts maxretries", "retry"],
  ["retryin backoff", inStaticBlock("retryIn(…)")],
  ["timeout", inStaticBlock("timeout(…)")],
]);

/** Solid Queue's, BullMQ's and Sidekiq Enterprise's. */
export const otherLimitOptions: OtherWords = words([
  ["limit max concurrency count tokens", "to"],
  ["key partition id", "by"],
  ["duration interval period window", "per"],
  ["onconflict policy", "onLimit"],
  ["name", "group"],
]);

export const otherRetryOptions: OtherWords = words([
  ["tries times limit max maxattempts retries", "attempts"],
  ["delay backoff in every", "wait"],
  ["queue", inStaticBlock("jobOptions({ retryQueue })")],
]);

const useRedisAdapter = "Give it to a RedisAdapter, and that as adapter";

export const otherWorkerOptions: OtherWords = words([
  ["redis redisurl url connection", useRedisAdapter],
  ["threads poolsize size limit", "concurrency"],
  ["timeout", "shutdownTimeout"],
  ["errorhandler onerror", "errorHandlers"],
  ["deathhandler ondeath", "deathHandlers"],
  ["pollinterval pollinginterval", "Leave it out: nothing is polled"],
  ["processes", "Run mandate worker --processes N"],
  ["require", "Call loadCommands(…) first"],
]);

/** Of `mandate.config.ts`. */
export const otherProgramOptions: OtherWords = words([
  ["redis url connection", "redisUrl"],
  ["threads poolsize size limit", "concurrency"],
  ["shutdowntimeout", "timeout"],
  ["commands load imports", "require"],
  ["errorhandler onerror", "errorHandlers"],
  ["deathhandler ondeath", "deathHandlers"],
  ["adapter logger middleware defaultqueue", "Call configure(…) in the same file"],
]);

export const otherSettings: OtherWords = words([
  ["redis redisurl url connection", useRedisAdapter],
  ["queue defaultqueuename", "defaultQueue"],
  ["defaultjoboptions", "jobOptions"],
  ["retries attempts maxretries", "retry"],
  ["errorhandler onerror", "errorHandlers"],
  ["deathhandler ondeath", "deathHandlers"],
  ["concurrency shutdowntimeout timeout", "Give it to startWorker"],
]);
