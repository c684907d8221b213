import { randomBytes } from "node:crypto";
import { clock } from "../../../support/clock.ts";
import { isPassing } from "../connection/redis-errors.ts";
import { JidSet } from "./jid-set.ts";
import type { RedisContext } from "../redis-context.ts";
import { absentScript, beginSweepScript, surveyScript, watchedScript } from "../scripts/scripts.ts";
import { jobAtWork } from "./job-at-work.ts";

/** Jobs in one step: it holds Redis for a millisecond. */
const SLICE = 500;
/** A sweep takes about a tenth of Redis's time, but for the first slices. Whatever makes a step slow, it goes on after a while. */
const REST = 9;
const LONGEST_REST = 0.025;
const SLICES_WITHOUT_REST = 20;
/** Heartbeats from one sweep to the next where no job waits for another. */
const SELDOM = 30;
/** How many jobs one sweep remembers at most. Of more it takes a part each time, by chance. */
const PART = 1_000_000;

/** Why a sweep ends that its process has no use for any more. */
class BrokenOff extends Error {}

interface Place {
  readonly kind: "queue" | "lane" | "schedule" | "retry" | "dead" | "lease" | "work";
  readonly name?: string;
}

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
 * Finds out what others did to jobs: Ruby announces nothing. It looks through the queues, the sets, what our workers
 * hold and what Sidekiq's processes say that they run, and then at what we know of: a job that is in none of them for two
 * heartbeats is over. All that are waited for are looked for at once, so the work does not grow with those who wait.
 *
 * One process does it at a time, in slices, with rests between them. Another that takes over starts anew.
 */
export class Sweeper {
  readonly #context: RedisContext;
  readonly #id = randomBytes(8).toString("hex");
  #running: Promise<number> | undefined;
  #ended = new AbortController();

  constructor(context: RedisContext) {
    this.#context = context;
  }

  /** Sweeps without being waited for. */
  run(): void {
    void this.sweep().catch((error: unknown) => {
      // Whoever else asks Redis tells of an outage; and the next heartbeat brings another try.
      if (!(error instanceof BrokenOff) && !isPassing(error)) {
        const text = `Cannot look for what others did to jobs: ${String(error)}`;
        this.#context.logger.warn({ err: error }, text);
      }
    });
  }

  /** Breaks off what is under way. */
  end(): void {
    this.#ended.abort(new BrokenOff("The sweep was broken off"));
    this.#ended = new AbortController();
  }

  /** @returns how many jobs turned out to be over. */
  sweep(): Promise<number> {
    return (this.#running ??= this.#sweepUntil(this.#ended.signal).finally(() => {
      this.#running = undefined;
    }));
  }

  async #sweepUntil(signal: AbortSignal): Promise<number> {
    try {
      return await this.#sweep(signal);
    } catch (error) {
      // Where the adapter is closed besides, steps fail for that reason.
      throw signal.aborted ? signal.reason : error;
    }
  }

  async #sweep(signal: AbortSignal): Promise<number> {
    const { heartbeat, run } = this.#context;
    const args = [this.#id, heartbeat, SELDOM * heartbeat];
    const [began, count, queues, leases, processes, lanes] = await run<
      [string?, number?, string[]?, string[]?, string[]?, string[]?]
    >(beginSweepScript, args);
    if (began === undefined) {
      return 0;
    }
    const findings: Findings = {
      began,
      places: [
        { kind: "schedule" },
        { kind: "retry" },
        { kind: "dead" },
        ...places("queue", queues),
        ...places("lane", lanes),
        ...places("lease", leases),
        ...places("work", processes),
      ],
      present: new JidSet(Math.ceil((count ?? 0) / PART)),
      watched: await this.#watched(),
      slices: 0,
    };
    for (const place of findings.places) {
      if (!(await this.#survey(place, findings, signal))) {
        return 0;
      }
    }
    return (await this.#settleWatched(findings)) + (await this.#settleOwn(findings, signal));
  }

  /** Ruby's jobs that ours wait for. */
  async #watched(): Promise<Findings["watched"]> {
    const { command, keys } = this.#context;
    const jids = (await command("ZRANGE", keys.foreign, 0, -1)) as string[];
    return new Map(jids.map((jid) => [jid, "nowhere"] as const));
  }

  /** @returns false if another process sweeps now. */
  async #survey(place: Place, findings: Findings, signal: AbortSignal): Promise<boolean> {
    const { run, owners, heartbeat } = this.#context;
    let cursor = "0";
    do {
      const args = [this.#id, heartbeat, place.kind, place.name ?? "", cursor, SLICE];
      const [next, jids = [], payloads = [], work = []] = await this.#inPieces(
        () => run<[string?, string[]?, string[]?, string[]?]>(surveyScript, args),
        findings,
        signal,
      );
      if (next === undefined) {
        return false;
      }
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
    const seen = [...watched].filter(([, where]) => where !== "nowhere");
    let over = 0;
    for (let at = 0; at < seen.length; at += SLICE) {
      const slice = seen.slice(at, at + SLICE).flatMap(([jid, where]) => [where, jid]);
      over += await run<number>(watchedScript, [this.#id, heartbeat, "", ...slice]);
    }
    for (;;) {
      const unseen = await run<number>(watchedScript, [this.#id, heartbeat, began]);
      over += unseen;
      if (unseen < SLICE) {
        return over;
      }
    }
  }

  /** Goes through all that the index has. */
  async #settleOwn(findings: Findings, signal: AbortSignal): Promise<number> {
    const { command, keys, run, heartbeat } = this.#context;
    let over = 0;
    let cursor = "0";
    do {
      const [next, fields] = (await command("HSCAN", keys.jobs, cursor, "COUNT", SLICE)) as [
        string,
        string[],
      ];
      const absent = fields.filter(
        (jid, at) => at % 2 === 0 && fields[at + 1] !== "b" && findings.present.isKnownToLack(jid),
      );
      if (absent.length > 0) {
        const args = [this.#id, heartbeat, heartbeat, ...absent];
        over += await this.#inPieces(() => run<number>(absentScript, args), findings, signal);
      }
      cursor = next;
    } while (cursor !== "0");
    return over;
  }

  async #inPieces<Answer>(
    step: () => Promise<Answer>,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<Answer> {
    const began = clock.monotonic();
    const answer = await step();
    findings.slices += 1;
    if (findings.slices > SLICES_WITHOUT_REST) {
      const took = clock.monotonic() - began;
      await clock.sleep(Math.min(took * REST, LONGEST_REST), signal);
    }
    signal.throwIfAborted();
    return answer;
  }
}

function places(kind: Place["kind"], names: readonly string[] = []): Place[] {
  return names.map((name) => ({ kind, name }));
}

function note(jid: string, { kind }: Place, { present, watched }: Findings): void {
  present.add(jid);
  const known = watched.get(jid);
  if (known !== undefined && known !== "seen") {
    watched.set(jid, kind === "dead" ? "dead" : "seen");
  }
}
