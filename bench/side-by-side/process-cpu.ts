import { readdirSync, readFileSync } from "node:fs";

/** Of /proc/PID/stat, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Ticks of its own. */
  readonly own: number;
  /** Of its children that have ended. */
  readonly ended: number;
}

/**
 * Seconds of CPU that a process and its children have taken so far, in steps of 10 ms; NaN where no
 * /proc tells.
 */
export function cpuOfFamily(pid: number): number {
  const head = timesOf(String(pid));
  if (head === undefined) {
    return NaN;
  }
  const others = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = others.flatMap((name) => timesOf(name) ?? []);
  const living = children
    .filter(({ parent }) => parent === pid)
    .reduce((sum, { own }) => sum + own, 0);
  return (head.own + head.ended + living) / TICKS_PER_SECOND;
}

/** `undefined` of one that has ended meanwhile. */
function timesOf(pid: string): ProcessTimes | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // Behind the name, which may have spaces in it: state, parent, …, utime, stime, cutime, cstime.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, own: user + system, ended: endedUser + endedSystem };
}
