import { JobEntry } from "../../inspection/entries/job-entry.ts";
import { actionsAt, isFinal } from "../../inspection/actions/actions.ts";
import { jobsPage } from "../../inspection/lists/jobs-page.ts";
import { PLACES, type JobPlace } from "../../inspection/lists/jobs.ts";
import type { JobSelection } from "../../inspection/lists/selection.ts";
import { counted } from "../../support/wording.ts";
import { changeJobsFrom } from "../actions/change-jobs.tsx";
import type { Answer, Page } from "../page.ts";
import type { Html } from "../parts/html.ts";
import { JobTable } from "../parts/job-table.tsx";
import { HiddenFields } from "../parts/forms.tsx";
import { Nothing } from "../parts/table.tsx";
import { closeCursor, openCursor } from "../request/cursors.ts";
import { readQuery } from "../request/query.ts";
import type { Visit } from "../request/visit.ts";
import { isSeen, shownJob, type ShownJob } from "../shown-job.ts";
import { PLACE_TITLES } from "../parts/place-titles.ts";

/** Jobs that are looked at for one page: more would keep somebody waiting, and the store. */
const LOOK_AT = 10_000;

export interface Listing {
  /** Those of a queue, say, whatever else is looked for. */
  readonly selection: JobSelection;
  readonly places: readonly JobPlace[];
}

interface Listed {
  readonly jobs: readonly ShownJob[];
  readonly seen: number;
  readonly next: string | undefined;
  readonly isFirst: boolean;
  /** The cursor that was given is known no more. */
  readonly isLost: boolean;
  readonly misread: string | undefined;
  readonly q: string;
  readonly places: readonly JobPlace[];
}

const JID = /^[0-9a-f]{24}$/;

export const jobsListPage: Page = {
  path: "/jobs",
  async read(visit): Promise<Answer> {
    const { query, t } = visit;
    const place = query.text("place");
    const q = query.text("q").trim();
    const places = PLACES.filter((each) => each === place);
    const title = places[0] === undefined ? t("Search") : t(PLACE_TITLES[places[0]]);
    const listed = await listJobs(visit, {
      selection: {},
      places: places.length > 0 ? places : PLACES,
    });
    return {
      title,
      data: dataOf(listed),
      view: () => (
        <>
          <h1>{title}</h1>
          <Filter visit={visit} q={q} place={places[0]} />
          <JobListing visit={visit} listed={listed} isMixed={places.length === 0} />
        </>
      ),
      ...(JID.test(q) && { instead: visit.to("/jobs/j", { jid: q }) }),
    };
  },
  act: changeJobsFrom,
};

/** Reads the page of jobs that an address is about. */
export async function listJobs(visit: Visit, listing: Listing): Promise<Listed> {
  const { query, adapter, site, shared, store } = visit;
  const q = query.text("q").trim();
  const { selection, misread } = readQuery(q);
  const limit = query.integer("size", { least: 1, most: 200, usual: 25 });
  const given = query.text("after");
  const cursor = given === "" ? undefined : openCursor(site, given);
  const wanted = { ...selection, ...listing.selection };
  const { places } = listing;
  const page = await shared.read(
    `jobs ${store} ${JSON.stringify([wanted, places, limit, cursor])}`,
    1,
    () => jobsPage(wanted, { places, limit, lookAt: LOOK_AT, cursor }, adapter),
  );
  const shown = page.jobs.map((found) => shownJob(found, visit));
  return {
    jobs: shown.filter((job) => isSeen(job, wanted)),
    seen: page.seen,
    next: page.cursor === undefined ? undefined : closeCursor(site, page.cursor),
    isFirst: cursor === undefined,
    isLost: given !== "" && cursor === undefined,
    misread,
    q,
    places,
  };
}

export function dataOf({ jobs, seen, next }: Listed): unknown {
  return { jobs: jobs.map(({ job }) => job), seen, next };
}

