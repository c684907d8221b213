import type { Finding } from "../../finding.ts";
import type {
  DayCounters,
  ForeignProcess,
  JobStore,
  Move,
  Page,
  Place,
  Rewriting,
  RunningJob,
  StoredJob,
  WorkerState,
} from "../../job-store.ts";
import { countersByDay } from "./day-counters.ts";
import { cancelJob } from "./cancel.ts";
import { trimDead } from "../kept/dead.ts";
import { trimFinished } from "../kept/finished.ts";
import { jobsOfLeases } from "../leases/jobs-of-leases.ts";
import { findBlocked, findFinished, pageOfBlocked, pageOfFinished, pageOfSet } from "./pages.ts";
import { findParked } from "./parked-pages.ts";
import { pageOfQueue, sizeOfQueue } from "./queue-pages.ts";
import type { RedisContext } from "../redis-context.ts";
import { rewriteJobs } from "./rewrite.ts";
import { remove, removeInSlices, type Removal } from "../waiting/remove.ts";
import { serverFindings } from "../connection/server-findings.ts";
import { serverFacts } from "../connection/server-info.ts";
import { sidekiqProcesses } from "../sidekiq/sidekiq-processes.ts";
import { countIn, timeIn, unlessOther } from "../payloads/untrusted.ts";
import { workerIn } from "./worker-state.ts";
import { readTexts, readValues } from "../connection/read-reply.ts";
import { readTime } from "../connection/server-time.ts";

const SLICE = 500;
/** Jobs that are cleared away in one step: each may have holds to let go of. */
const CLEARED = 200;

/** Reading and managing what Sidekiq keeps in Redis, and what we do. */
export class RedisJobStore implements JobStore {
  readonly #context: RedisContext;

  constructor(context: RedisContext) {
    this.#context = context;
  }

  async queueNames(): Promise<readonly string[]> {
    const { keys, command } = this.#context;
    // Ruby forgets the name of a queue that it clears, and does not know what is beside its list.
    return readTexts(await command("SUNION", keys.queues, keys.lanes)).toSorted();
  }

