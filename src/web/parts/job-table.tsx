import { JobEntry } from "../../inspection/entries/job-entry.ts";
import type { JobPlace } from "../../inspection/lists/jobs.ts";
import { spoken } from "../../support/wording.ts";
import { term } from "../request/query.ts";
import type { Visit } from "../request/visit.ts";
import type { ShownJob } from "../shown-job.ts";
import { Badge } from "./badge.tsx";
import type { Html } from "./html.ts";
import { Moment } from "./moment.tsx";
import { Table, type Column } from "./table.tsx";
import { excerpt, visible } from "./value.tsx";

interface JobTableProps {
  visit: Visit;
  jobs: readonly ShownJob[];
  /** Of several places: each says of which. */
  isMixed: boolean;
  canTick: boolean;
}

/** What the time of a place is. */
const WHEN: Readonly<Record<JobPlace, string>> = {
  running: "Started",
  queue: "Enqueued",
  retry: "Next try",
  scheduled: "Due",
  blocked: "Deferred",
  dead: "Died",
  finished: "Ended",
};

export function JobTable({ visit, jobs, isMixed, canTick }: JobTableProps): Html {
  const { t } = visit;
  const place = jobs[0]?.job.place ?? "queue";
  const when = isMixed ? "When" : WHEN[place];
  const columns: readonly Column[] = [
    ...(canTick ? [{ head: t("Ticked"), isHidden: true }] : []),
    ...(isMixed ? [{ head: t("Where") }] : []),
    { head: t("Job") },
    { head: t("Queue") },
    { head: t(when) },
    { head: t("More") },
  ];
  return (
    <Table caption={t("Jobs")} columns={columns}>
      {jobs.map((each, index) => (
        <Row
          key={index}
          visit={visit}
          shown={each}
          isMixed={isMixed}
          canTick={canTick}
          when={t(when)}
        />
      ))}
    </Table>
  );
}

interface RowProps {
  visit: Visit;
  shown: ShownJob;
  isMixed: boolean;
  canTick: boolean;
  /** What its time is. */
  when: string;
}

function Row({ visit, shown, isMixed, canTick, when }: RowProps): Html {
  const { t } = visit;
  const { job } = shown;
  const name = visible(job.class === "" ? t("(no class)") : job.class);
  return (
    <tr id={`job-${job.jid ?? ""}`} data-row={job.jid}>
      {canTick ? (
        <td class="tick">
          {job.jid === undefined ? undefined : (
            <input
              type="checkbox"
              name="jid"
              value={job.jid}
              aria-label={t("Tick {job}", { job: `${name} ${job.jid}` })}
            />
          )}
        </td>
      ) : undefined}
      {isMixed ? (
        <td>
          <Badge state={job.place} t={t} />
        </td>
      ) : undefined}
      <td class="job">
        <JobLink visit={visit} jid={job.jid} name={name} />
        <code class="args" dir="auto">{`(${excerpt(job.arguments)})`}</code>
        {job.tags.slice(0, 5).map((tag) => (
          <a class="tag" href={visit.to("/jobs", { place: job.place, q: term("tag", tag) })}>
            {visible(tag)}
          </a>
        ))}
      </td>
      <td data-label={t("Queue")}>
        <a href={visit.to("/queues/q", { name: job.queue })}>{visible(job.queue)}</a>
      </td>
      <td class="when" data-label={when}>
        <Moment visit={visit} date={momentOf(shown)} />
      </td>
      <td class="more">
        <More visit={visit} shown={shown} />
      </td>
    </tr>
  );
}

/** Its name, which leads to it. */
function JobLink({
  visit,
  jid,
  name,
}: {
  visit: Visit;
  jid: string | undefined;
  name: string;
}): Html {
  return jid === undefined ? (
    <b>{name}</b>
  ) : (
    <a class="name" href={visit.to("/jobs/j", { jid })}>
      {name}
    </a>
  );
}

function momentOf({ found, job }: ShownJob): Date | string | undefined {
  const { entry, place } = found;
  if (!(entry instanceof JobEntry)) {
    return entry.startedAt;
  }
  const isLater = place === "scheduled" || place === "retry" || place === "dead";
  return isLater || place === "finished" ? entry.at : (job.enqueuedAt ?? job.createdAt);
}

/** What else is to be known of it in a line: its error, what it waits for, how far it is. */
function More({ visit, shown }: { visit: Visit; shown: ShownJob }): Html {
  const { t } = visit;
  const { job } = shown;
  const { progress } = job;
  return (
    <>
      {job.errorClass === undefined ? undefined : (
        <span class="error" dir="auto">
          <b>{visible(job.errorClass)}</b>
          {job.errorMessage === undefined
            ? undefined
            : `: ${visible(job.errorMessage.slice(0, 160))}`}
        </span>
      )}
      {job.retryCount === undefined || job.place !== "retry" ? undefined : (
        <span class="muted">{` ${t("retry {count}", { count: job.retryCount + 1 })}`}</span>
      )}
      {job.blockedBy === undefined ? undefined : (
        <span class="muted">{visible(job.blockedBy)}</span>
      )}
      {job.outcome === undefined ? undefined : <Badge state={job.outcome} t={t} />}
      {job.duration === undefined ? undefined : (
        <span class="muted">{` ${spoken(job.duration)}`}</span>
      )}
      {job.worker === undefined ? undefined : <span class="muted">{visible(job.worker)}</span>}
      {job.fetchedAhead === undefined ? undefined : (
        <span class="muted">{` ${t("fetched ahead")}`}</span>
      )}
      {progress === undefined || progress.total <= 0 ? undefined : (
        <>
          <progress value={progress.done} max={progress.total} aria-label={t("Progress")} />
          <span class="muted">{` ${progress.done}/${progress.total}`}</span>
        </>
      )}
    </>
  );
}