function Filter({
  visit,
  q,
  place,
}: {
  visit: Visit;
  q: string;
  place: JobPlace | undefined;
}): Html {
  const { t, site, store } = visit;
  return (
    <form class="filter" method="get" action={visit.to("/jobs")}>
      {site.storeNames.length > 1 ? <input type="hidden" name="store" value={store} /> : undefined}
      <label for="place">{t("Where")}</label>
      <select id="place" name="place">
        <option value="">{t("anywhere")}</option>
        {PLACES.map((each) => (
          <option value={each} selected={each === place}>
            {t(PLACE_TITLES[each])}
          </option>
        ))}
      </select>
      <label for="filter">{t("Which")}</label>
      <input
        id="filter"
        name="q"
        type="search"
        value={q}
        maxlength={500}
        placeholder="command:SendInvoice error:TimeoutError older:2d"
        spellcheck={false}
        autocomplete="off"
      />
      <button type="submit">{t("Find")}</button>
      <a href={visit.to("/help")}>{t("How to search")}</a>
    </form>
  );
}

/** The jobs that were found, what can be done to them, and where to go on. */
export function JobListing({
  visit,
  listed,
  isMixed,
}: {
  visit: Visit;
  listed: Listed;
  isMixed: boolean;
}): Html {
  const { t, query, path } = visit;
  const { jobs, next, isFirst, isLost, misread, q, places, seen } = listed;
  const kept = {
    place: isMixed ? undefined : query.text("place") || undefined,
    name: query.text("name") || undefined,
    q: q || undefined,
    size: query.text("size") || undefined,
  };
  return (
    <>
      {misread === undefined ? undefined : (
        <p class="notice">{t("{word} is no age: write 2d, 3h or 10m", { word: misread })}</p>
      )}
      {isLost ? (
        <p class="notice">{t("That page is known no more: these are the first")}</p>
      ) : undefined}
      <div id="jobs" data-live="jobs">
        {jobs.length === 0 ? (
          <Nothing>{q === "" ? t("No jobs here") : t("No such job was found")}</Nothing>
        ) : (
          <JobForm visit={visit} listed={listed} isMixed={isMixed} />
        )}
        <nav class="pager" aria-label={t("Pages of the list")}>
          {isFirst ? undefined : <a href={visit.to(path, kept)}>{t("First page")}</a>}
          {next === undefined ? undefined : (
            <a rel="next" href={visit.to(path, { ...kept, after: next })}>
              {jobs.length === 0 ? t("Go on") : t("Next page")}
            </a>
          )}
          {q === "" ? undefined : (
            <span class="muted">
              {next === undefined
                ? t("Looked at {count}", { count: counted(seen) })
                : t("Looked at {count}, there are more", { count: counted(seen) })}
            </span>
          )}
        </nav>
      </div>
      {places.length === 1 && places[0] === "blocked" ? (
        <p class="muted">{t("Blocked jobs wait for other jobs, for a limit, or for a key.")}</p>
      ) : undefined}
    </>
  );
}

function JobForm({
  visit,
  listed,
  isMixed,
}: {
  visit: Visit;
  listed: Listed;
  isMixed: boolean;
}): Html {
  const { t, query } = visit;
  const { jobs, places, q } = listed;
  const there = new Set(jobs.map(({ job }) => job.place));
  const actions = [...new Set([...there].flatMap(actionsAt))].filter((action) =>
    visit.may(`jobs.${action}`),
  );
  const isOverLimit = jobs.every(
    ({ found }) => found.entry instanceof JobEntry && found.entry.isOverLimit,
  );
  const possible = actions.filter((action) => action !== "promote" || !isOverLimit);
  const fields = {
    place: isMixed ? undefined : places[0],
    q: q || undefined,
    queue: query.text("name") || undefined,
  };
  return (
    <form method="post" action={visit.to("/jobs")} id="job-form" class="jobs">
      <HiddenFields visit={visit} fields={fields} />
      <JobTable visit={visit} jobs={jobs} isMixed={isMixed} canTick={possible.length > 0} />
      {possible.length === 0 ? undefined : (
        <div class="bulk" role="group" aria-label={t("With the ticked jobs")}>
          <span id="ticked" class="muted">
            {t("With the ticked:")}
          </span>
          {possible.map((action) => (
            <button
              type="submit"
              name="action"
              value={action}
              class={isFinal(action) ? "final" : undefined}
            >
              {t(action)}
            </button>
          ))}
          {isMixed ? undefined : (
            <span class="all">
              <span class="muted">{q === "" ? t("With all:") : t("With all that fit:")}</span>
              {possible.map((action) => (
                <button
                  type="submit"
                  name="all"
                  value={action}
                  class={isFinal(action) ? "final" : undefined}
                >
                  {t("{action} all", { action: t(action) })}
                </button>
              ))}
            </span>
          )}
        </div>
      )}
    </form>
  );
}
