import type { Rig } from "../rig.ts";
import { differences, snapshot } from "./comparison.ts";
import { close, crash, die, recover } from "./dying.ts";
import { enqueue, enqueueAgain } from "./enqueueing.ts";
import { Game, type Answers } from "./game.ts";
import { cancel, manage, pause, promote, release, resume } from "./managing.ts";
import { QUEUES, type Operation, type Settlement } from "./operations.ts";
import { exchange, settleAgain, settleForeign } from "./working.ts";

/**
 * Plays operations on an adapter and on the model, then works until nothing is left.
 *
 * @param options `priorities: false` gives all jobs the same, to play on adapters of which some
 *   have none.
 * @throws {Error} with all steps up to that after which adapter and model differ, and in what.
 */
export async function play(
  rig: Rig,
  operations: readonly Operation[],
  options: { readonly priorities?: boolean } = {},
): Promise<void> {
  const game = new Game(rig, options);
  for (const operation of operations) {
    await step(game, () => apply(game, operation));
  }
  await drain(game);
}

async function step(game: Game, deed: () => Promise<Answers>): Promise<void> {
  await game.keepTime();
  try {
    const answers = [...(await deed()), ...(await snapshot(game))];
    const lines = answers.flatMap(([what, found, expected]) => differences(what, found, expected));
    if (lines.length > 0) {
      throw new Error(lines.join("\n"));
    }
  } catch (error) {
    const steps = game.trace.map((told, index) => `${String(index + 1).padStart(3)}. ${told}`);
    const story = [
      "Adapter and model differ after these steps:",
      ...steps,
      (error as Error).message,
    ];
    throw new Error(story.join("\n"), { cause: error });
  }
}

function apply(game: Game, operation: Operation): Promise<Answers> {
  switch (operation.op) {
    case "enqueue":
      return enqueue(game, operation.entries);
    case "enqueueAgain":
      return enqueueAgain(game, operation.job);
    case "exchange":
      return exchange(game, operation);
    case "settleAgain":
      return settleAgain(game, operation);
    case "settleForeign":
      return settleForeign(game, operation);
    case "die":
      return die(game, operation.worker);
    case "close":
      return close(game, operation.worker);
    case "crash":
      return crash(game, operation);
    case "await":
      return awaitOne(game, operation);
    case "recover":
      return recover(game);
    case "release":
      return release(game);
    case "promote":
      return promote(game, operation.limit);
    case "elapse":
      return elapse(game, operation.ticks);
    case "pause":
      return pause(game, operation.queue);
    case "resume":
      return resume(game, operation.queue);
    case "delete":
    case "run":
    case "kill":
      return manage(game, operation.op, operation.job);
    case "cancel":
      return cancel(game, operation.job);
  }
}

async function awaitOne(
  game: Game,
  { worker, queue, priority }: Extract<Operation, { op: "await" }>,
): Promise<Answers> {
  const fetched = await exchange(game, {
    worker,
    settle: [],
    fetch: { queues: [queue], limit: 1_000 },
  });
  const job = { queue, priority, due: 0, prereqs: [], failure: "release" } as const;
  return [...fetched, ...(await enqueue(game, [job]))];
}

async function elapse(game: Game, ticks: number): Promise<Answers> {
  game.tell(`${ticks} ticks pass`);
  await game.rig.elapse(ticks);
  return [];
}

/** Works until nothing is left, then looks whether each job has come to one end. */
async function drain(game: Game): Promise<void> {
  game.tell("(from here on: work until nothing is left)");
  for (const queue of game.model.paused) {
    await step(game, () => resume(game, queue));
  }
  for (const number of game.workers.keys()) {
    await step(game, () => close(game, number));
  }
  await step(game, () => recover(game));
  while (game.names.some((name) => game.model.isUnfinished(name))) {
    await step(game, () => release(game));
    await step(game, () => promote(game, 1_000));
    const fetch = { queues: QUEUES, limit: 1_000 };
    await step(game, () => exchange(game, { worker: 0, settle: [], fetch }));
    const settle = (game.workers.get(0)?.held ?? []).map(() => FINISH);
    await step(game, () => exchange(game, { worker: 0, settle, fetch: undefined }));
    await step(game, () => elapse(game, 1));
  }
  await step(game, async () => game.audit());
}

const FINISH: Settlement = {
  kind: "done",
  held: 0,
  ticks: 0,
  queue: "red",
  prereqs: [],
  failure: "release",
};
