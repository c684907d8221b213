import type { StepState } from "../../inspection/entries/step-state.ts";
import type { RelatedJob } from "../../inspection/lists/job-details.ts";
import { ownLine } from "../../job/record/backtrace.ts";
import { term } from "../request/query.ts";
import type { Visit } from "../request/visit.ts";
import type { ShownJob } from "../shown-job.ts";
import { Badge } from "./badge.tsx";
import type { Html } from "./html.ts";
import { Value, visible } from "./value.tsx";

/** What it failed with last, and where. */
export function Failure({ visit, shown }: { visit: Visit; shown: ShownJob }): Html {
  const { t } = visit;
  const { job, clean, found } = shown;
  if (job.errorClass === undefined) {
    return <></>;
  }
  const lines = clean(found.entry.backtrace).map(visible);
  const own = ownLine(lines);
  return (
    <section class="failure">
      <h2>{t("Error")}</h2>
      <p class="error" dir="auto">
        <b>{visible(job.errorClass)}</b>
      </p>
      <pre class="message" dir="auto">
        {visible(job.errorMessage ?? "")}
      </pre>
      {own === undefined ? undefined : (
        <p>
          <code>{own}</code>
        </p>
      )}
      <p>
        <a
          href={visit.to("/jobs", {
            q: `${term("command", job.class)} ${term("error", job.errorClass)}`,
          })}
        >
          {t("All jobs that failed so")}
        </a>
      </p>
      {lines.length < 2 ? undefined : (
        <details>
          <summary>{t("Backtrace, {count} lines", { count: lines.length })}</summary>
          <pre class="backtrace">{lines.slice(0, 500).join("\n")}</pre>
        </details>
      )}
    </section>
  );
}

/** How far it has come, step by step. */
export function Steps({ visit, steps }: { visit: Visit; steps: readonly StepState[] }): Html {
  const { t } = visit;
  return (
    <ul class="steps">
      {steps.map((step) => (
        <li>
          <Badge state={step.isDone ? "done" : "running"} t={t} /> {visible(step.name)}
          {step.value === undefined ? undefined : <Value visit={visit} value={step.value} />}
          {step.steps.length === 0 ? undefined : <Steps visit={visit} steps={step.steps} />}
        </li>
      ))}
    </ul>
  );
}

interface RelatedProps {
  visit: Visit;
  title: string;
  jobs: readonly RelatedJob[];
}

/** Other jobs, and where they are. */
export function Related({ visit, title, jobs }: RelatedProps): Html {
  return jobs.length === 0 ? (
    <></>
  ) : (
    <section>
      <h2>{title}</h2>
      <ul class="related">
        {jobs.map(({ jid, status }) => (
          <li>
            <a href={visit.to("/jobs/j", { jid })}>{visible(jid)}</a>{" "}
            <Badge state={status} t={visit.t} />
          </li>
        ))}
      </ul>
    </section>
  );
}
