import { fairKeys } from "../../inspection/figures/fair-keys.ts";
import type { QueueStats } from "../../inspection/figures/queue-stats.ts";
import { counted, spoken } from "../../support/wording.ts";
import type { Answer, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { limitOf, QueueActs } from "../parts/queue-table.tsx";
import { Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import { dataOf, JobListing, listJobs } from "./jobs.tsx";

export const queuePage: Page = {
  path: "/queues/q",
  async read(visit): Promise<Answer> {
    const { t, query, snapshot, adapter, site, store } = visit;
    const name = query.text("name");
    const known = snapshot.queues.find((each) => each.name === name);
    const queue: QueueStats = known ?? {
      name,
      size: 0,
      blocked: 0,
      latency: 0,
      paused: false,
      limit: undefined,
    };
    const listed = await listJobs(visit, {
      selection: { queue: name },
      places: ["queue", "blocked"],
    });
    // Where jobs have keys the first of them do.
    const areFair = listed.jobs.some(({ found }) => found.entry.record?.fair_key !== undefined);
    const keys = areFair ? await fairKeys(name, adapter) : [];
    return {
      title: t("Queue {name}", { name }),
      data: { queue, ...(dataOf(listed) as object) },
      view: () => (
        <>
          <div class="heading">
            <h1 dir="auto">{visible(name)}</h1>
            {queue.paused ? <Badge state="paused" t={t} /> : undefined}
            <div class="actions">
              <QueueActs visit={visit} queue={queue} />
            </div>
          </div>
          <p class="muted" id="queue-figures" data-live="figures">
            {[
              t("{count} jobs", { count: counted(queue.size) }),
              ...(queue.latency > 0
                ? [t("the next waits for {time}", { time: spoken(queue.latency) })]
                : []),
              ...(queue.blocked > 0
                ? [t("{count} are over a limit", { count: counted(queue.blocked) })]
                : []),
              ...(queue.limit === undefined ? [] : [t("limit {limit}", { limit: limitOf(queue) })]),
            ].join(" · ")}
          </p>
          <form class="filter" method="get" action={visit.to("/queues/q")}>
            <input type="hidden" name="name" value={name} />
            {site.storeNames.length > 1 ? (
              <input type="hidden" name="store" value={store} />
            ) : undefined}
            <label for="filter">{t("Which")}</label>
            <input
              id="filter"
              type="search"
              name="q"
              value={listed.q}
              maxlength={500}
              autocomplete="off"
            />
            <button type="submit">{t("Find")}</button>
          </form>
          <JobListing visit={visit} listed={{ ...listed, places: ["queue"] }} isMixed={false} />
          {keys.length === 0 ? undefined : (
            <>
              <h2>{t("Keys that take turns, of the next 1,000 jobs")}</h2>
              <Table
                caption={t("Keys")}
                columns={[{ head: t("Key") }, { head: t("Jobs"), isNumber: true }]}
              >
                {keys.slice(0, 50).map(({ key, waiting }) => (
                  <tr>
                    <td>{key === undefined ? t("without a key") : visible(key)}</td>
                    <td class="number">{counted(waiting)}</td>
                  </tr>
                ))}
              </Table>
            </>
          )}
        </>
      ),
    };
  },
};
