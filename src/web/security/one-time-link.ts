import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Access, Authorize } from "./access.ts";

const COOKIE = "mandate-session";

/** A way in for whoever started a program: a link that works once, and leaves a cookie. */
export interface OneTimeLink {
  readonly authorize: Authorize;
  /** What follows the address of the dashboard. */
  readonly query: string;
}

/** @param access Whose link it is. */
export function oneTimeLink(access: Access): OneTimeLink {
  const token = randomBytes(24).toString("base64url");
  const session = randomBytes(24).toString("base64url");
  let isUsed = false;
  const authorize: Authorize = (request) => {
    if (isSame(cookieIn(request), session)) {
      return access;
    }
    const url = new URL(request.url);
    if (isUsed || !isSame(url.searchParams.get("token") ?? "", token)) {
      return false;
    }
    isUsed = true;
    url.searchParams.delete("token");
    return new Response(null, {
      status: 303,
      headers: {
        location: `${url.pathname}${url.search}`,
        "set-cookie": `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
      },
    });
  };
  return { authorize, query: `?token=${token}` };
}

function cookieIn({ headers }: Request): string {
  const pairs = (headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${COOKIE}=`));
  return found?.slice(COOKIE.length + 1) ?? "";
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
