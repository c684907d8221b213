import { counted } from "../../support/wording.ts";
import { assets } from "../assets/assets.ts";
import type { Visit } from "../request/visit.ts";
import { concernsOf } from "../verdict.ts";
import type { Html, Inner } from "./html.ts";
import { Search } from "./search.tsx";

export interface LayoutProps {
  visit: Visit;
  title: string;
  /** What was done last, as a sentence. */
  said?: string | undefined;
  children?: Inner;
}

interface Item {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly count?: number;
  /** A number that somebody should look at. */
  readonly isTrouble?: boolean;
  readonly key?: string;
}

/** A whole page. */
export function Layout({ visit, title, said, children }: LayoutProps): Html {
  const { site, nonce, t, language, access } = visit;
  const { title: name = "mandate", environment = process.env["NODE_ENV"] ?? "" } = site.options;
  const { backTo } = site.options;
  return (
    <html lang={language} data-path={visit.to("/")}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · ${name}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href={assets.icon} />
        <link rel="stylesheet" nonce={nonce} href={visit.to(assets.style)} />
        <script type="module" nonce={nonce} src={visit.to(assets.client)} />
      </head>
      <body data-texts={clientTexts(visit)}>
        <a class="skip" href="#main">
          {t("Skip to the content")}
        </a>
        <header class="top">
          <a class="name" href={visit.to("/")}>
            <svg viewBox="0 0 16 16" aria-hidden="true" width="18" height="18">
              <path
                d="M2 13V3l6 6 6-6v10"
                fill="none"
                stroke="currentColor"
                stroke-width="2.2"
                stroke-linejoin="round"
                stroke-linecap="round"
              />
            </svg>
            {name}
          </a>
          {environment === "" ? undefined : <span class="badge muted">{environment}</span>}
          <StoreSelect visit={visit} />
          <Search visit={visit} />
          <div class="refresh" id="live-control" hidden>
            <label class="unseen" for="every">
              {t("Refresh every")}
            </label>
            <select id="every">
              <option value="2">2 s</option>
              <option value="5">5 s</option>
              <option value="15">15 s</option>
              <option value="60">60 s</option>
              <option value="0">{t("paused")}</option>
            </select>
            <span id="freshness" class="muted" />
          </div>
          <div class="theme" id="theme-control" hidden>
            <label class="unseen" for="theme">
              {t("Colours")}
            </label>
            <select id="theme">
              <option value="">{t("auto")}</option>
              <option value="light">{t("light")}</option>
              <option value="dark">{t("dark")}</option>
            </select>
          </div>
          {backTo === undefined ? undefined : (
            <a class="back" href={safeUrl(backTo)}>
              {t("Back to the application")}
            </a>
          )}
        </header>
        <div class="frame">
          <Navigation visit={visit} />
          <main id="main" tabindex={-1}>
            <div id="status" role="status" class={said === undefined ? "unseen" : "said"}>
              {said}
            </div>
            {children}
          </main>
        </div>
        <footer>
          <span>
            {t("Signed in as {actor}", { actor: access.actor })}
            {access.can === "all" ? undefined : `, ${t("with some rights")}`}
          </span>
          <span>
            {visit.adapter.name} · {new Date(visit.snapshot.at * 1000).toISOString().slice(0, 19)}Z
          </span>
          <a href={visit.to("/help")}>{t("Help")}</a>
        </footer>
      </body>
    </html>
  );
}

/** What of a page its own script asks for again. */
export function Fragment({ visit, children }: { visit: Visit; children?: Inner }): Html {
  return (
    <>
      <Navigation visit={visit} />
      <main id="main">{children}</main>
    </>
  );
}

function clientTexts({ t }: Visit): string {
  const texts = {
    fresh: t("updated {time} ago"),
    stale: t("No answer since {time}: this is what was known then"),
    paused: t("paused"),
    signIn: t("Your session has ended: sign in again"),
    selected: t("{count} selected"),
    copied: t("Copied"),
    gone: t("gone"),
  };
  return JSON.stringify(texts);
}

