import { busyOf } from "../../inspection/figures/busy.ts";
import { remarksOn, remarksOnQueue } from "../operating/remarks.ts";
import { LIMIT_COLUMNS, limitCells } from "../operating/shown-limit.ts";
import { spokenProgress, UNREADABLE } from "../operating/shown-job.ts";
import type { Colour } from "../terminal/terminal.ts";
import { clipped, tableLines, type Column } from "../terminal/layout.ts";
import { widthOf } from "../terminal/width.ts";
import { bytes, counted, spoken } from "../../support/wording.ts";
import type { Rates, Snapshot } from "../../inspection/figures/snapshot.ts";

/** How a piece of a line looks. */
type Look = Colour | "inverse";

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly look?: Look;
}

export type Line = readonly Span[];

/** What a frame shows. */
export interface View {
  readonly sample: Snapshot;
  /** `undefined` until there were two samples. */
  readonly rates: Rates | undefined;
  /** Runs in a second at each sample, the latest last. */
  readonly history: readonly number[];
  /** The queue that keys act on. */
  readonly selected: string | undefined;
  /** What keeps the store from being asked. */
  readonly trouble: string | undefined;
  /** The frame's last line. */
  readonly hint: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Rows of what stands around the tables. */
const AROUND = 4;

/** All of it as lines: as many as there are rows, or less. */
export function frame(view: View, { columns, rows }: Size): Line[] {
  const room = Math.max(0, rows - AROUND - (view.hint === "" ? 0 : 1));
  const limits = view.sample.limits.length === 0 ? [] : [limitTable(view)];
  const tables = [queueTable(view), ...limits, processTable(view), runningTable(view)].slice(
    0,
    Math.floor(room / (FRAME + 1)),
  );
  const shares = shared(
    tables.map(({ cells }) => cells.length + FRAME),
    room,
  );
  const lines = [
    ...summary(view, columns),
    ...tables.flatMap((table, index) => tableIn(table, { columns, rows: shares[index] ?? 0 })),
  ].slice(0, Math.max(0, rows - 1));
  const last = view.trouble ?? view.hint;
  if (last === "") {
    return lines.map((line) => cut(line, columns));
  }
  const filler: Line[] =
    rows === Infinity ? [] : Array.from({ length: rows - 1 - lines.length }, () => []);
  const look = view.trouble === undefined ? "dim" : "red";
  return [...lines, ...filler, [{ text: last, look } as const]].map((line) => cut(line, columns));
}

/** As much of a line as fits. */
function cut(spans: Line, columns: number): Line {
  let left = columns;
  return spans.map((span) => {
    const text = clipped(span.text, left);
    left -= widthOf(text);
    return { ...span, text };
  });
}

function summary({ sample, rates, history, trouble }: View, columns: number): Line[] {
  const { counters, sizes, queues, processes, fetchedAhead } = sample;
  const busy = sum(processes.map((each) => busyOf(each, sample.running)));
  const slots = sum(processes.map(({ concurrency }) => concurrency));
  const enqueued = sum(queues.map(({ size, blocked }) => size - blocked));
  const ahead = fetchedAhead === 0 ? "" : ` + ${counted(fetchedAhead)} fetched`;
  const perSecond = (rate: number | undefined): string =>
    rate === undefined ? "–/s" : `${rate >= 10 ? counted(Math.round(rate)) : rate.toFixed(1)}/s`;
  const time = new Date(sample.at * 1000).toISOString().slice(11, 19);
  const title = "mandate top";
  const when = `${trouble === undefined ? "" : "as of "}${time} UTC`;
  const done = `${counted(counters.processed)} processed  ${perSecond(rates?.processed)}  `;
  const failed = `${counted(counters.failed)} failed  ${perSecond(rates?.failed)}`;
  const graph = sparkline(history, columns - done.length - failed.length - 2);
  return [
    [{ text: title, look: "bold" }, { text: when.padStart(Math.max(1, columns - title.length)) }],
    [
      { text: done },
      { text: failed, ...((rates?.failed ?? 0) > 0 ? { look: "red" } : {}) },
      { text: `  ${graph}`, look: "green" },
    ],
    [
      {
        text:
          `${counted(enqueued)} enqueued, ${counted(busy)}/${counted(slots)} busy${ahead}, ` +
          `${counted(sizes.scheduled)} scheduled, ${counted(sizes.retry)} retry, ` +
          `${counted(sizes.blocked)} blocked, ${counted(sizes.dead)} dead`,
      },
    ],
    [],
  ];
}

const BARS = "▁▂▃▄▅▆▇█";

/** The last of some numbers as bars, the largest as the highest. */
function sparkline(numbers: readonly number[], width: number): string {
  const shown = width > 0 ? numbers.slice(-width) : [];
  const most = Math.max(...shown, 0);
  return shown
    .map((each) => BARS[most === 0 ? 0 : Math.round((each / most) * (BARS.length - 1))])
    .join("");
}

/** A table and what stands in for it where it is empty. */
interface Table {
  readonly columns: readonly Column[];
  readonly cells: readonly (readonly string[])[];
  readonly looks: readonly (Look | undefined)[];
  readonly none: string;
  /** The row that must be seen. */
  readonly at: number;
}

/** A table's heading, and the empty line below it. */
const FRAME = 2;

function queueTable({ sample, selected }: View): Table {
  const { queues } = sample;
  return {
    columns: [
      { title: "QUEUE" },
      { title: "JOBS", right: true },
      { title: "LATENCY", right: true },
      { title: "" },
    ],
    cells: queues.map((each) => [
      each.name,
      counted(each.size),
      spoken(each.latency),
      remarksOnQueue(each),
    ]),
    looks: queues.map(({ name, paused }) =>
      name === selected ? "inverse" : paused ? "yellow" : undefined,
    ),
    none: "There are no queues: nothing was enqueued yet",
    at: Math.max(
      0,
      queues.findIndex(({ name }) => name === selected),
    ),
  };
}

function limitTable({ sample: { limits } }: View): Table {
  return {
    columns: LIMIT_COLUMNS,
    cells: limitCells(limits),
    looks: [],
    none: "",
    at: 0,
  };
}

function processTable({ sample }: View): Table {
  const { processes, at } = sample;
  return {
    columns: [
      { title: "PROCESS", whole: true },
      { title: "BUSY", right: true },
      { title: "MEMORY", right: true },
      { title: "UP", right: true },
      { title: "QUEUES" },
      { title: "" },
    ],
    cells: processes.map((each) => {
      const { identity, concurrency, rss, startedAt, queues } = each;
      return [
        identity,
        `${busyOf(each, sample.running)}/${concurrency}`,
        rss === undefined ? "" : bytes(rss),
        startedAt === 0 ? "" : spoken(Math.max(0, at - startedAt)),
        queues.map(([name]) => name).join(" "),
        remarksOn(each),
      ];
    }),
    looks: processes.map(({ quiet, overdue = 0 }) =>
      overdue > 0 ? "red" : quiet ? "yellow" : undefined,
    ),
    none:
      sample.running.length === 0
        ? "No worker process is alive: nothing runs. Start one with mandate worker"
        : "No worker process is alive; dead ones hold jobs. Start one with mandate worker",
    at: 0,
  };
}

function runningTable({ sample: { running, at } }: View): Table {
  return {
    columns: [
      { title: "RUNNING" },
      { title: "QUEUE" },
      { title: "FOR", right: true },
      { title: "JID", whole: true },
      { title: running.some(({ progress }) => progress) ? "PROGRESS" : "" },
    ],
    cells: running.map(({ className, queueName, startedAt, progress, id = "" }) => [
      className || UNREADABLE,
      queueName,
      spoken(Math.max(0, at - Number(startedAt) / 1000)),
      id,
      progress === undefined ? "" : spokenProgress(progress),
    ]),
    looks: [],
    none: "Nothing runs",
    at: 0,
  };
}

/** @param rows How many it may take, an empty line at its end included. */
function tableIn(table: Table, { columns, rows }: Size): Line[] {
  const { cells, looks, none } = table;
  if (cells.length === 0) {
    return ([[{ text: none, look: "dim" }], []] as Line[]).slice(0, rows);
  }
  const room = rows - FRAME;
  if (room < 1) {
    return [];
  }
  const isMore = cells.length > room;
  const shown = isMore ? Math.max(1, room - 1) : cells.length;
  const first = Math.min(Math.max(0, table.at - shown + 1), cells.length - shown);
  const [heading = "", ...lines] = tableLines(
    table.columns,
    cells.slice(first, first + shown),
    columns,
  );
  const below = isMore && room > 1 ? `… ${counted(cells.length - shown)} more` : undefined;
  return [
    [{ text: heading, look: "dim" }],
    ...lines.map((text, index) => {
      const look = looks[first + index];
      return [look === undefined ? { text } : { text, look }];
    }),
    ...(below === undefined ? [] : [[{ text: below, look: "dim" as const }]]),
    [],
  ];
}

/** Rows for each, who need so many: what one does not need is the others'. */
function shared(needs: readonly number[], room: number): number[] {
  const shares = needs.map(() => 0);
  let left = room;
  let open = needs.map((_, index) => index);
  while (open.length > 0) {
    const share = Math.floor(left / open.length);
    const small = open.filter((index) => (needs[index] ?? 0) <= share);
    const settled = small.length > 0 ? small : open;
    for (const index of settled) {
      shares[index] = small.length > 0 ? (needs[index] ?? 0) : share;
      left -= shares[index] ?? 0;
    }
    open = open.filter((index) => !settled.includes(index));
  }
  return shares;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
