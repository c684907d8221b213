import type { WorkerState } from "../../adapters/job-store.ts";
import { busyOf } from "../../inspection/figures/busy.ts";
import { quietProcess, stopProcess } from "../../inspection/figures/stats.ts";
import { bytes, spoken } from "../../support/wording.ts";
import { audited } from "../actions/audited.ts";
import { ask } from "../actions/question.tsx";
import type { Answer, Outcome, Page } from "../page.ts";
import { Badge } from "../parts/badge.tsx";
import { Meter } from "../parts/charts.tsx";
import { Act } from "../parts/forms.tsx";
import type { Html } from "../parts/html.ts";
import { JobTable } from "../parts/job-table.tsx";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import type { Parameters } from "../request/parameters.ts";
import { Refusal } from "../request/refusal.ts";
import type { Visit } from "../request/visit.ts";
import { shownJob } from "../shown-job.ts";

/** What runs, of which so many are shown here: the list of running jobs has all. */
const SHOWN = 50;

export const processesPage: Page = {
  path: "/processes",
  async read(visit): Promise<Answer> {
    const { t, snapshot } = visit;
    const { processes, running } = snapshot;
    const slots = processes.reduce((sum, { concurrency }) => sum + concurrency, 0);
    const jobs = running
      .slice(0, SHOWN)
      .map((entry) => shownJob({ place: "running", entry }, visit));
    return {
      title: t("Processes"),
      data: { processes, running: jobs.map(({ job }) => job) },
      view: () => (
        <>
          <h1>{t("Processes")}</h1>
          <div id="processes" data-live="processes">
            {processes.length === 0 ? (
              <Nothing>{t("No worker is alive: nothing runs")}</Nothing>
            ) : (
              <>
                <p class="muted">
                  {t("{busy} of {slots} slots are busy", { busy: running.length, slots })}{" "}
                  <Meter used={running.length} of={slots} label={`${running.length} / ${slots}`} />
                </p>
                <ProcessTable visit={visit} />
              </>
            )}
            {jobs.length === 0 ? undefined : (
              <>
                <h2>{t("Running, the longest first")}</h2>
                <JobTable visit={visit} jobs={jobs} isMixed={false} canTick={false} />
              </>
            )}
          </div>
        </>
      ),
    };
  },
  act: signal,
};

async function signal(visit: Visit, form: Parameters): Promise<Outcome> {
  const { t, adapter, snapshot } = visit;
  const action = form.text("action");
  const identity = form.text("identity");
  const all = identity === "*" ? snapshot.processes.map((each) => each.identity) : [identity];
  if (identity === "" || (action !== "quiet" && action !== "stop")) {
    throw new Refusal(400, "noSuchAction");
  }
  const right = `processes.${action}` as const;
  if (action === "stop" && visit.may(right)) {
    const text = t("Stop {count} processes? What runs is given some seconds to end.", {
      count: all.length,
    });
    const question = ask(visit, form, { text, button: t("stop") });
    if (question !== undefined) return question;
  }
  return audited(visit, { action: right, subject: identity }, async () => {
    const told = action === "quiet" ? quietProcess : stopProcess;
    const answers = await Promise.all(all.map((each) => told(each, adapter)));
    const done = answers.filter(Boolean).length;
    const said = done === 0 ? "No process took the signal." : "Processes told: {count}.";
    return { said: t(said, { count: done }), data: { done, asked: all.length } };
  });
}

function ProcessTable({ visit }: { visit: Visit }): Html {
  const { t, snapshot } = visit;
  return (
    <Table
      caption={t("Processes")}
      columns={[
        { head: t("Process") },
        { head: t("Busy"), isNumber: true },
        { head: t("Queues") },
        { head: t("Up"), isNumber: true },
        { head: t("Memory"), isNumber: true },
        { head: t("Last sign"), isNumber: true },
        { head: t("Actions"), isHidden: true },
      ]}
    >
      {snapshot.processes.map((each) => (
        <ProcessRow visit={visit} process={each} />
      ))}
    </Table>
  );
}

function ProcessRow({ visit, process }: { visit: Visit; process: WorkerState }): Html {
  const { t, snapshot } = visit;
  const { identity, hostname, pid, tag, library, concurrency, queues, rss } = process;
  const busy = busyOf(process, snapshot.running);
  const since = (at: number | undefined): string =>
    at === undefined || at === 0 ? "–" : spoken(Math.max(0, Math.round(snapshot.at - at)));
  const overdue = process.overdue ?? 0;
  return (
    <tr id={`process-${identity}`} data-row={identity}>
      <td class="job">
        <span>
          <b>{visible(`${hostname}:${pid}`)}</b>{" "}
          {tag === "" ? undefined : <span class="tag">{visible(tag)}</span>}{" "}
          {library === "sidekiq" ? (
            <span class="badge muted">{`Sidekiq ${visible(process.version ?? "")}`}</span>
          ) : undefined}{" "}
          {process.quiet ? <Badge state="quiet" t={t} /> : undefined}
          {(process.labels ?? []).map((label) => (
            <span class="tag">{visible(label)}</span>
          ))}
        </span>
        <span class="muted">{visible(identity)}</span>
      </td>
      <td class="number" data-label={t("Busy")}>
        {`${busy} / ${concurrency} `}
        <Meter used={busy} of={concurrency} label={`${busy} / ${concurrency}`} />
        {overdue === 0 ? undefined : (
          <span class="error">{` ${t("{count} overdue", { count: overdue })}`}</span>
        )}
      </td>
      <td data-label={t("Queues")}>
        {queues
          .map(([name, weight]) => (weight <= 1 ? name : `${name} ×${weight}`))
          .map(visible)
          .join(", ")}
      </td>
      <td class="number" data-label={t("Up")}>
        {since(process.startedAt)}
      </td>
      <td class="number" data-label={t("Memory")}>
        {rss === undefined ? "–" : bytes(rss)}
      </td>
      <td class="number" data-label={t("Last sign")}>
        {since(process.seenAt)}
      </td>
      <td class="acts">
        {process.embedded === true ? undefined : (
          <>
            {process.quiet ? undefined : (
              <Act
                visit={visit}
                right="processes.quiet"
                path="/processes"
                fields={{ action: "quiet", identity }}
                label={t("Quiet {name}", { name: identity })}
              >
                {t("quiet!")}
              </Act>
            )}
            <Act
              visit={visit}
              right="processes.stop"
              path="/processes"
              fields={{ action: "stop", identity }}
              isFinal
              label={t("Stop {name}", { name: identity })}
            >
              {t("stop")}
            </Act>
          </>
        )}
      </td>
    </tr>
  );
}
