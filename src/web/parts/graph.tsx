import type { BatchGraph, GraphJob } from "../../batches/batch-graph.ts";
import type { Visit } from "../request/visit.ts";
import { Badge } from "./badge.tsx";
import type { Html } from "./html.ts";
import { Table } from "./table.tsx";
import { visible } from "./value.tsx";

/** A larger one is a table only. */
const MOST = 200;
const BOX = { width: 168, height: 34 };
const STEP = { x: 220, y: 50 };

interface Placed {
  readonly job: GraphJob;
  readonly x: number;
  readonly y: number;
}

/** Which jobs wait for which: a picture, each of whose boxes leads to its job, and the same as a table. */
export function Graph({ visit, graph }: { visit: Visit; graph: BatchGraph }): Html {
  const { t } = visit;
  return (
    <section>
      <h2>{t("Which waits for which")}</h2>
      {graph.jobs.length > MOST ? (
        <p class="muted">
          {t("{count} jobs are too many for a picture.", { count: graph.jobs.length })}
        </p>
      ) : (
        <Picture visit={visit} jobs={graph.jobs} />
      )}
      <details open={graph.jobs.length > MOST}>
        <summary>{t("As a table")}</summary>
        <Table
          caption={t("Which waits for which")}
          columns={[{ head: t("Job") }, { head: t("State") }, { head: t("Waits for") }]}
        >
          {graph.jobs.slice(0, 2_000).map((job) => (
            <tr>
              <td>
                <a href={visit.to("/jobs/j", { jid: job.id })}>{visible(job.className)}</a>{" "}
                <code>{visible(job.id)}</code>
              </td>
              <td>
                <Badge state={job.status} t={t} />
              </td>
              <td>{job.prereqJobs.map(visible).join(", ") || "–"}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}

function Picture({ visit, jobs }: { visit: Visit; jobs: readonly GraphJob[] }): Html {
  const placed = place(jobs);
  const at = new Map(placed.map((each) => [each.job.id, each]));
  const width = Math.max(...placed.map(({ x }) => x)) + BOX.width + 4;
  const height = Math.max(...placed.map(({ y }) => y)) + BOX.height + 4;
  return (
    <div class="graph" role="region" tabindex={0} aria-label={visit.t("Which waits for which")}>
      <svg width={width} height={height} viewBox={`-2 -2 ${width} ${height}`}>
        {placed.flatMap(({ job, x, y }) =>
          job.prereqJobs.flatMap((id) => {
            const from = at.get(id);
            return from === undefined ? [] : [<path class="edge" d={edge(from, { x, y })} />];
          }),
        )}
        {placed.map(({ job, x, y }) => (
          <a
            href={visit.to("/jobs/j", { jid: job.id })}
            aria-label={`${job.className}, ${visit.t(job.status)}`}
          >
            <rect
              class={`node ${job.status}`}
              x={x}
              y={y}
              width={BOX.width}
              height={BOX.height}
              rx="6"
            />
            <text x={x + 12} y={y + 21}>
              {visible(cut(job.className))}
            </text>
            <title>{`${job.className}: ${visit.t(job.status)}`}</title>
          </a>
        ))}
      </svg>
    </div>
  );
}

/** In columns: each one behind all that it waits for. */
function place(jobs: readonly GraphJob[]): readonly Placed[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const columns = new Map<string, number>();
  const columnOf = (id: string, trail: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const prereqs = (byId.get(id)?.prereqJobs ?? []).filter(
      (each) => byId.has(each) && !trail.has(each),
    );
    const inside = new Set([...trail, id]);
    const column =
      prereqs.length === 0 ? 0 : 1 + Math.max(...prereqs.map((each) => columnOf(each, inside)));
    columns.set(id, column);
    return column;
  };
  const rows = new Map<number, number>();
  return jobs.map((job) => {
    const column = columnOf(job.id, new Set());
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return { job, x: column * STEP.x, y: row * STEP.y };
  });
}

function edge(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function cut(name: string): string {
  return name.length > 21 ? `${name.slice(0, 20)}…` : name;
}
