import { JobEntry } from "../../inspection/entries/job-entry.ts";
import { isFinal } from "../../inspection/actions/actions.ts";
import { jobDetails, type JobDetails } from "../../inspection/lists/job-details.ts";
import { spoken } from "../../support/wording.ts";
import { possibleFor } from "../actions/change-jobs.tsx";
import type { Answer, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { Act } from "../parts/forms.tsx";
import type { Html, Inner } from "../parts/html.ts";
import { Moment } from "../parts/moment.tsx";
import { Failure, Related, Steps } from "../parts/job-parts.tsx";
import { Nothing } from "../parts/table.tsx";
import { Timeline } from "../parts/timeline.tsx";
import { Value, visible } from "../parts/value.tsx";
import { term } from "../request/query.ts";
import type { Visit } from "../request/visit.ts";
import { shownJob, type ShownJob } from "../shown-job.ts";

export const jobPage: Page = {
  path: "/jobs/j",
  async read(visit): Promise<Answer> {
    const { t, query, adapter } = visit;
    const jid = query.text("jid");
    const details = jid === "" ? undefined : await jobDetails(jid, adapter);
    if (details === undefined) {
      return missing(visit, jid);
    }
    const shown = shownJob(details, visit);
    const { job, clean } = shown;
    const { prerequisites, dependents, blockedBy } = details;
    const result = clean(details.result);
    const backtrace = clean(details.entry.backtrace);
    return {
      title: job.class || t("Job"),
      data: { ...job, backtrace, result, prerequisites, dependents, obstacles: blockedBy },
      view: () => <JobView visit={visit} shown={shown} details={details} />,
    };
  },
};

async function missing({ t, adapter }: Visit, jid: string): Promise<Answer> {
  const status = jid === "" ? "unknown" : await adapter.status(jid);
  const texts: Readonly<Record<string, string>> = {
    cancelled: "This job was cancelled.",
    unknown: "There never was such a job.",
  };
  const text = t(
    texts[status] ?? "This job is over and was not kept, or there never was such a job.",
  );
  return {
    title: t("No such job"),
    status: 404,
    data: { jid, status },
    view: () => (
      <>
        <h1>{t("No such job")}</h1>
        <Nothing>{text}</Nothing>
      </>
    ),
  };
}

interface JobViewProps {
  visit: Visit;
  shown: ShownJob;
  details: JobDetails;
}

function JobView({ visit, shown, details }: JobViewProps): Html {
  const { t } = visit;
  const { job, clean, found } = shown;
  const { entry, place } = found;
  const result = clean(details.result);
  const context = Object.entries(job.context ?? {});
  return (
    <>
      <div class="heading">
        <h1 dir="auto">{visible(job.class || t("(no class)"))}</h1>
        <Badge state={job.outcome ?? place} t={t} />
        <Actions visit={visit} shown={shown} />
      </div>
      <p class="muted ids">
        <code>{visible(job.jid ?? t("(no jid)"))}</code>
      </p>
      <div id="job" data-live="job">
        <Timeline visit={visit} entry={entry} />
        <dl class="facts">
          <Fact name={t("Queue")}>
            <a href={visit.to("/queues/q", { name: job.queue })}>{visible(job.queue)}</a>
          </Fact>
          <Times visit={visit} shown={shown} />
          <Waiting visit={visit} details={details} />
          {job.tags.length === 0 ? undefined : (
            <Fact name={t("Tags")}>
              {job.tags.map((tag) => (
                <a class="tag" href={visit.to("/jobs", { q: term("tag", tag) })}>
                  {visible(tag)}
                </a>
              ))}
            </Fact>
          )}
          {job.retryCount === undefined ? undefined : (
            <Fact name={t("Retries so far")}>{job.retryCount}</Fact>
          )}
          {job.progress === undefined ? undefined : (
            <Fact name={t("Progress")}>
              <progress value={job.progress.done} max={Math.max(1, job.progress.total)} />
              {` ${job.progress.done}/${job.progress.total} ${visible(job.progress.note ?? "")}`}
            </Fact>
          )}
          {job.worker === undefined ? undefined : (
            <Fact name={t("Worker")}>
              <a href={visit.to("/processes")}>{visible(job.worker)}</a>
            </Fact>
          )}
        </dl>
        <Failure visit={visit} shown={shown} />
        <h2>{t("Arguments")}</h2>
        <Value visit={visit} value={job.arguments} />
        {context.length === 0 ? undefined : (
          <>
            <h2>{t("Context")}</h2>
            <Value visit={visit} value={context.length === 1 ? context[0]?.[1] : job.context} />
          </>
        )}
        {job.steps === undefined ? undefined : (
          <>
            <h2>{t("Steps")}</h2>
            <Steps visit={visit} steps={job.steps} />
          </>
        )}
        {result === undefined || "errorClass" in result ? undefined : (
          <>
            <h2>{t("Result")}</h2>
            {"none" in result ? (
              <p class="muted">{t("Not kept: {why}", { why: visible(result.why) })}</p>
            ) : (
              <Value visit={visit} value={result.value} />
            )}
          </>
        )}
        <Related visit={visit} title={t("Waits for")} jobs={details.prerequisites} />
        <Related visit={visit} title={t("Waits for it")} jobs={details.dependents} />
      </div>
    </>
  );
}

function Actions({ visit, shown }: { visit: Visit; shown: ShownJob }): Html {
  const { t } = visit;
  const { job, found } = shown;
  const { jid } = job;
  if (jid === undefined) {
    return <></>;
  }
  const isOverLimit = found.entry instanceof JobEntry && found.entry.isOverLimit;
  return (
    <div class="actions">
      {possibleFor(visit, job.place)
        .filter((action) => action !== "promote" || !isOverLimit)
        .map((action) => (
          <Act
            visit={visit}
            right={`jobs.${action}`}
            path="/jobs"
            fields={{ action, jid }}
            isFinal={isFinal(action)}
          >
            {t(action)}
          </Act>
        ))}
    </div>
  );
}

function Fact({ name, children }: { name: string; children?: Inner }): Html {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Times({ visit, shown }: { visit: Visit; shown: ShownJob }): Html {
  const { t } = visit;
  const { entry } = shown.found;
  const last = entry.lastFailedAt;
  const times: readonly (readonly [string, Date | undefined])[] = [
    [t("Deferred"), entry.createdAt],
    [t("Enqueued"), entry.enqueuedAt],
    [t("Due"), entry instanceof JobEntry && shown.job.place !== "dead" ? entry.at : undefined],
    [t("Started"), entry.startedAt],
    [t("Failed first"), entry.failedAt],
    [t("Failed last"), last?.getTime() === entry.failedAt?.getTime() ? undefined : last],
    [t("Died"), entry instanceof JobEntry && shown.job.place === "dead" ? entry.at : undefined],
    [t("Expires"), entry.expiresAt],
  ];
  const { duration } = shown.job;
  return (
    <>
      {times.map(([name, date]) =>
        date === undefined ? undefined : (
          <Fact name={name}>
            <Moment visit={visit} date={date} />
          </Fact>
        ),
      )}
      {duration === undefined ? undefined : <Fact name={t("Took")}>{spoken(duration)}</Fact>}
    </>
  );
}

function Waiting({ visit, details }: { visit: Visit; details: JobDetails }): Html {
  const { t } = visit;
  return (
    <>
      {details.blockedBy.map(({ reason, holder }) => (
        <Fact name={t("In its way")}>
          {visible(reason)}
          {holder === undefined ? undefined : (
            <>
              {` ${t("held by")} `}
              <a href={visit.to("/jobs/j", { jid: holder })}>{visible(holder)}</a>
            </>
          )}
        </Fact>
      ))}
    </>
  );
}
