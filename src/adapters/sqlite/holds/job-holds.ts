import type { Entry } from "../../entry.ts";
import type { Hold } from "../../hold.ts";
import { fromJson, toJson } from "./json.ts";

/** What a job waits for after it has a key. */
export interface Prereqs {
  readonly prereqs?: Entry["prereqs"] | undefined;
  readonly prereqFailure?: Entry["prereqFailure"] | undefined;
}

/**
 * What a job must hold, and waits for: of those alone that have to hold anything. What it holds is
 * in the table of grips.
 */
export class JobHolds {
  /** When it was accepted. */
  readonly since: number;
  readonly fromEnqueue: readonly Hold[];
  fromFetch: readonly Hold[];
  expiresAt: number;
  /** Keys of which it spent a token when it was handed out last. */
  spent: readonly string[] = [];
  /** What comes after the key that it waits for since it was accepted. */
  waiting: { readonly key: string; readonly next: Prereqs } | undefined = undefined;
  /** How it was handed out last. */
  refusedBy: string | undefined = undefined;
  expired: true | undefined = undefined;

  constructor(
    since: number,
    {
      holds = [],
      expiresAt,
    }: { readonly holds?: readonly Hold[] | undefined; readonly expiresAt?: number | undefined },
  ) {
    this.since = since;
    this.fromEnqueue = holds.filter(({ from }) => from === "enqueue");
    this.fromFetch = holds.filter(({ from }) => from === "fetch");
    this.expiresAt = expiresAt ?? Infinity;
  }

  /** As it was kept. */
  static read(text: string): JobHolds {
    const { since, ...kept } = fromJson(text) as JobHolds;
    return Object.assign(new JobHolds(since, {}), kept);
  }

  toText(): string {
    return toJson(this);
  }

  /** Whether it is handed out only to be discarded. */
  get isDiscarded(): boolean {
    return this.expired === true || this.refusedBy !== undefined;
  }
}