/** An address that does nothing but lead somewhere. */
export function safeUrl(url: string): string {
  return /^(?:https?:\/\/|\/(?![/\\]))[^\s]*$/i.test(url) ? url : "#";
}

function StoreSelect({ visit }: { visit: Visit }): Html {
  const { site, store, t } = visit;
  if (site.storeNames.length < 2) {
    return <></>;
  }
  return (
    <nav class="stores" aria-label={t("Stores")}>
      {site.storeNames.map((name) => (
        <a href={visit.to("/", { store: name })} aria-current={name === store ? "true" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function itemsOf(visit: Visit): readonly (readonly Item[])[] {
  const { t, snapshot, adapter } = visit;
  const { sizes, queues, running, processes } = snapshot;
  const waiting = queues.reduce((sum, { size, blocked }) => sum + size - blocked, 0);
  const job = (place: string, name: string, count: number, isTrouble = false): Item => ({
    path: "/jobs",
    query: { place },
    name,
    count,
    isTrouble: isTrouble && count > 0,
  });
  return [
    [
      { path: "/", name: t("Overview"), key: "o" },
      { path: "/queues", name: t("Queues"), count: waiting, key: "q" },
      { path: "/errors", name: t("Errors"), key: "e" },
      ...(adapter.notes.readRuns === undefined
        ? []
        : [{ path: "/commands", name: t("Commands"), key: "c" }]),
    ],
    [
      job("running", t("Running"), running.length),
      job("scheduled", t("Scheduled"), sizes.scheduled),
      job("retry", t("Retries"), sizes.retry, true),
      job("blocked", t("Blocked"), sizes.blocked),
      job("dead", t("Dead"), sizes.dead, true),
      { path: "/jobs", query: { place: "finished" }, name: t("Finished") },
    ],
    [
      { path: "/processes", name: t("Processes"), count: processes.length, key: "p" },
      ...(adapter.documents === undefined
        ? []
        : [{ path: "/recurring", name: t("Recurring"), key: "r" }]),
      ...(adapter.batches === undefined
        ? []
        : [{ path: "/batches", name: t("Batches"), key: "b" }]),
      ...(adapter.holds === undefined ? [] : [{ path: "/limits", name: t("Limits"), key: "l" }]),
    ],
    [
      { path: "/health", name: t("Health"), key: "h" },
      { path: "/profiles", name: t("Profiles") },
      ...(visit.may("audit.read") ? [{ path: "/audit", name: t("Audit log") }] : []),
    ],
  ];
}

function Navigation({ visit }: { visit: Visit }): Html {
  const { t, path, query } = visit;
  const isHere = (item: Item): boolean =>
    item.path === "/" ? path === "/" : path.startsWith(item.path) && isSameList(item);
  const isSameList = (item: Item): boolean =>
    item.path !== "/jobs" || (path === "/jobs" && query.all("place")[0] === item.query?.["place"]);
  return (
    <nav class="side" aria-label={t("Pages")} data-live="navigation" id="navigation">
      <Verdict visit={visit} />
      {itemsOf(visit).map((group) => (
        <ul>
          {group.map((item) => (
            <li>
              <a
                href={visit.to(item.path, item.query)}
                aria-current={isHere(item) ? "page" : undefined}
                data-key={item.key}
              >
                <span>{item.name}</span>
                {item.count === undefined ? undefined : (
                  <span class={item.isTrouble ? "count trouble" : "count"}>
                    {counted(item.count)}
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

/** How things are, and why. */
function Verdict({ visit }: { visit: Visit }): Html {
  const { t, snapshot } = visit;
  const [worst, ...others] = concernsOf(snapshot, undefined, t);
  if (worst === undefined) {
    return (
      <a class="verdict ok" href={visit.to("/health")}>
        {t("All is well")}
      </a>
    );
  }
  return (
    <a class={`verdict ${worst.level}`} href={visit.to(...worst.at)}>
      {worst.text}
      {others.length === 0 ? undefined : ` ${t("and {count} more", { count: others.length })}`}
    </a>
  );
}
