import { Hono, type Context } from "hono";
import { assetNamed } from "./assets/assets.ts";
import { checkOptions, type DashboardOptions } from "./options.ts";
import type { Page } from "./page.ts";
import { pages } from "./pages/pages.ts";
import { readBody } from "./request/body.ts";
import { Refusal } from "./request/refusal.ts";
import { accessOf, visitOf } from "./request/visiting.ts";
import { answerOf, outcomeAnswer } from "./respond/answers.tsx";
import { refusalAnswer } from "./respond/refusals.tsx";
import { crossSite } from "./security/same-origin.ts";
import { isToken } from "./security/form-token.ts";
import { pathWithin, siteOf, type Site } from "./site.ts";

/** Answers one request: mount it in whatever speaks `Request` and `Response`. */
export type DashboardHandler = (request: Request) => Promise<Response>;

/**
 * A dashboard for operators: it shows what waits, runs and failed, and does to jobs, queues and
 * workers what the program does, too. It is one function from `Request` to `Response`, which is given
 * whole paths: whoever mounts it does not strip `basePath`.
 *
 * Nobody comes in without `authorize`. Reading changes nothing, what changes something is a form that
 * another site cannot send, and each page works without JavaScript. It needs the package `hono`.
 *
 * @throws {TypeError} if `authorize` is missing, or an option cannot be used.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { basicAuth, dashboard, toNode } from "mandate/web";
 *
 * const jobs = dashboard({
 *   authorize: basicAuth({ user: "ops", password: process.env["JOBS_PASSWORD"] ?? "" }),
 *   basePath: "/jobs",
 * });
 * createServer(toNode(jobs)).listen(3000);
 * ```
 */
export function dashboard(options: DashboardOptions): DashboardHandler {
  checkOptions(options);
  const site = siteOf(options);
  const app = new Hono({
    // A slash at the end is taken off there.
    getPath: (request) => pathWithin(site, new URL(request.url).pathname) ?? ASTRAY,
  });
  app.get("/-/:name", ({ req }) => assetNamed(req.param("name")) ?? notFound(site, req.raw));
  app.get("/healthz", ({ req }) => isWell(site, req.raw));
  for (const page of pages) {
    app.get(page.path, (context) => read(site, page, context));
    const { act: deed } = page;
    if (deed !== undefined) {
      app.post(page.path, (context) => act(site, { path: page.path, deed }, context));
    }
  }
  app.all("*", ({ req }) => astray(site, req.raw));
  app.onError((error, { req }) => refusalAnswer(site, req.raw, error));
  return async (request) => app.fetch(request);
}

/** No page has this path. */
const ASTRAY = "/-";

async function read(site: Site, page: Page, { req }: Context): Promise<Response> {
  const access = await accessOf(site, req.raw, page.path);
  if (access instanceof Response) {
    return access;
  }
  const visit = await visitOf(site, req.raw, access);
  if (page.right !== undefined && !visit.may(page.right)) {
    throw new Refusal(403, "notAllowed", page.right);
  }
  return answerOf(visit, await page.read(visit));
}

/** A page's, to which something was posted. */
interface Deed {
  readonly path: Page["path"];
  readonly deed: NonNullable<Page["act"]>;
}

async function act(site: Site, { path, deed }: Deed, { req }: Context): Promise<Response> {
  const request = req.raw;
  const wrong = crossSite(request, site.options);
  if (wrong !== undefined) {
    throw new Refusal(403, "crossSite", wrong);
  }
  const access = await accessOf(site, request, path);
  if (access instanceof Response) {
    return access;
  }
  const form = await readBody(request);
  if (site.options.secret !== undefined && !isToken(site, access.actor, form.text("token"))) {
    throw new Refusal(403, "token");
  }
  const visit = await visitOf(site, request, access, form.text("store"));
  return outcomeAnswer(visit, form, await deed(visit, form));
}

/** Whoever may not come in learns nothing of which pages there are. */
async function astray(site: Site, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const within = pathWithin(site, pathname);
  if (within === undefined) {
    throw new Refusal(
      404,
      "noSuchPage",
      `The dashboard is mounted with basePath "${site.basePath || "/"}" and was handed a path that does not begin so. Mount it where paths are not stripped, or change basePath`,
    );
  }
  if (!["GET", "HEAD"].includes(request.method)) {
    const wrong = crossSite(request, site.options);
    if (wrong !== undefined) throw new Refusal(403, "crossSite", wrong);
  }
  const access = await accessOf(site, request, within);
  if (access instanceof Response) {
    return access;
  }
  const isPage = pages.some(({ path }) => path === within);
  throw isPage ? new Refusal(405, "method") : new Refusal(404, "noSuchPage");
}

function notFound(site: Site, request: Request): Response | Promise<Response> {
  return refusalAnswer(site, request, new Refusal(404, "noSuchPage"));
}

/** For probes: whether the store answers. */
async function isWell(site: Site, request: Request): Promise<Response> {
  const access = await accessOf(site, request, "/healthz");
  if (access instanceof Response) {
    return access;
  }
  const visit = await visitOf(site, request, access);
  return Response.json({ store: visit.adapter.name, at: visit.snapshot.at });
}
