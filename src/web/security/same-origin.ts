/** How it is told where a request comes from. */
export interface OriginOptions {
  /** What browsers have in their address bar: `"https://example.org"`. */
  readonly publicOrigin?: string | undefined;
  /** Whether `X-Forwarded-Host` is a proxy's, and not whatever somebody sent. */
  readonly trustProxy?: boolean | undefined;
}

/**
 * Whether another site may have made a browser send this. Browsers leave `Sec-Fetch-Site` out where
 * a page is neither on https nor on localhost; there `Origin` has to name this host. The content
 * type does not matter, and neither does the scheme, which a proxy may have changed.
 *
 * @returns what is wrong; `undefined` where it is from a page of the dashboard.
 */
export function crossSite(request: Request, options: OriginOptions): string | undefined {
  const { headers } = request;
  const site = headers.get("sec-fetch-site");
  if (site !== null) {
    return site === "same-origin" ? undefined : `Sec-Fetch-Site says "${site}"`;
  }
  const origin = headers.get("origin");
  if (origin === null) {
    return "the request has neither Sec-Fetch-Site nor Origin";
  }
  if (options.publicOrigin !== undefined) {
    return origin === options.publicOrigin ? undefined : "Origin is not publicOrigin";
  }
  const forwarded = options.trustProxy === true ? headers.get("x-forwarded-host") : null;
  const host = forwarded ?? headers.get("host") ?? new URL(request.url).host;
  return hostOf(origin) === host.toLowerCase() ? undefined : "Origin names another host";
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
