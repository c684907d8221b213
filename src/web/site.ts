import type { Adapter } from "../adapters/adapter.ts";
import { settings } from "../job/settings/settings.ts";
import { SharedReads } from "./live/shared-reads.ts";
import type { DashboardOptions } from "./options.ts";
import type { Authorize } from "./security/access.ts";
import { Redaction } from "./security/redaction.ts";
import { Sealer } from "./security/sealed.ts";

/** A dashboard: what all its requests share. */
export interface Site {
  readonly options: DashboardOptions;
  readonly authorize: Authorize;
  /** Without a slash at the end: "" is the root. */
  readonly basePath: string;
  readonly publicPath: string;
  /** What its stores are called, the usual one first. */
  readonly storeNames: readonly string[];
  readonly shared: SharedReads;
  readonly sealer: Sealer;
  readonly redaction: Redaction;
  adapterOf(store: string): Adapter;
}

/** What the only store is called, where none has a name. */
const ONLY = "";

export function siteOf(options: DashboardOptions): Site {
  const { authorize, stores, basePath = "/", publicPath = basePath } = options;
  return {
    options,
    authorize:
      typeof authorize === "function" ? authorize : () => ({ actor: "anybody", can: "all" }),
    basePath: withoutSlash(basePath),
    publicPath: withoutSlash(publicPath),
    storeNames: stores === undefined ? [ONLY] : Object.keys(stores),
    shared: new SharedReads(),
    sealer: new Sealer(options.secret),
    redaction: new Redaction(options.redact),
    adapterOf: (store) => stores?.[store] ?? options.adapter ?? settings().adapter,
  };
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

/** Where somebody is in the dashboard: `"/queues"`; `undefined` where it is no path of it. */
export function pathWithin({ basePath }: Site, path: string): string | undefined {
  if (path === basePath) {
    return "/";
  }
  if (!path.startsWith(`${basePath}/`)) {
    return undefined;
  }
  const within = path.slice(basePath.length).replace(/\/+$/, "");
  return within === "" ? "/" : within;
}
