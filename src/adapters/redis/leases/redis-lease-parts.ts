import type { Connection } from "../connection/connection.ts";
import type { Finished } from "../kept/finished.ts";
import type { Keys } from "../keys.ts";
import type { LeaseThread } from "./lease-thread.ts";
import type { Metrics } from "../sidekiq/metrics.ts";
import type { Owners } from "../payloads/owners.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import type { Watch } from "./watch.ts";

/** What a lease in Redis works with. */
export interface RedisLeaseParts {
  readonly keys: Keys;
  /** For exchanges alone, so that one that is lost takes nothing else along. */
  readonly connection: Connection;
  readonly owners: Owners;
  readonly scripts: ScriptRunner;
  readonly watch: Watch;
  /** Renews while the event loop is busy. */
  readonly thread: LeaseThread | undefined;
  /** Redis's memory is full, so that it takes no jobs; or is not any more. */
  readonly onFull: (isFull: boolean) => void;
  /** Takes what an operator asked for by way of Sidekiq's API; "" for nothing. */
  readonly onSignal: (name: string | undefined) => void;
  /** Handed over with each renewal. */
  readonly metrics: Metrics | undefined;
  /** How often each of these jids was lost with its worker. */
  readonly recoveries: (jids: readonly string[]) => Promise<readonly number[]>;
  /** Called after jobs ended that are to be kept. */
  readonly onFinished: (jobs: readonly Finished[]) => Promise<void>;
  /** Called after the lease was closed, and all that it held given back. */
  readonly onClosed: () => Promise<void>;
  /** Called after jobs died. */
  readonly onDeath: () => Promise<void>;
}
