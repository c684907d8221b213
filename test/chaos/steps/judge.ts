import { existsSync, readFileSync } from "node:fs";

/** How far a job was, as the store had it, when its worker was killed. */
export interface Checkpoint {
  readonly number: number;
  /** The last row that is durable; 0 for none. */
  readonly cursor: number;
  /** Microseconds. */
  readonly at: number;
}

/** When a worker was told to stop, in microseconds, and what it noted. */
export interface Stop {
  readonly file: string;
  readonly at: number;
}

interface Evidence {
  readonly jobs: number;
  readonly rows: number;
  readonly ledgers: readonly string[];
  readonly checkpoints: readonly Checkpoint[];
  readonly stops: readonly Stop[];
}

export interface Verdict {
  /** Kills that hit a job which had begun. */
  readonly hits: number;
  /** Rows that were gone through once more. */
  readonly repeated: number;
  /** Of what was repeated after a kill the oldest: seconds between that and the kill. */
  readonly oldest: number;
  /** Milliseconds from where a worker was told to stop to where others went on with its jobs: the median, and the most. */
  readonly handedOn: { readonly jobs: number; readonly p50: number; readonly most: number };
  readonly problems: readonly string[];
}

interface Passed {
  readonly row: number;
  readonly at: number;
  readonly file: string;
}

/** Each row was passed, and a run began behind the last checkpoint, or where the one before it had ended. */
export function judge({ jobs, rows, ledgers, checkpoints, stops }: Evidence): Verdict {
  const passed = readAll(ledgers);
  const problems: string[] = [];
  let [hits, repeated, oldest] = [0, 0, 0];
  for (let number = 0; number < jobs; number += 1) {
    const own = passed.get(number) ?? [];
    const missing = rows - new Set(own.map(({ row }) => row)).size;
    if (missing !== 0) {
      problems.push(`job ${number} did not go through ${missing} of its rows`);
    }
    repeated += own.length - rows + missing;
    const kills = checkpoints.filter((checkpoint) => checkpoint.number === number);
    for (const { cursor, at } of kills) {
      const lost = own.find((each) => each.row === cursor + 1 && each.at <= at);
      const isLast =
        lost !== undefined && !kills.some((other) => other.at > lost.at && other.at < at);
      hits += lost === undefined ? 0 : 1;
      oldest = isLast ? Math.max(oldest, (at - lost.at) / 1e6) : oldest;
    }
    own.forEach((each, index) => {
      const before = own[index - 1];
      if (before?.file === each.file && each.row === before.row + 1) {
        return;
      }
      const durable = kills.filter(({ at }) => at < each.at).map(({ cursor }) => cursor);
      const allowed = [before?.row ?? 0, ...durable].map((row) => row + 1);
      if (!allowed.includes(each.row) || each.row <= Math.max(0, ...durable)) {
        problems.push(
          `job ${number} went on with row ${each.row}, where ${allowed.join(" or ")} is`,
        );
      }
    });
  }
  return { hits, repeated, oldest, handedOn: handedOn(passed, stops), problems };
}

function handedOn(
  passed: ReadonlyMap<number, readonly Passed[]>,
  stops: readonly Stop[],
): Verdict["handedOn"] {
  const times = [...passed.values()]
    .flatMap((own) =>
      own.flatMap(({ file, at }, index) => {
        const stop = stops.find((each) => each.file === own[index - 1]?.file);
        return stop !== undefined && file !== stop.file && at > stop.at ? at - stop.at : [];
      }),
    )
    .map((microseconds) => Math.round(microseconds / 100) / 10)
    .toSorted((one, other) => one - other);
  const [p50 = 0, most = 0] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)];
  return { jobs: times.length, p50, most };
}

/** By job, in the order in which it was. A line that a kill cut off is none. */
function readAll(files: readonly string[]): ReadonlyMap<number, readonly Passed[]> {
  const passed = new Map<number, Passed[]>();
  for (const file of files.filter((path) => existsSync(path))) {
    for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
      const [number = 0, row = 0, at = 0] = line.split(" ").map(Number);
      const own = passed.get(number) ?? [];
      passed.set(number, own);
      own.push({ row, at, file });
    }
  }
  for (const own of passed.values()) {
    own.sort((one, other) => one.at - other.at);
  }
  return passed;
}
