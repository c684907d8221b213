import type { Adapter } from "../../adapters/adapter.ts";
import type { Snapshot } from "../../inspection/figures/snapshot.ts";
import type { SharedReads } from "../live/shared-reads.ts";
import type { Site } from "../site.ts";
import type { Access, DashboardAction } from "../security/access.ts";
import type { Translate } from "../texts/texts.ts";
import type { Parameters } from "./parameters.ts";

/** One request, and all that its answer is made of. */
export interface Visit {
  readonly site: Site;
  readonly request: Request;
  /** Within the dashboard: `"/queues"`. */
  readonly path: string;
  readonly query: Parameters;
  readonly access: Access;
  /** Which of the dashboard's stores, and its name. */
  readonly store: string;
  readonly adapter: Adapter;
  readonly shared: SharedReads;
  readonly nonce: string;
  readonly t: Translate;
  /** The language of texts, numbers and dates. */
  readonly language: string;
  /** The store's time, epoch seconds, when it was read. */
  readonly snapshot: Snapshot;
  may(action: DashboardAction): boolean;
  /** An address within the dashboard, of the same store. */
  to(path: string, query?: Readonly<Record<string, string | number | undefined>>): string;
}
