import type { FetchedJob } from "../../adapters/adapter.ts";
import type { Rig } from "../rig.ts";
import type { TestLease } from "../test-lease.ts";
import { Model, type ModelJob } from "./model.ts";
import type { Queue } from "./operations.ts";

/** Number of a worker that takes nothing but what it asks for. */
const UNWILLING = 2;

/** What was asked, what the adapter answered, what the model answers. */
export type Answers = (readonly [what: string, found: unknown, expected: unknown])[];

/** A job that was handed over to a worker which has not heard of it yet. */
interface HandedOver {
  readonly job: ModelJob;
  /** The higher, the later it was fetched. */
  readonly fetched: number;
  /** How often its worker asked for jobs since. */
  asked: number;
}

/** A job that a worker holds, or held: what it was handed out as, and which it is. */
export interface Held extends Omit<HandedOver, "asked"> {
  readonly receipt: FetchedJob;
}

export interface Worker {
  readonly lease: TestLease;
  held: Held[];
  handedOver: HandedOver[];
  readonly settled: Held[];
  /** Of which queues it may be handed a job. */
  takes: readonly Queue[] | undefined;
  /** What it heard that it was handed. */
  readonly heard: FetchedJob[];
}

/** All that is in a worker's lease, in the order of fetching. */
export function jobsOf({ held, handedOver }: Worker): ModelJob[] {
  const all = [...held, ...handedOver].toSorted((one, other) => one.fetched - other.fetched);
  return all.map(({ job }) => job);
}

/** An adapter and the model of what it should do, and what was done to both so far. */
export class Game {
  readonly rig: Rig;
  readonly model: Model;
  readonly workers: Map<number, Worker> = new Map();
  /** Dead, and not recovered from. */
  readonly dead: Worker[] = [];
  /** Of all jobs there ever were, by age. */
  readonly names: string[] = [];
  readonly trace: string[] = [];
  readonly priorities: boolean;
  fetched = 0;
  readonly #ledger = new Map<string, { lives: number; ends: number }>();
  #renewedAt = 0;
  #moments = 0;

  constructor(rig: Rig, { priorities = true }: { readonly priorities?: boolean } = {}) {
    this.rig = rig;
    this.priorities = priorities;
    this.model = new Model(rig.adapter.capabilities);
  }

  tell(step: string): void {
    this.trace.push(step);
  }

  newName(): string {
    const name = nameOfNumber(this.names.length);
    this.names.push(name);
    return name;
  }

  name(number: number): string | undefined {
    return this.names.length === 0 ? undefined : this.names[number % this.names.length];
  }

  /** Names of jobs that are older than a job, so that nobody waits in a circle. */
  olderNames(numbers: readonly number[], than: string): string[] {
    const age = this.names.indexOf(than);
    return numbers
      .flatMap((number) => this.name(number) ?? [])
      .filter((name) => this.names.indexOf(name) < age);
  }

  async worker(number: number): Promise<Worker> {
    let worker = this.workers.get(number);
    if (worker === undefined) {
      const heard: FetchedJob[] = [];
      const onHandedOver = (job: FetchedJob): void => void heard.push(job);
      const lease = await this.rig.lease(number === UNWILLING ? {} : { onHandedOver });
      worker = { lease, held: [], handedOver: [], settled: [], takes: undefined, heard };
      this.workers.set(number, worker);
    }
    return worker;
  }

  numberOf(worker: Worker): number | undefined {
    return [...this.workers].find(([, other]) => other === worker)?.[0];
  }

  /** A job was accepted as new. */
  begins(name: string): void {
    this.#entry(name).lives += 1;
  }

  /** A job is done, or was deleted. */
  ends(name: string): void {
    this.#entry(name).ends += 1;
  }

  /** Whether each job that began has come to one end, or is dead. */
  audit(): Answers {
    return this.names.map((name) => {
      const { lives, ends } = this.#entry(name);
      const isDead = this.model.status(name) === "dead";
      return [`ends of ${name}`, ends + (isDead ? 1 : 0), lives] as const;
    });
  }

  #entry(name: string): { lives: number; ends: number } {
    const entry = this.#ledger.get(name) ?? { lives: 0, ends: 0 };
    this.#ledger.set(name, entry);
    return entry;
  }

  /** So many ticks from now, or a little before now; no two moments are the same. */
  moment(now: number, ticks: number): number {
    this.#moments += 1;
    const fraction = 0.4 + (this.#moments % 1_000) / 10_000;
    return now + (ticks - fraction) * this.rig.tick;
  }

  /** Keeps leases alive where time passes by itself, and clear of moments at which a job is due. */
  async keepTime(): Promise<void> {
    const { tick } = this.rig;
    let now = await this.rig.now();
    if (now - this.#renewedAt > tick) {
      await this.rig.renewAll();
      this.#renewedAt = now;
    }
    const isNear = ({ at }: ModelJob): boolean =>
      at !== undefined && at > now && at < now + tick / 5;
    while ([...this.model.jobs.values()].some(isNear)) {
      await this.rig.elapse(0.2);
      now = await this.rig.now();
    }
  }
}

/** a, b, … z, aa, ab, … */
function nameOfNumber(number: number): string {
  const letter = String.fromCharCode(97 + (number % 26));
  return number < 26 ? letter : nameOfNumber(Math.floor(number / 26) - 1) + letter;
}
