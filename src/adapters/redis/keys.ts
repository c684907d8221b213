/**
 * Every key, whose it is, and what is in it. Sidekiq's have Sidekiq's names and contents; ours
 * begin with `mandate:`.
 *
 * `shared/keys.lua` names them in this order. Besides there are these, which data names, or few
 * scripts need:
 *
 *     queue:NAME                list: payloads, the oldest on the right (Sidekiq's)
 *     stat:…                    strings: Sidekiq's counters, in all and by day
 *     j|… and h|…               hashes: what Sidekiq's metrics page counts, for days
 *     IDENTITY                  hash: a process, for 60 s after its last heartbeat (Sidekiq's)
 *     IDENTITY:work             hash: what it runs, as long (Sidekiq's)
 *     IDENTITY-signals          list: what operators ask of it (Sidekiq's)
 *     profiles                  zset: the keys below, by when they are forgotten (Sidekiq's since
 *                               version 8)
 *     NAME-JID                  hash: the profile of a job's run, for a day (Sidekiq's since
 *                               version 8)
 *     it-JID                    hash: how far an iterable job is, for 30 days (Sidekiq's since
 *                               version 7.3)
 *     mandate:lease:IDENTITY    hash: receipt → payload of each job that a worker holds, and
 *                               `number` of its last exchange
 *     mandate:dependents:JID    zset: jids of those that wait for a job, by the number of their
 *                               blocking
 *     mandate:prereqs:JID       set: jids that a blocked job still waits for
 *     mandate:freed:NUMBER      zset: what were the dependents of a job that is over, until they
 *                               are handed on
 *     mandate:sender:ID:NUMBER  set: numbers of some batches that somebody enqueued, for 20 minutes
 *     mandate:lane:QUEUE        zset: payloads of jobs with a priority, or whose keys take turns,
 *                               by priority, each behind its position; beside the queue's list
 *     mandate:rounds:PRIORITY:QUEUE
 *                               zset: keys that take turns, by the last round of each; "v" and "l"
 *                               (shared/rounds.lua)
 *     mandate:fair:QUEUE        set: priorities of a queue that have such keys
 *     mandate:serving           zset: "=QUEUE\nIDENTITY", "*PREFIX\nIDENTITY": which workers look
 *                               beside which lists
 *     mandate:hold:KEY          zset: jids of those that hold a key, by when they took it, in
 *                               microseconds
 *     mandate:until:KEY         zset: of those the ones that let go of it by themselves, by when
 *     mandate:rate:KEY          string: when all tokens of a key will be there again; gone then
 *     mandate:lines:KEY         set: where jobs wait for a key: "qQUEUE", or the letter of what
 *                               those wait for that are blocked
 *     mandate:line:QUEUE\nKEY   zset: jids of parked jobs, each behind its position, by priority
 *     mandate:parked:QUEUE      zset: the same of all lines of a queue
 *     mandate:ready:QUEUE       zset: keys that may be free, by since when; of "" those that
 *                               blocked jobs wait for, each behind its letter
 *     mandate:document:NAME     string: a document's version, and below it its text
 *     mandate:answers:ID:NUMBER hash: number of a batch → what was not as usual in the answer to
 *                               it, for 20 minutes
 *     mandate:batch:ID          hash: what is known of a batch (shared/batches.lua); and the
 *                               channel that tells of its completion
 *     mandate:batch-failures:ID list: the first failures in it, JSON
 *     mandate:batch-notes:ID    list: texts that are kept with it
 *     mandate:batch-children:ID set: ids of the batches in it that have not ended;
 *                               `mandate:batch-untried:ID` those not complete
 *     mandate:unsorted          set: queues that nobody looked beside, so that jobs with a priority
 *                               may be in their lists
 *     mandate:finished:CLASS    zset: jids of finished jobs of a class that are kept, by when they
 *                               ended
 *     mandate:progress:JID      string: how far a job says that it is, JSON, for an hour after it
 *                               said so
 *     mandate:result:JID        string: what a job left that is over, for as long as its class
 *                               says; and the channel that tells of it
 *     mandate:stray:DIGEST      string: jid and queue of a payload that does not say them, for half
 *                               a year
 *
 * Where nothing waits and nobody works, `queues`, `stat:…`, `mandate:sequence`, `mandate:unsorted`
 * and what expires (metrics, `mandate:sender:…`, `mandate:ends`, `mandate:over`, and for a while
 * `mandate:sweep`) are left; and with dead jobs `dead`, and their jids in `mandate:jobs` (and
 * `mandate:named`).
 */
