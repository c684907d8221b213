import type { Hold } from "../../hold.ts";
import type {
  HolderPage,
  Holds,
  KeyLimit,
  KeyPage,
  KeyState,
  Obstacle,
  Taken,
  TakeOptions,
} from "../../holds.ts";
import type { Jobs } from "../jobs/jobs.ts";
import { isHolding } from "../holds/keeping.ts";
import { STATES } from "../jobs/job.ts";
import { JobHolds } from "../holds/job-holds.ts";
import type { Context } from "../store/context.ts";
import type { Steps } from "../store/steps.ts";
import type { Key } from "../holds/key.ts";
import type { Keys } from "../holds/keys.ts";

/** What keys share with their adapter. */
export interface HoldsParts {
  readonly context: Context;
  readonly steps: Steps;
  readonly jobs: Jobs;
}

/** Keys in a file, for code and operators. */
export class SqliteHolds implements Holds {
  readonly #context: Context;
  readonly #steps: Steps;
  readonly #jobs: Jobs;
  readonly #keys: Keys;

  constructor({ context, steps, jobs }: HoldsParts) {
    this.#context = context;
    this.#steps = steps;
    this.#jobs = jobs;
    this.#keys = jobs.keys;
  }

  take(name: string, holder: string, options: TakeOptions): Promise<Taken> {
    return this.#steps.write(() => this.#take(name, holder, options));
  }

  giveBack(name: string, holder: string, tokens?: number): Promise<boolean> {
    return this.#steps.write(() => {
      const key = this.#keys.find(name);
      if (key === undefined || tokens === undefined) {
        return this.#letGo(key, holder);
      }
      if (tokens < 0) {
        key.tokens?.spend(this.#context.now, -tokens);
      } else {
        key.tokens?.giveBack(tokens);
      }
      const isRate = key.tokens !== undefined;
      this.#keys.changed(key);
      return isRate;
    });
  }

  async limit(name: string, limit: KeyLimit): Promise<void> {
    await this.#steps.write(
      () => {
        const key = this.#keys.declared(name, limit);
        key.isLimited = key.to !== Infinity || key.tokens !== undefined;
        this.#keys.changed(key);
      },
      { isDurable: true },
    );
  }

  read(names: readonly string[]): Promise<readonly (KeyState | undefined)[]> {
    return this.#steps.write(() => names.map((name) => this.#stateOf(name)));
  }

  keys(prefix: string, cursor: string | undefined, limit: number): Promise<KeyPage> {
    return this.#steps.write(() => {
      const rows = this.#context.all<{ id: number; name: string }>(
        "SELECT id, name FROM key WHERE id > ? AND substr(name, 1, length(?)) = ? ORDER BY id LIMIT ?",
        Number(cursor ?? 0),
        prefix,
        prefix,
        limit,
      );
      const states = rows.map(({ name }) => this.#stateOf(name));
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return {
        keys: states.filter((state) => state !== undefined),
        cursor: last && String(last.id),
      };
    });
  }

  holders(name: string, cursor: string | undefined, limit: number): Promise<HolderPage> {
    return this.#steps.read(() => {
      const rows = this.#context.all<{
        id: number;
        holder: string;
        since: number;
        until: number | null;
      }>(
        `SELECT grip.id, holder, since, until FROM grip JOIN key ON key.id = grip.key
           WHERE key.name = ? AND grip.id > ? AND (until IS NULL OR until > ?) ORDER BY grip.id LIMIT ?`,
        name,
        Number(cursor ?? 0),
        this.#context.now,
        limit,
      );
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return {
        holders: rows.map(({ holder, since, until }) => ({
          holder,
          since,
          until: until ?? undefined,
        })),
        cursor: last && String(last.id),
      };
    });
  }

  release(name: string, holder: string): Promise<boolean> {
    return this.#steps.write(() => this.#letGo(this.#keys.find(name), holder));
  }

  inTheWay(jid: string): Promise<readonly Obstacle[]> {
    return this.#steps.read(() => {
      const job = this.#jobs.table.find(jid);
      if (job === undefined || !isHolding(job)) {
        return [];
      }
      const line = job.line === undefined ? undefined : this.#keys.byId(job.line);
      const keys = line === undefined ? [] : [line];
      const all = job.state === STATES.dead ? this.#jobs.keeping.obstacles(job) : keys;
      return all.map((key) => ({ key: key.name, holder: this.#keys.eldest(key) }));
    });
  }

  #take(name: string, holder: string, options: TakeOptions): Taken {
    const { now } = this.#context;
    const key = this.#keys.declared(name, options);
    const { tokens = 1, seconds, rate, run } = options;
    const retryAt = this.#mayBeFreeAt(key, holder, tokens);
    if (retryAt !== now) {
      return { taken: false, retryAt };
    }
    if (rate !== undefined) {
      key.tokens?.spend(now, tokens);
      return { taken: true };
    }
    const job = run === undefined ? undefined : this.#jobs.table.find(run);
    this.#keys.take(key, {
      holder,
      jid: job?.jid,
      ends: run === undefined ? "time" : "settled",
      seconds,
    });
    if (job !== undefined && job.holds === undefined) {
      job.holds = new JobHolds(now, {});
      this.#jobs.table.save(job);
    }
    return { taken: true };
  }

  wanted(jids: readonly string[]): Promise<readonly (readonly Hold[] | undefined)[]> {
    return this.#steps.read(() =>
      jids.map((jid) => {
        const { fromEnqueue = [], fromFetch = [] } = this.#jobs.table.find(jid)?.holds ?? {};
        const holds = [...fromEnqueue, ...fromFetch];
        return holds.length === 0 ? undefined : holds;
      }),
    );
  }

  #letGo(key: Key | undefined, holder: string): boolean {
    const grip = key && this.#keys.grip(key, holder);
    if (grip !== undefined) {
      this.#keys.letGo(grip);
    }
    return grip !== undefined;
  }

  /** `now` where it is free. */
  #mayBeFreeAt(key: Key, holder: string, tokens: number): number | undefined {
    const { now } = this.#context;
    if (this.#keys.holds(key, holder)) {
      return now;
    }
    if (key.waiting > 0 || key.isFull) {
      return key.nextEnd;
    }
    return key.tokens?.dueAt(now, tokens) ?? now;
  }

  #stateOf(name: string): KeyState | undefined {
    const key = this.#keys.find(name);
    if (key === undefined) {
      return undefined;
    }
    const { to, tokens, held, waiting, taken, dead } = key;
    const state = { key: name, to, held, waiting, taken, dead };
    return tokens === undefined
      ? state
      : { ...state, rate: tokens.rate, left: tokens.left(this.#context.now) };
  }
}
