import type {
  Holder,
  HolderPage,
  Holds,
  KeyLimit,
  KeyPage,
  KeyState,
  Obstacle,
  Taken,
  TakeOptions,
} from "../holds.ts";
import type { Hold } from "../hold.ts";
import type { Grip } from "./holds/grip.ts";
import type { HeldKey } from "./holds/held-key.ts";
import type { HeldKeys } from "./holds/held-keys.ts";
import { JobHolds } from "./holds/job-holds.ts";
import type { Job } from "./job.ts";
import type { Jobs } from "./jobs.ts";

/** Keys in this process, for code and operators. */
export class MemoryHolds implements Holds {
  readonly #jobs: Jobs;
  readonly #keys: HeldKeys<Job>;
  readonly #now: () => number;

  /** @param now Epoch seconds. */
  constructor(jobs: Jobs, now: () => number) {
    this.#jobs = jobs;
    this.#keys = jobs.keys;
    this.#now = now;
  }

  async take(name: string, holder: string, options: TakeOptions): Promise<Taken> {
    const now = this.#now();
    const key = this.#keys.declared(name, options, now);
    const { tokens = 1, seconds, rate, run } = options;
    const retryAt = this.#mayBeFreeAt(key, { holder, tokens, now });
    if (retryAt !== now) {
      return { taken: false, retryAt };
    }
    if (rate !== undefined) {
      key.tokens?.spend(now, tokens);
    } else {
      const ends = run === undefined ? "time" : "settled";
      const grip = this.#keys.take(key, { holder, ends, seconds, now });
      const job = run === undefined ? undefined : this.#jobs.known.find(run);
      if (job !== undefined) {
        job.holds ??= JobHolds.ofNone(job.jid, now);
        job.holds.grips = [...job.holds.grips, grip];
      }
    }
    return { taken: true };
  }

  async giveBack(name: string, holder: string, tokens?: number): Promise<boolean> {
    const now = this.#now();
    const key = this.#keys.find(name, now);
    if (tokens === undefined) {
      return this.#letGo(key?.holders.get(holder), now);
    }
    if (tokens < 0) {
      key?.tokens?.spend(now, -tokens);
    } else {
      key?.tokens?.giveBack(tokens);
    }
    if (key !== undefined) {
      this.#keys.changed(key, now);
    }
    return key?.tokens !== undefined;
  }

  async limit(name: string, limit: KeyLimit): Promise<void> {
    const now = this.#now();
    const key = this.#keys.declared(name, limit, now);
    key.isLimited = key.to !== Infinity || key.tokens !== undefined;
    this.#keys.changed(key, now);
  }

  async read(names: readonly string[]): Promise<readonly (KeyState | undefined)[]> {
    const now = this.#now();
    return names.map((name) => {
      const key = this.#keys.find(name, now);
      return key === undefined ? undefined : stateOf(key, now);
    });
  }

  async keys(prefix: string, cursor: string | undefined, limit: number): Promise<KeyPage> {
    const page = this.#keys.page(prefix, cursor, limit);
    const states = await this.read(page.items.map(({ name }) => name));
    return { keys: states.filter((state) => state !== undefined), cursor: page.cursor };
  }

  async holders(name: string, cursor: string | undefined, limit: number): Promise<HolderPage> {
    const key = this.#keys.find(name, this.#now());
    const after = Number(cursor ?? 0);
    const holders: Holder[] = [];
    for (const grip of key?.holders.values() ?? []) {
      if (grip.order > after && holders.push(holderOf(grip)) === limit) {
        return { holders, cursor: String(grip.order) };
      }
    }
    return { holders, cursor: undefined };
  }

  async release(name: string, holder: string): Promise<boolean> {
    const now = this.#now();
    return this.#letGo(this.#keys.find(name, now)?.holders.get(holder), now);
  }

  async inTheWay(jid: string): Promise<readonly Obstacle[]> {
    const { known, sets, keeping } = this.#jobs;
    const job = known.find(jid);
    const holds = job?.holds;
    const key = holds?.line?.key ?? holds?.waiting?.key;
    const keys = key === undefined ? [] : [key];
    const all = holds !== undefined && job?.list === sets.dead ? keeping.obstacles(holds) : keys;
    return all.map(({ name, eldest: holder }) => ({ key: name, holder }));
  }

  #letGo(grip: Grip<HeldKey<Job>> | undefined, now: number): boolean {
    return grip !== undefined && this.#keys.letGo(grip, now);
  }

  /** `now` where it is free. */
  #mayBeFreeAt(
    key: HeldKey<Job>,
    {
      holder,
      tokens,
      now,
    }: { readonly holder: string; readonly tokens: number; readonly now: number },
  ): number | undefined {
    if (key.holders.has(holder)) {
      return now;
    }
    if (key.waiting > 0 || key.isFull) {
      return key.nextEnd;
    }
    return key.tokens?.dueAt(now, tokens) ?? now;
  }

  async wanted(jids: readonly string[]): Promise<readonly (readonly Hold[] | undefined)[]> {
    return jids.map((jid) => wantedBy(this.#jobs.known.find(jid)));
  }
}

function wantedBy(job: Job | undefined): readonly Hold[] | undefined {
  const { fromEnqueue = [], fromFetch = [] } = job?.holds ?? {};
  const holds = [...fromEnqueue, ...fromFetch].map(({ hold }) => hold);
  return holds.length === 0 ? undefined : holds;
}

function stateOf(key: HeldKey<Job>, now: number): KeyState {
  const { name, to, tokens, holders, waiting, taken, dead } = key;
  const state = { key: name, to, held: holders.size, waiting, taken, dead };
  return tokens === undefined ? state : { ...state, rate: tokens.rate, left: tokens.left(now) };
}

function holderOf({ holder, since, rank }: Grip<HeldKey<Job>>): Holder {
  return { holder, since, until: rank === Infinity ? undefined : rank };
}