const FIXED = [
  // Sidekiq's
  "queues", //             set: names of queues
  "schedule", //           zset: payloads by due time
  "retry", //              zset: payloads by due time
  "dead", //               zset: payloads by time of death
  "paused", //             set: names of paused queues (Sidekiq Pro)
  // Ours
  "mandate:jobs", //       hash: jid → q (in a queue, or running), s, r, b, d (as the sets begin); which batch counts it
  //                       ("q-ID", "q+ID" where it has failed); and since when it is
  //                       absent ("q 1795298407.120"), where a sweep saw it nowhere
  "mandate:leases", //     zset: identities by the time they run out
  "mandate:workers", //    hash: identity → what operators see, JSON
  "mandate:blocked", //    zset: jids by the number of their blocking
  "mandate:waiting", //    hash: jid → due time, prerequisite's failure, queue and payload of a blocked job
  "mandate:freed", //      list: "NUMBER FATE JID" of prerequisites that are over, and were waited for
  "mandate:recoveries", // hash: jid → how often it was lost with its worker
  "mandate:sequence", //   string: numbers for blockings
  // Sidekiq's again
  "processes", //          set: identities of processes, for its Web UI and API
  // Ours again
  "mandate:foreign", //    zset: jids of Ruby's jobs that ours wait for, by when they were last seen
  "mandate:sweep", //      hash: who looks for what Ruby did to our jobs, since when, until when nobody else may
  "mandate:cancelled", //  zset: jids of jobs that are cancelled and have not ended, by the time until which that is kept
  "mandate:finished", //   zset: jids of finished jobs that are kept, by when they ended
  "mandate:finished-jobs", // hash: jid → class, queue and payload of each
  "mandate:finished-until", // zset: their jids, by when they are forgotten
  "mandate:idle", //       hash: identity → number of its last exchange, and queues of which it takes a job; lines
  "mandate:ends", //       zset: jids of jobs that ended without success lately, by 8 × second + how (shared/ends.lua); for an hour,
  //                       and at most 100,000
  "mandate:named", //      set: jids of living jobs that are to make no second job after their end
  "mandate:over", //       zset: those of jobs that are over, by since when; for ten minutes
  "mandate:lanes", //      set: queues beside whose lists jobs wait
  "mandate:holds", //      hash: jid → what a job holds or has to hold, JSON (shared/holds.lua)
  "mandate:held", //       zset: keys that are held, waited for or limited, all of score 0
  "mandate:keys", //       hash: a letter and a key → its limit, how often it was taken, how many deaths
  "mandate:parked", //     hash: jid → queue, key, priority, position and payload of a parked job, MessagePack
  "mandate:parking", //    set: queues of which jobs are parked
  "mandate:free-at", //    zset: lines of keys, by when those may be free without anybody's leaving them
  "mandate:documents", //  zset: names of documents, all of score 0; and the channel that tells of those that change
  "mandate:in-line", //    hash: jid → key that a blocked job stands in line for
  "mandate:handed", //     set: jids of jobs that are handed out, of those that may become others while they wait
  "mandate:replaceable", // hash: jid → payload of such a job in the schedule or retry set
  "mandate:overrides", //  hash: jid → what such a job in a queue has become, MessagePack, until it is handed out
  "mandate:expiring", //   zset: keys of which somebody lets go by itself, by when the last one does
  "mandate:batches", //    zset: ids of batches, by when they were made
  "mandate:counted", //    set: ids of those that have jobs
  "mandate:locks", //      hash: key → since when and which job has it, of those that are held and no more (shared/holds/locks.lua)
  "mandate:locked", //     hash: jid → such a key
] as const;

