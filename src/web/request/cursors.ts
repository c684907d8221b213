import { randomBytes } from "node:crypto";
import type { Site } from "../site.ts";

/** A longer address some proxies refuse. */
const LONGEST = 1_200;
const MOST = 500;

/** Cursors with a large payload in them, which no address can carry. Of each dashboard its own. */
const kept = new WeakMap<Site, Map<string, string>>();

/** A cursor as an address can carry it: sealed, since there may be arguments in it. */
export function closeCursor(site: Site, cursor: string): string {
  const sealed = site.sealer.seal("cursor", cursor);
  if (sealed.length <= LONGEST) {
    return sealed;
  }
  const ours = kept.get(site) ?? new Map<string, string>();
  kept.set(site, ours);
  const [oldest] = ours.keys();
  if (ours.size >= MOST && oldest !== undefined) {
    ours.delete(oldest);
  }
  const name = `k.${randomBytes(9).toString("base64url")}`;
  ours.set(name, cursor);
  return name;
}

/** @returns `undefined` where it is known no more. */
export function openCursor(site: Site, given: string): string | undefined {
  return given.startsWith("k.") ? kept.get(site)?.get(given) : site.sealer.open("cursor", given);
}
