import { randomBytes } from "node:crypto";
import { clock } from "../../../support/clock.ts";
import { readList, readText, readTexts } from "../connection/read-reply.ts";
import { JidSet } from "./jid-set.ts";
import type { RedisContext } from "../redis-context.ts";
import {
  absentScript,
  beginSweepScript,
  surveyScript,
  watchedScript,
  type Place,
} from "./sweep-scripts.ts";
import { jobAtWork } from "./job-at-work.ts";

/** Jobs in one step: it holds Redis for a millisecond. */
const SLICE = 500;
/**
 * A sweep takes about a tenth of Redis's time, but for the first slices. Whatever makes a step
 * slow, it goes on after a while.
 */
const REST = 9;
const LONGEST_REST = 0.025;
const SLICES_WITHOUT_REST = 20;
/** Heartbeats from one sweep to the next where no job waits for another. */
const SELDOM = 30;
/** How many jobs one sweep remembers at most. Of more it takes a part each time, by chance. */
const PART = 1_000_000;

/** What was begun, and what was found. */
interface Findings {
  readonly began: string;
  readonly places: readonly Place[];
  /** Jids of all jobs that are somewhere. */
  readonly present: JidSet;
  /** Of Ruby's jobs that ours wait for: where they were last found. */
  readonly watched: Map<string, "nowhere" | "seen" | "dead">;
  slices: number;
}

/**
 * Finds out what others did to jobs: Ruby announces nothing. It looks through the queues, the sets,
 * what our workers hold and what Sidekiq's processes say that they run, and then at what we know
 * of: a job that is in none of them for two heartbeats is over. All that are waited for are looked
 * for at once, so the work does not grow with those who wait.
 *
 * One process does it at a time, in slices, with rests between them. Another that takes over starts
 * anew.
 */
export class Sweep {
  readonly #context: RedisContext;
  readonly #signal: AbortSignal | undefined;
  readonly #id = randomBytes(8).toString("hex");

  /** @param signal Breaks it off. */
  constructor(context: RedisContext, signal?: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
  }

  /**
   * @returns how many jobs turned out to be over.
   * @throws The signal's reason, once it is aborted.
   */
  async run(): Promise<number> {
    const { heartbeat, run } = this.#context;
    const begun = await run(beginSweepScript, {
      by: this.#id,
      heartbeat,
      seldom: SELDOM * heartbeat,
    });
    if (begun === undefined) {
      return 0;
    }
    const { began, count, queues, lanes, parking, leases, processes } = begun;
    const findings: Findings = {
      began,
      places: [
        { kind: "schedule" },
        { kind: "retry" },
        { kind: "dead" },
        ...places("queue", queues),
        ...places("lane", lanes),
        ...places("parked", parking),
        ...places("lease", leases),
        ...places("work", processes),
      ],
      present: new JidSet(Math.ceil(count / PART)),
      watched: await this.#watched(),
      slices: 0,
    };
    for (const place of findings.places) {
      if (!(await this.#survey(place, findings))) {
        return 0;
      }
    }
    return (await this.#settleWatched(findings)) + (await this.#settleOwn(findings));
  }

  /** Ruby's jobs that ours wait for. */
  async #watched(): Promise<Findings["watched"]> {
    const { command, keys } = this.#context;
    const jids = readTexts(await command("ZRANGE", keys.foreign, 0, -1));
    return new Map(jids.map((jid) => [jid, "nowhere"] as const));
  }

  /** @returns false if another process sweeps now. */
  async #survey(place: Place, findings: Findings): Promise<boolean> {
    const { run, owners, heartbeat } = this.#context;
    let cursor = "0";
    do {
      const slice = { by: this.#id, heartbeat, place, cursor, size: SLICE };
      const survey = await this.#inPieces(() => run(surveyScript, slice), findings);
      if (survey === undefined) {
        return false;
      }
      const { next, jids, payloads, work } = survey;
      const atWork = work.flatMap(jobAtWork).map(({ payload }) => payload);
      const read = await owners.identifyAll([...payloads, ...atWork]);
      for (const jid of [...jids, ...read.map((identity) => identity.jid)]) {
        note(jid, place, findings);
      }
      cursor = next;
    } while (cursor !== "");
    return true;
  }

  async #settleWatched({ watched, began }: Findings): Promise<number> {
    const { run, heartbeat } = this.#context;
    const sweeping = { by: this.#id, heartbeat };
    const seen = [...watched].flatMap(([jid, where]) =>
      where === "nowhere" ? [] : [[jid, where] as const],
    );
    let over = 0;
    for (let at = 0; at < seen.length; at += SLICE) {
      const jobs = seen.slice(at, at + SLICE);
      over += await run(watchedScript, { ...sweeping, began: "", jobs });
    }
    for (;;) {
      const unseen = await run(watchedScript, { ...sweeping, began, jobs: [] });
      over += unseen;
      if (unseen < SLICE) {
        return over;
      }
    }
  }

  /** Goes through all that the index has. */
  async #settleOwn(findings: Findings): Promise<number> {
    const { command, keys, run, heartbeat } = this.#context;
    let over = 0;
    let cursor = "0";
    do {
      const [next, scanned] = readList(await command("HSCAN", keys.jobs, cursor, "COUNT", SLICE));
      const fields = readTexts(scanned);
      const jids = fields.filter(
        (jid, at) => at % 2 === 0 && fields[at + 1] !== "b" && findings.present.isKnownToLack(jid),
      );
      if (jids.length > 0) {
        const absent = { by: this.#id, heartbeat, jids };
        over += await this.#inPieces(() => run(absentScript, absent), findings);
      }
      cursor = readText(next);
    } while (cursor !== "0");
    return over;
  }

  async #inPieces<Answer>(step: () => Promise<Answer>, findings: Findings): Promise<Answer> {
    const began = clock.monotonic();
    const answer = await step();
    findings.slices += 1;
    if (findings.slices > SLICES_WITHOUT_REST) {
      const took = clock.monotonic() - began;
      await clock.sleep(Math.min(took * REST, LONGEST_REST), this.#signal);
    }
    this.#signal?.throwIfAborted();
    return answer;
  }
}

function places(kind: Place["kind"], names: readonly string[]): Place[] {
  return names.map((name) => ({ kind, name }));
}

function note(jid: string, { kind }: Place, { present, watched }: Findings): void {
  present.add(jid);
  const known = watched.get(jid);
  if (known !== undefined && known !== "seen") {
    watched.set(jid, kind === "dead" ? "dead" : "seen");
  }
}
