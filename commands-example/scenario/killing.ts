import { once } from "node:events";
import { styleText } from "node:util";
import { processes, running } from "mandate";
import { timeOfDay, type Run } from "./timeline.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What happened to one worker, in the middle of its work. */
export interface Killing {
  readonly killed: WorkerProcess;
  readonly survivor: WorkerProcess;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The runs that it had begun and did not end. */
  readonly lost: readonly Run[];
}

/**
 * Kills the worker that runs a certain job just now, with no time for a last word.
 *
 * @param meanwhile Brings more work: it is killed as it begins some of that, or at the end.
 */
export async function killWhoRuns(
  { command, argument }: { readonly command: string; readonly argument: string },
  workers: readonly WorkerProcess[],
  meanwhile: () => Promise<void>,
): Promise<Killing> {
  const held = await running();
  const job = held.find((each) => each.className === command && each.arguments[0] === argument);
  const worker = (await processes()).find(({ identity }) => identity === job?.identity);
  const killed = workers.find(({ pid }) => pid === worker?.pid);
  const survivor = workers.find((each) => each !== killed);
  if (killed === undefined || survivor === undefined) {
    throw new Error(`Nobody runs ${command} of ${argument}`);
  }
  const begins = once(killed, "begun");
  const done = meanwhile();
  await Promise.race([begins, done]);

  killed.kill();
  const at = Date.now();
  print(at, `${killed.name} is killed (kill -9 ${killed.pid})`);
  await killed.exit;
  const lost = killed.unended;
  print(Date.now(), `${killed.name} had begun: ${lost.map((run) => run.command).join(", ")}`);
  await done;
  return { killed, survivor, at, lost };
}

/** Says now, in the timeline, what was done to a worker. */
export function printText(text: string): void {
  print(Date.now(), text);
}

function print(at: number, text: string): void {
  console.log(`${timeOfDay(at)}  ${styleText("red", text)}`);
}