export interface Keys {
  readonly prefix: string;
  readonly queues: string;
  readonly schedule: string;
  readonly retry: string;
  readonly dead: string;
  readonly paused: string;
  readonly processes: string;
  readonly jobs: string;
  readonly leases: string;
  readonly workers: string;
  readonly blocked: string;
  readonly waiting: string;
  readonly freed: string;
  readonly recoveries: string;
  readonly foreign: string;
  readonly cancelled: string;
  readonly finished: string;
  readonly finishedJobs: string;
  readonly ends: string;
  readonly over: string;
  readonly lanes: string;
  readonly unsorted: string;
  readonly holds: string;
  readonly held: string;
  readonly locks: string;
  readonly locked: string;
  readonly parkedJobs: string;
  readonly freeAt: string;
  readonly inLine: string;
  readonly overrides: string;
  /** Also the channel that tells of those that change. */
  readonly documents: string;
  readonly batches: string;
  /** list: payloads, the oldest on the right. */
  queue(name: string): string;
  /** zset: payloads beside a queue's list, by priority and position. */
  lane(queue: string): string;
  /** zset: jids of parked jobs, each behind its position, by priority. */
  parked(queue: string): string;
  /** zset: who holds a key, by when they took it. */
  hold(key: string): string;
  /** zset: of those the ones that let go of it by themselves, by when. */
  holdUntil(key: string): string;
  /** zset: keys that may be free. */
  ready(queue: string): string;
  /** hash: receipt → payload of each job that a worker holds, and `number` of its last exchange. */
  lease(identity: string): string;
  /**
   * channel: a receipt, and in the lines below the payload, of a job that was handed over to a
   * worker.
   */
  handOver(identity: string): string;
  /** hash: what a process says of itself (Sidekiq's). */
  process(identity: string): string;
  /** list: signals that a worker has not heard yet (Sidekiq's). */
  signals(identity: string): string;
  /** zset: keys of profiles, by when they are forgotten (Sidekiq's). */
  readonly profiles: string;
  /** hash: the profile of a job's run, by its name and the jid (Sidekiq's). */
  profile(key: string): string;
  /** hash: how far an iterable job is (Sidekiq's). */
  iteration(jid: string): string;
  /** string: how far a job says that it is, JSON. */
  progress(jid: string): string;
  /** string: what a job left that is over. */
  result(jid: string): string;
  /** string: jid and queue, JSON, of a payload that does not say them itself. */
  owner(digest: string): string;
  /** hash: what is known of a batch; and the channel that tells of its completion. */
  batch(id: string): string;
  /** list: texts that are kept with a batch. */
  batchNotes(id: string): string;
  /** zset: jids of those that wait for a job, by the number of their blocking. */
  dependents(jid: string): string;
  /** string: Sidekiq's counters. */
  counter(name: string): string;
}

/** @param prefix Stands before every key, Sidekiq's too: with one, no Sidekiq shares the jobs. */
export function keysUnder(prefix: string): Keys {
  const key = (name: (typeof FIXED)[number]): string => prefix + name;
  return {
    prefix,
    queues: key("queues"),
    schedule: key("schedule"),
    retry: key("retry"),
    dead: key("dead"),
    paused: key("paused"),
    processes: key("processes"),
    jobs: key("mandate:jobs"),
    leases: key("mandate:leases"),
    workers: key("mandate:workers"),
    blocked: key("mandate:blocked"),
    waiting: key("mandate:waiting"),
    freed: key("mandate:freed"),
    recoveries: key("mandate:recoveries"),
    foreign: key("mandate:foreign"),
    cancelled: key("mandate:cancelled"),
    finished: key("mandate:finished"),
    finishedJobs: key("mandate:finished-jobs"),
    ends: key("mandate:ends"),
    over: key("mandate:over"),
    lanes: key("mandate:lanes"),
    unsorted: `${prefix}mandate:unsorted`,
    holds: key("mandate:holds"),
    held: key("mandate:held"),
    locks: key("mandate:locks"),
    locked: key("mandate:locked"),
    parkedJobs: key("mandate:parked"),
    freeAt: key("mandate:free-at"),
    inLine: key("mandate:in-line"),
    overrides: key("mandate:overrides"),
    documents: key("mandate:documents"),
    batches: key("mandate:batches"),
    queue: (name) => `${prefix}queue:${name}`,
    lane: (queue) => `${prefix}mandate:lane:${queue}`,
    parked: (queue) => `${prefix}mandate:parked:${queue}`,
    hold: (name) => `${prefix}mandate:hold:${name}`,
    holdUntil: (name) => `${prefix}mandate:until:${name}`,
    ready: (queue) => `${prefix}mandate:ready:${queue}`,
    lease: (identity) => `${prefix}mandate:lease:${identity}`,
    handOver: (identity) => `${prefix}mandate:hand:${identity}`,
    process: (identity) => `${prefix}${identity}`,
    signals: (identity) => `${prefix}${identity}-signals`,
    profiles: `${prefix}profiles`,
    profile: (name) => prefix + name,
    iteration: (jid) => `${prefix}it-${jid}`,
    progress: (jid) => `${prefix}mandate:progress:${jid}`,
    result: (jid) => `${prefix}mandate:result:${jid}`,
    owner: (digest) => `${prefix}mandate:stray:${digest}`,
    batch: (id) => `${prefix}mandate:batch:${id}`,
    batchNotes: (id) => `${prefix}mandate:batch-notes:${id}`,
    dependents: (jid) => `${prefix}mandate:dependents:${jid}`,
    counter: (name) => `${prefix}stat:${name}`,
  };
}
