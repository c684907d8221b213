import { randomBytes } from "node:crypto";
import { snapshot } from "../../inspection/figures/snapshot.ts";
import { may, readOnly, type Access } from "../security/access.ts";
import { pathWithin, type Site } from "../site.ts";
import { translator } from "../texts/texts.ts";
import { Parameters } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import type { Visit } from "./visit.ts";

/** Seconds for which a store may be silent before people are told so. */
const PATIENCE = 2;
/** Seconds for which viewers are shown the same. */
const FRESH = 1;
/** Characters of a whole address. */
const LONGEST = 8_192;

/**
 * Who that is; or the answer for somebody who may not come in.
 *
 * @throws {Refusal} if nobody may, or the address is too long.
 */
export async function accessOf(
  site: Site,
  request: Request,
  path: string,
): Promise<Access | Response> {
  if (request.url.length > LONGEST) {
    throw new Refusal(414, "tooLong");
  }
  const changes = !["GET", "HEAD"].includes(request.method);
  const access = await site.authorize(request, { path, changes });
  if (access === false) {
    throw new Refusal(403, "notAllowed");
  }
  return !(access instanceof Response) && site.options.readOnly === true
    ? readOnly(access)
    : access;
}

/**
 * All that the answer to a request is made of.
 *
 * @param chosen The store that a form is about; else the address says which.
 * @throws {Refusal} if the store does not answer, or there is none of that name.
 */
export async function visitOf(
  site: Site,
  request: Request,
  access: Access,
  chosen = "",
): Promise<Visit> {
  const url = new URL(request.url);
  const query = new Parameters(url.searchParams);
  const asked = chosen || query.text("store");
  const [usual = ""] = site.storeNames;
  const store = asked === "" ? usual : asked;
  if (!site.storeNames.includes(store)) {
    throw new Refusal(404, "noSuchStore");
  }
  const adapter = site.adapterOf(store);
  const { language = "en", messages } = site.options;
  const { shared } = site;
  return {
    site,
    request,
    path: pathWithin(site, url.pathname) ?? "/",
    query,
    access,
    store,
    adapter,
    shared,
    nonce: randomBytes(18).toString("base64url"),
    t: translator(language, messages),
    language,
    snapshot: await inTime(shared.read(`snapshot ${store}`, FRESH, () => snapshot(adapter))),
    may: (action) => may(access, action),
    to: (path, parameters = {}) =>
      addressOf(site, path, { ...storeIn(site, store), ...parameters }),
  };
}

function storeIn({ storeNames }: Site, store: string): Record<string, string | undefined> {
  return { store: store === storeNames[0] ? undefined : store };
}

function addressOf(
  { publicPath }: Site,
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
): string {
  const [pathname = "/", given] = path.split("?", 2);
  const search = new URLSearchParams(given);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && !search.has(name)) search.set(name, String(value));
  }
  const text = search.toString();
  return `${publicPath}${pathname}${text === "" || pathname.startsWith("/-/") ? "" : `?${text}`}`;
}

/** @throws {Refusal} if it takes longer than people wait. */
async function inTime<Value>(value: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(503, "storeSilent")), PATIENCE * 1000);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}
