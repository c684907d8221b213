import type { JobEntry } from "../../inspection/entries/job-entry.ts";
import { errorsSeen, type ErrorGroup } from "../../inspection/figures/errors.ts";
import { counted } from "../../support/wording.ts";
import type { Answer, Page } from "../page.ts";
import type { Html } from "../parts/html.ts";
import { Moment } from "../parts/moment.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import { term } from "../request/query.ts";
import type { Visit } from "../request/visit.ts";
import { shownJob } from "../shown-job.ts";

/** Jobs that are looked at without asking, and when somebody asks for more. */
const USUAL = 2_000;
const MOST = 100_000;
/** Groups on one page. */
const SHOWN = 100;

export const errorsPage: Page = {
  path: "/errors",
  async read(visit): Promise<Answer> {
    const { t, query } = visit;
    const lookAt = query.integer("look", { least: 100, most: MOST, usual: USUAL });
    const { groups, seen, total } = await groupedErrors(visit, lookAt);
    return {
      title: t("Errors"),
      data: { groups, seen, total },
      view: () => (
        <>
          <h1>{t("Errors")}</h1>
          <p class="muted">
            {t("Jobs in retry and dead, by what they failed with and where.")}{" "}
            {seen < total
              ? t("Looked at {seen} of {total}, the nearest retries and the latest dead.", {
                  seen: counted(seen),
                  total: counted(total),
                })
              : undefined}{" "}
            {seen < total && lookAt < MOST ? (
              <a href={visit.to("/errors", { look: Math.min(MOST, total) })}>
                {t("Look at {count}", { count: counted(Math.min(MOST, total)) })}
              </a>
            ) : undefined}
          </p>
          <div id="errors" data-live="errors">
            {groups.length === 0 ? (
              <Nothing>{t("Nothing has failed")}</Nothing>
            ) : (
              <ErrorTable visit={visit} groups={groups.slice(0, SHOWN)} />
            )}
          </div>
        </>
      ),
    };
  },
};

/** The groups of those that were looked at; for some seconds they are the same for everybody. */
export function groupedErrors(visit: Visit, lookAt: number): ReturnType<typeof errorsSeen> {
  const { adapter, shared, store } = visit;
  const seconds = lookAt > USUAL ? 10 : 2;
  const messageOf = (entry: JobEntry): string | undefined =>
    shownJob({ place: "retry", entry }, visit).job.errorMessage;
  return shared.read(`errors ${lookAt} ${store}`, seconds, () =>
    errorsSeen({}, { lookAt, messageOf }, adapter),
  );
}

export function ErrorTable({
  visit,
  groups,
}: {
  visit: Visit;
  groups: readonly ErrorGroup[];
}): Html {
  const { t } = visit;
  const q = ({ className, errorClass }: ErrorGroup): string =>
    `${term("command", className)} ${term("error", errorClass)}`;
  return (
    <Table
      caption={t("Errors")}
      columns={[
        { head: t("Jobs"), isNumber: true },
        { head: t("Command and error") },
        { head: t("In retry"), isNumber: true },
        { head: t("Dead"), isNumber: true },
        { head: t("First") },
        { head: t("Last") },
      ]}
    >
      {groups.map((group) => (
        <tr data-row={`${group.className} ${group.errorClass} ${group.place ?? ""}`}>
          <td class="number" data-label={t("Jobs")}>
            <b>{counted(group.count)}</b>
          </td>
          <td class="job">
            <span>
              <a class="name" href={visit.to("/jobs", { q: q(group) })}>
                {visible(group.className)}
              </a>{" "}
              <b class="error">{visible(group.errorClass)}</b>
            </span>
            <span class="message" dir="auto">
              {visible(group.message.slice(0, 300))}
            </span>
            {group.place === undefined ? undefined : <code>{visible(group.place)}</code>}
            <span class="muted">{group.queues.slice(0, 6).map(visible).join(", ")}</span>
          </td>
          <td class="number" data-label={t("In retry")}>
            {group.inRetry === 0 ? (
              "–"
            ) : (
              <a href={visit.to("/jobs", { place: "retry", q: q(group) })}>
                {counted(group.inRetry)}
              </a>
            )}
          </td>
          <td class="number" data-label={t("Dead")}>
            {group.dead === 0 ? (
              "–"
            ) : (
              <a href={visit.to("/jobs", { place: "dead", q: q(group) })}>{counted(group.dead)}</a>
            )}
          </td>
          <td data-label={t("First")}>
            <Moment visit={visit} date={group.firstSeen} />
          </td>
          <td data-label={t("Last")}>
            <Moment visit={visit} date={group.lastSeen} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
