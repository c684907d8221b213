import { recurringJobsIn } from "../../recurring/recurring.ts";
import { UnknownRecurringJobError } from "../../recurring/recurring-errors.ts";
import { RecurringJobHandle, type RecurringJob } from "../../recurring/recurring-job.ts";
import { audited } from "../actions/audited.ts";
import type { Answer, Outcome, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { Act } from "../parts/forms.tsx";
import type { Html } from "../parts/html.ts";
import { Moment } from "../parts/moment.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import { wallClock } from "../parts/wall-clock.ts";
import type { Parameters } from "../request/parameters.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";

const MOST = 500;

export const recurringPage: Page = {
  path: "/recurring",
  async read(visit): Promise<Answer> {
    const { t, adapter } = visit;
    const jobs: RecurringJob[] = [];
    if (adapter.documents !== undefined) {
      for await (const job of recurringJobsIn(adapter)) {
        if (jobs.push(job) === MOST) break;
      }
    }
    jobs.sort((one, other) => (one.key < other.key ? -1 : 1));
    return {
      title: t("Recurring jobs"),
      data: { recurring: jobs.map(jsonOf) },
      view: () => (
        <>
          <h1>{t("Recurring jobs")}</h1>
          <div id="recurring" data-live="recurring">
            {jobs.length === 0 ? (
              <Nothing>
                {t("No living worker defines any, and none was defined at run time")}
              </Nothing>
            ) : (
              <RecurringTable visit={visit} jobs={jobs} />
            )}
          </div>
        </>
      ),
    };
  },
  act: changeRecurring,
};

export const recurringJobPage: Page = {
  path: "/recurring/r",
  async read(visit): Promise<Answer> {
    const { t, query, adapter } = visit;
    const handle = new RecurringJobHandle(query.text("key"), adapter);
    const job = await known(() => handle.read());
    const runs = await job.history();
    const next = job.nextRuns(5);
    const clocks = [...new Set([...job.zones, "UTC"])];
    return {
      title: job.key,
      data: { ...jsonOf(job), next, runs },
      view: () => (
        <>
          <div class="heading">
            <h1 dir="auto">{visible(job.key)}</h1>
            {job.isPaused ? <Badge state="paused" t={t} /> : undefined}
            <div class="actions">
              <RecurringActs visit={visit} job={job} />
            </div>
          </div>
          <p>{visible(job.description ?? "")}</p>
          <dl class="facts">
            <div>
              <dt>{t("Command")}</dt>
              <dd>{visible(job.className)}</dd>
            </div>
            <div>
              <dt>{t("Queue")}</dt>
              <dd>
                <a href={visit.to("/queues/q", { name: job.queueName })}>
                  {visible(job.queueName)}
                </a>
              </dd>
            </div>
            <div>
              <dt>{t("Schedule")}</dt>
              <dd>
                <code>{visible(job.schedule)}</code> {visible(job.scheduleInEnglish)}
              </dd>
            </div>
            <div>
              <dt>{t("Defined")}</dt>
              <dd>{job.isOfCode ? t("by code or a file") : t("at run time")}</dd>
            </div>
          </dl>
          <h2>{t("Next")}</h2>
          {next.length === 0 ? (
            <Nothing>{t("It is not due")}</Nothing>
          ) : (
            <ul class="plain">
              {next.map((date) => (
                <li>
                  {clocks.map((zone) => `${wallClock(date, zone)}, `)}
                  <Moment visit={visit} date={date} />
                </li>
              ))}
            </ul>
          )}
          <h2>{t("Last runs")}</h2>
          {runs.length === 0 ? (
            <Nothing>{t("It has not run yet")}</Nothing>
          ) : (
            <Table
              caption={t("Last runs")}
              columns={[
                { head: t("Was due") },
                { head: t("Enqueued") },
                { head: t("Now") },
                { head: t("Job") },
              ]}
            >
              {runs.map((run) => (
                <tr>
                  <td>
                    <Moment visit={visit} date={run.scheduledAt} />
                  </td>
                  <td>
                    <Moment visit={visit} date={run.claimedAt} />
                  </td>
                  <td>
                    <Badge state={run.status} t={t} />
                  </td>
                  <td>
                    {run.jid === undefined ? (
                      "–"
                    ) : (
                      <a href={visit.to("/jobs/j", { jid: run.jid })}>
                        <code>{run.jid}</code>
                      </a>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </>
      ),
    };
  },
};

function known<Value>(read: () => Promise<Value>): Promise<Value> {
  return read().catch((error: unknown) => {
    throw error instanceof UnknownRecurringJobError ? new Refusal(404, "gone") : error;
  });
}

async function changeRecurring(visit: Visit, form: Parameters): Promise<Outcome> {
  const { t, adapter } = visit;
  const key = form.text("key");
  const action = form.text("action");
  const job = new RecurringJobHandle(key, adapter);
  if (action === "run") {
    return audited(visit, { action: "recurring.run", subject: key }, async () => {
      const jid = await known(() => job.runNow());
      return { said: t("{key} was enqueued.", { key }), data: { done: 1, jid } };
    });
  }
  if (action !== "pause" && action !== "resume") {
    throw new Refusal(400, "noSuchAction");
  }
  const subject = `${action} ${key}`;
  return audited(visit, { action: "recurring.pause", subject }, async () => {
    await known(() => (action === "pause" ? job.pause() : job.resume()));
    const said = action === "pause" ? "{key} is paused." : "{key} goes on.";
    return { said: t(said, { key }), data: { done: 1 } };
  });
}

function jsonOf(job: RecurringJob): object {
  const { key, className, queueName, schedule, scheduleInEnglish, description } = job;
  const { isPaused, isOfCode, isEnabled, lastRun } = job;
  const [next] = job.nextRuns(1);
  return {
    key,
    class: className,
    queue: queueName,
    schedule,
    scheduleInEnglish,
    description,
    isPaused,
    isOfCode,
    isEnabled,
    lastRun,
    next,
  };
}

function RecurringTable({ visit, jobs }: { visit: Visit; jobs: readonly RecurringJob[] }): Html {
  const { t } = visit;
  return (
    <Table
      caption={t("Recurring jobs")}
      columns={[
        { head: t("Job") },
        { head: t("Schedule") },
        { head: t("Last") },
        { head: t("Next") },
        { head: t("Actions"), isHidden: true },
      ]}
    >
      {jobs.map((job) => (
        <tr id={`recurring-${job.key}`} data-row={job.key}>
          <td class="job">
            <span>
              <a class="name" href={visit.to("/recurring/r", { key: job.key })}>
                {visible(job.key)}
              </a>{" "}
              {job.isPaused ? <Badge state="paused" t={t} /> : undefined}
            </span>
            {job.className === job.key ? undefined : <span>{visible(job.className)}</span>}
            {job.description === undefined ? undefined : (
              <span class="muted">{visible(job.description)}</span>
            )}
          </td>
          <td class="job">
            <code>{visible(job.schedule)}</code>
            {job.scheduleInEnglish === job.schedule ? undefined : (
              <span class="muted">{visible(job.scheduleInEnglish)}</span>
            )}
          </td>
          <td data-label={t("Last")}>
            <Moment visit={visit} date={job.lastRun?.scheduledAt} />
          </td>
          <td data-label={t("Next")}>
            {job.isEnabled ? <Moment visit={visit} date={job.nextRuns(1)[0]} /> : t("never")}
          </td>
          <td class="acts">
            <RecurringActs visit={visit} job={job} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function RecurringActs({ visit, job }: { visit: Visit; job: RecurringJob }): Html {
  const { t } = visit;
  const { key, isPaused } = job;
  return (
    <>
      <Act
        visit={visit}
        right="recurring.run"
        path="/recurring"
        fields={{ action: "run", key }}
        label={t("Run {name} now", { name: key })}
      >
        {t("run now")}
      </Act>
      <Act
        visit={visit}
        right="recurring.pause"
        path="/recurring"
        fields={{ action: isPaused ? "resume" : "pause", key }}
        label={t(isPaused ? "Resume {name}" : "Pause {name}", { name: key })}
      >
        {t(isPaused ? "resume" : "pause")}
      </Act>
    </>
  );
}
