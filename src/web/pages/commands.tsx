import { commandStats, type CommandStats } from "../../inspection/figures/command-stats.ts";
import { counted, spoken } from "../../support/wording.ts";
import type { Answer, Page } from "../page.ts";
import { Columns } from "../parts/charts.tsx";
import type { Html } from "../parts/html.ts";
import { Nothing, Table } from "../parts/table.tsx";
import { visible } from "../parts/value.tsx";
import { term } from "../request/query.ts";
import type { Visit } from "../request/visit.ts";

const MINUTES = ["60", "15", "240", "480"] as const;
const SHOWN = 100;
/** Columns of the chart. */
const COLUMNS = 60;

export const commandsPage: Page = {
  path: "/commands",
  async read(visit): Promise<Answer> {
    const { t, query, adapter, shared, store } = visit;
    const minutes = Number(query.oneOf("minutes", MINUTES));
    const commands = await shared.read(`commands ${minutes} ${store}`, 5, () =>
      commandStats({ minutes }, adapter),
    );
    return {
      title: t("Commands"),
      data: { minutes, commands },
      view: () => (
        <>
          <div class="heading">
            <h1>{t("Commands")}</h1>
            <nav class="choice" aria-label={t("Time")}>
              {MINUTES.toSorted((one, other) => Number(one) - Number(other)).map((each) => (
                <a
                  href={visit.to("/commands", { minutes: each })}
                  aria-current={Number(each) === minutes ? "true" : undefined}
                >
                  {spoken(Number(each) * 60)}
                </a>
              ))}
            </nav>
          </div>
          <div id="commands" data-live="commands">
            {commands.length === 0 ? (
              <Nothing>{t("No run was counted in that time")}</Nothing>
            ) : (
              <>
                <Runs visit={visit} commands={commands} minutes={minutes} />
                <CommandTable visit={visit} commands={commands.slice(0, SHOWN)} />
              </>
            )}
          </div>
        </>
      ),
    };
  },
};

interface RunsProps {
  visit: Visit;
  commands: readonly CommandStats[];
  minutes: number;
}

/** Runs of all classes, in columns of some minutes each. */
function Runs({ visit, commands, minutes }: RunsProps): Html {
  const { t, snapshot } = visit;
  const width = Math.max(60, (minutes * 60) / COLUMNS);
  const latest = Math.floor(snapshot.at / 60) * 60 + 60;
  const count = Math.ceil((minutes * 60) / width);
  const failed = Array.from({ length: count }, () => 0);
  const succeeded = [...failed];
  for (const each of commands.flatMap((command) => command.minutes)) {
    const at = count - 1 - Math.floor((latest - 60 - each.at) / width);
    failed[at] = (failed[at] ?? 0) + each.failed;
    succeeded[at] = (succeeded[at] ?? 0) + each.processed - each.failed;
  }
  const labels = failed.map((_, at) =>
    new Date((latest - (count - at) * width) * 1000).toISOString().slice(11, 16),
  );
  return (
    <Columns
      title={t("Runs by minute, in UTC")}
      labels={labels}
      series={[
        { name: t("failed"), look: "bad", values: failed.slice(0, count) },
        { name: t("succeeded"), look: "good", values: succeeded.slice(0, count) },
      ]}
    />
  );
}

function CommandTable({
  visit,
  commands,
}: {
  visit: Visit;
  commands: readonly CommandStats[];
}): Html {
  const { t } = visit;
  return (
    <Table
      caption={t("Commands")}
      columns={[
        { head: t("Command") },
        { head: t("Runs"), isNumber: true },
        { head: t("Failed"), isNumber: true },
        { head: t("On average"), isNumber: true },
        { head: t("In all"), isNumber: true },
      ]}
    >
      {commands.map(({ className, processed, failed, mean, seconds }) => (
        <tr data-row={className}>
          <td>
            <a class="name" href={visit.to("/jobs", { q: term("command", className) })}>
              {visible(className)}
            </a>
          </td>
          <td class="number" data-label={t("Runs")}>
            {counted(processed)}
          </td>
          <td class="number" data-label={t("Failed")}>
            {failed === 0
              ? "–"
              : `${counted(failed)} (${((failed / processed) * 100).toFixed(1)} %)`}
          </td>
          <td class="number" data-label={t("On average")}>
            {mean === undefined ? "–" : lasted(mean)}
          </td>
          <td class="number" data-label={t("In all")}>
            {lasted(seconds)}
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Short times in milliseconds. */
function lasted(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : spoken(seconds);
}
