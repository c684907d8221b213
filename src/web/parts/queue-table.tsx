import type { QueueStats } from "../../inspection/figures/queue-stats.ts";
import { counted, spoken } from "../../support/wording.ts";
import type { Visit } from "../request/visit.ts";
import { Badge } from "./badge.tsx";
import { Act } from "./forms.tsx";
import type { Html } from "./html.ts";
import { Table } from "./table.tsx";
import { visible } from "./value.tsx";

/** The paused that have jobs, then those that wait longest. */
export function byTrouble(queues: readonly QueueStats[]): readonly QueueStats[] {
  const trouble = ({ latency, paused, size }: QueueStats): number =>
    size === 0 ? -1 : paused ? Infinity : latency;
  return queues.toSorted((one, other) =>
    trouble(one) === trouble(other)
      ? other.size - one.size || (one.name < other.name ? -1 : 1)
      : trouble(other) - trouble(one),
  );
}

/** Queues, and what can be done to them. */
export function QueueTable({
  visit,
  queues,
}: {
  visit: Visit;
  queues: readonly QueueStats[];
}): Html {
  const { t } = visit;
  return (
    <Table
      caption={t("Queues")}
      columns={[
        { head: t("Queue") },
        { head: t("Jobs"), isNumber: true },
        { head: t("Waited"), isNumber: true },
        { head: t("Over a limit"), isNumber: true },
        { head: t("Limit") },
        { head: t("Actions"), isHidden: true },
      ]}
    >
      {queues.map((queue) => (
        <tr id={`queue-${queue.name}`} data-row={queue.name}>
          <td>
            <a class="name" href={visit.to("/queues/q", { name: queue.name })}>
              {visible(queue.name)}
            </a>{" "}
            {queue.paused ? <Badge state="paused" t={t} /> : undefined}
          </td>
          <td class="number" data-label={t("Jobs")}>
            {counted(queue.size)}
          </td>
          <td class="number" data-label={t("Waited")}>
            {queue.latency === 0 ? "–" : spoken(queue.latency)}
          </td>
          <td class="number" data-label={t("Over a limit")}>
            {queue.blocked === 0 ? "–" : counted(queue.blocked)}
          </td>
          <td data-label={t("Limit")}>{limitOf(queue)}</td>
          <td class="acts">
            <QueueActs visit={visit} queue={queue} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Its limit in a few words: "2 of 4 at once, 100 per 60s". */
export function limitOf({ limit }: QueueStats): string {
  const { concurrency, rate, running } = limit ?? {};
  return [
    ...(concurrency === undefined ? [] : [`${running} / ${concurrency}`]),
    ...(rate === undefined ? [] : [`${rate.to} per ${spoken(rate.seconds)}`]),
  ].join(", ");
}

/** Buttons to pause, resume and clear it. */
export function QueueActs({ visit, queue }: { visit: Visit; queue: QueueStats }): Html {
  const { t } = visit;
  const { name, paused, size } = queue;
  return (
    <>
      <Act
        visit={visit}
        right="queues.pause"
        path="/queues"
        fields={{ action: paused ? "resume" : "pause", name }}
        label={t(paused ? "Resume {name}" : "Pause {name}", { name })}
      >
        {t(paused ? "resume" : "pause")}
      </Act>
      {size === 0 ? undefined : (
        <Act
          visit={visit}
          right="queues.clear"
          path="/queues"
          fields={{ action: "clear", name }}
          isFinal
          label={t("Clear {name}", { name })}
        >
          {t("clear")}
        </Act>
      )}
    </>
  );
}
