import type { DayCounters } from "../../adapters/job-store.ts";
import { history } from "../../inspection/figures/history.ts";
import { counted } from "../../support/wording.ts";
import type { Answer, Page } from "../page.ts";
import { Columns } from "../parts/charts.tsx";
import type { Html } from "../parts/html.ts";
import { byTrouble, QueueTable } from "../parts/queue-table.tsx";
import { Nothing } from "../parts/table.tsx";
import type { Visit } from "../request/visit.ts";
import { concernsOf } from "../verdict.ts";
import { ErrorTable, groupedErrors } from "./errors.tsx";

const DAYS = ["30", "7", "90", "180"] as const;
/** Jobs that the groups of errors are made of here. */
const LOOK_AT = 500;

export const overviewPage: Page = {
  path: "/",
  async read(visit): Promise<Answer> {
    const { t, query, adapter, shared, store, snapshot } = visit;
    const days = Number(query.oneOf("days", DAYS));
    const [past, errors] = await Promise.all([
      shared.read(`history ${days} ${store}`, 1, () => history(days, adapter)),
      groupedErrors(visit, LOOK_AT),
    ]);
    const today = past.at(-1);
    const concerns = concernsOf(snapshot, today, t);
    const { counters, sizes, queues, running, fetchedAhead } = snapshot;
    const enqueued = queues.reduce((sum, { size, blocked }) => sum + size - blocked, 0);
    const figures = {
      ...counters,
      enqueued,
      ...sizes,
      running: running.length,
      fetchedAhead,
      processes: snapshot.processes.length,
    };
    return {
      title: t("Overview"),
      data: { ...figures, concerns, history: past, errors: errors.groups.slice(0, 5) },
      view: () => (
        <>
          <h1>{t("Overview")}</h1>
          <div id="overview" data-live="overview">
            {concerns.length === 0 ? undefined : (
              <ul class="concerns">
                {concerns.slice(0, 6).map(({ level, text, at }) => (
                  <li class={level}>
                    <a href={visit.to(...at)}>{text}</a>
                  </li>
                ))}
              </ul>
            )}
            <Tiles visit={visit} figures={figures} today={today} />
            <History visit={visit} past={past} days={days} />
            <h2>
              <a href={visit.to("/errors")}>{t("What fails most")}</a>
            </h2>
            {errors.groups.length === 0 ? (
              <Nothing>{t("Nothing has failed")}</Nothing>
            ) : (
              <ErrorTable visit={visit} groups={errors.groups.slice(0, 5)} />
            )}
            <h2>
              <a href={visit.to("/queues")}>{t("Queues that wait longest")}</a>
            </h2>
            {queues.length === 0 ? (
              <Nothing>{t("No queue has had a job yet")}</Nothing>
            ) : (
              <QueueTable visit={visit} queues={byTrouble(queues).slice(0, 5)} />
            )}
          </div>
        </>
      ),
    };
  },
};

type Figures = Readonly<Record<string, number>>;

interface TilesProps {
  visit: Visit;
  figures: Figures;
  today: DayCounters | undefined;
}

function Tiles({ visit, figures, today }: TilesProps): Html {
  const { t } = visit;
  const jobs = (place: string): string => visit.to("/jobs", { place });
  const tiles: readonly (readonly [string, number | undefined, string, string?])[] = [
    [t("Running"), figures["running"], jobs("running"), "live"],
    [t("Enqueued"), figures["enqueued"], visit.to("/queues")],
    [t("Scheduled"), figures["scheduled"], jobs("scheduled")],
    [t("Blocked"), figures["blocked"], jobs("blocked")],
    [t("Retries"), figures["retry"], jobs("retry"), "warning"],
    [t("Dead"), figures["dead"], jobs("dead"), "wrong"],
    [t("Processed today"), today?.processed, visit.to("/", { days: "7" })],
    [t("Failed today"), today?.failed, visit.to("/errors"), "warning"],
  ];
  return (
    <ul class="tiles">
      {tiles.map(([name, count = 0, href, look]) => (
        <li class={count > 0 ? look : undefined}>
          <a href={href}>
            <b>{counted(count)}</b>
            <span>{name}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

interface HistoryProps {
  visit: Visit;
  past: readonly DayCounters[];
  days: number;
}

function History({ visit, past, days }: HistoryProps): Html {
  const { t } = visit;
  return (
    <section>
      <div class="heading">
        <h2>{t("Runs by day")}</h2>
        <nav class="choice" aria-label={t("Days")}>
          {DAYS.toSorted((one, other) => Number(one) - Number(other)).map((each) => (
            <a
              href={visit.to("/", { days: each })}
              aria-current={Number(each) === days ? "true" : undefined}
            >
              {t("{count} days", { count: each })}
            </a>
          ))}
        </nav>
      </div>
      <Columns
        title={t("Runs by day, in UTC")}
        labels={past.map(({ date }) => date)}
        series={[
          { name: t("failed"), look: "bad", values: past.map(({ failed }) => failed) },
          {
            name: t("succeeded"),
            look: "good",
            values: past.map(({ processed, failed }) => processed - failed),
          },
        ]}
      />
    </section>
  );
}