  async size(place: Place): Promise<number> {
    await this.#trim(place);
    if ("queue" in place) {
      return sizeOfQueue(this.#context, place);
    }
    const { keys, command } = this.#context;
    return Number(
      await command("ZCARD", place.set === "scheduled" ? keys.schedule : keys[place.set]),
    );
  }

  async page(place: Place, cursor: string | undefined, limit: number): Promise<Page> {
    if ("queue" in place) {
      return pageOfQueue(this.#context, { ...place, cursor, limit });
    }
    switch (place.set) {
      case "blocked":
        return pageOfBlocked(this.#context, { cursor, limit });
      case "finished":
        await this.#trim(place);
        return pageOfFinished(this.#context, { cursor, limit });
      default:
        return pageOfSet(this.#context, { set: place.set, cursor, limit });
    }
  }

  /** Looks through the place page by page; blocked, parked and finished jobs are found at once. */
  async find(place: Place, jid: string): Promise<StoredJob | undefined> {
    if ("queue" in place && place.parked !== false) {
      const parked = await findParked(this.#context, jid);
      if (parked?.queue === place.queue) {
        return parked;
      }
      if (place.parked === true) {
        return undefined;
      }
    }
    if ("set" in place && place.set === "blocked") {
      return findBlocked(this.#context, jid);
    }
    if ("set" in place && place.set === "finished") {
      await this.#trim(place);
      return findFinished(this.#context, jid);
    }
    let cursor: string | undefined;
    do {
      const page = await this.page(place, cursor, SLICE);
      const found = page.jobs.find((job) => job.jid === jid);
      if (found !== undefined) {
        return found;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    return undefined;
  }

  async dependents(jid: string, limit: number): Promise<readonly string[]> {
    const { command, keys } = this.#context;
    return (await command("ZRANGE", keys.dependents(jid), 0, limit - 1)) as string[];
  }

  async delete(place: Place, job: StoredJob): Promise<boolean> {
    return (await this.deleteAll(place, [job])) === 1;
  }

  async move(
    place: Place,
    job: StoredJob,
    to: "queue" | "dead",
    payload: string,
  ): Promise<boolean> {
    return (await this.moveAll(place, [{ job, payload }], to)) === 1;
  }

  deleteAll(
    place: Place,
    jobs: readonly StoredJob[],
    ended: "deleted" | "cancelled" = "deleted",
  ): Promise<number> {
    return removeInSlices(
      this.#from(place, ended === "deleted" ? "r" : "c"),
      withoutPayloads(jobs),
    );
  }

  async moveAll(place: Place, moves: readonly Move[], to: "queue" | "dead"): Promise<number> {
    await this.#context.owners.note(
      moves.flatMap(({ job: { jid, queue }, payload }) =>
        jid === undefined ? [] : [{ jid, queue, payload }],
      ),
    );
    const moved = await removeInSlices(this.#from(place, to), moves);
    if (moved > 0 && to === "dead") {
      await trimDead(this.#context);
    }
    return moved;
  }

  rewriteAll(place: Place, jobs: readonly StoredJob[], rewriting: Rewriting): Promise<number> {
    return rewriteJobs(this.#context, place, jobs, rewriting);
  }

  cancel(jid: string, queue?: string): Promise<boolean> {
    return cancelJob({ context: this.#context, store: this, jid, queue });
  }

  async clear(place: Place): Promise<number> {
    let cleared = 0;
    for (;;) {
      const { jobs } = await this.page(place, undefined, CLEARED);
      if (jobs.length === 0) {
        break;
      }
      cleared += await remove(this.#from(place, "r"), withoutPayloads(jobs));
    }
    if ("queue" in place && (await this.size({ queue: place.queue })) === 0) {
      await this.#context.command("SREM", this.#context.keys.queues, place.queue);
    }
    return cleared;
  }

  async pause(queue: string): Promise<void> {
    await this.#context.command("SADD", this.#context.keys.paused, queue);
  }

  async resume(queue: string): Promise<void> {
    await this.#context.command("SREM", this.#context.keys.paused, queue);
  }

  async pausedQueues(): Promise<readonly string[]> {
    return this.#members(this.#context.keys.paused);
  }

  async counters(): Promise<{ readonly processed: number; readonly failed: number }> {
    const { keys, command } = this.#context;
    const counts = await command("MGET", keys.counter("processed"), keys.counter("failed"));
    const [processed, failed] = readValues(counts);
    return { processed: countIn(Number(processed)) ?? 0, failed: countIn(Number(failed)) ?? 0 };
  }

  countersByDay(days: number): Promise<readonly DayCounters[]> {
    return countersByDay(this.#context, days);
  }

  async workers(): Promise<readonly WorkerState[]> {
    const identities = await this.#livingIdentities();
    if (identities.length === 0) {
      return [];
    }
    const { command, keys } = this.#context;
    const [shown, beats] = await Promise.all([
      command("HMGET", keys.workers, ...identities).then(readValues),
      Promise.all(identities.map((identity) => this.#beatOf(identity))),
    ]);
    return identities.flatMap((identity, index) => {
      const text = shown[index];
      return text == null ? [] : [{ ...workerIn(identity, text), seenAt: beats[index] }];
    });
  }

  async #beatOf(identity: string): Promise<number | undefined> {
    const { command, keys } = this.#context;
    const beat = await unlessOther(command("HGET", keys.process(identity), "beat"), null);
    return beat === null ? undefined : timeIn(Number(beat));
  }

  foreignProcesses(): Promise<readonly ForeignProcess[]> {
    return sidekiqProcesses(this.#context);
  }

  running(): Promise<readonly RunningJob[]> {
    return jobsOfLeases(this.#context);
  }

  async signal(identity: string, signal: "TSTP" | "TERM"): Promise<boolean> {
    const hears =
      (await this.#livingIdentities()).includes(identity) || (await this.#isForeign(identity));
    if (hears) {
      const { command, keys } = this.#context;
      // As Sidekiq 8.1 `lib/sidekiq/api.rb`, `Process#signal`. A worker pops them with its
      // heartbeat.
      await command("LPUSH", keys.signals(identity), signal);
      await command("EXPIRE", keys.signals(identity), 60);
    }
    return hears;
  }

  facts(): Promise<Readonly<Record<string, string>>> {
    return serverFacts(this.#context);
  }

  async findings(): Promise<readonly Finding[]> {
    const facts = await this.facts();
    // What answers without a version is no Redis, and what it says of itself is its own.
    return facts["redis_version"] === undefined ? [] : serverFindings(facts);
  }

  now(): Promise<number> {
    return readTime(this.#context);
  }

  /** Where none comes any more, nobody else forgets those whose time is over. */
  async #trim(place: Place): Promise<void> {
    if ("set" in place && place.set === "finished") {
      await trimFinished(this.#context);
    }
  }

  /** Whether it is a process of Sidekiq's that takes signals. */
  async #isForeign(identity: string): Promise<boolean> {
    const found = await this.foreignProcesses();
    return found.some(({ process }) => process.identity === identity && process.embedded !== true);
  }

  async #livingIdentities(): Promise<readonly string[]> {
    const now = await this.now();
    const { command, keys } = this.#context;
    return readTexts(await command("ZRANGEBYSCORE", keys.leases, now, "+inf"));
  }

  async #members(key: string): Promise<readonly string[]> {
    return readTexts(await this.#context.command("SMEMBERS", key)).toSorted();
  }

  #from(place: Place, to: Removal["to"]): Removal {
    return { context: this.#context, place, to };
  }
}

function withoutPayloads(jobs: readonly StoredJob[]): Move[] {
  return jobs.map((job) => ({ job, payload: "" }));
}
