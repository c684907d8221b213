import { describeType } from "../job/checks/checks.ts";
import { surroundedBy, surroundings } from "../job/surroundings/surroundings.ts";
import { clock } from "../support/clock.ts";
import { nextTurn } from "../support/turn.ts";
import { assertName, inParallel } from "./level.ts";
import type { Step, StepWork } from "./step.ts";

/** Seconds after which timers and I/O get their turn. */
const LONGEST_TURN = 0.01;

const atOnce = Promise.resolve();

/** What a command called inline does in a step: it just runs. */
class InlineStep implements Step {
  readonly name: string;
  readonly isResumed = false;
  readonly command: object;
  /** The step that runs within it. */
  running: string | undefined = undefined;
  cursor: unknown = undefined;
  #turnedAt = clock.monotonic();

  constructor(command: object, name: string) {
    this.command = command;
    this.name = name;
  }

  advance(cursor: unknown): Promise<void> {
    this.cursor = cursor;
    const now = clock.monotonic();
    if (now - this.#turnedAt < LONGEST_TURN) {
      return atOnce;
    }
    this.#turnedAt = now;
    return nextTurn();
  }

  checkpoint(): Promise<void> {
    return atOnce;
  }
}

/** Commands, by the step that runs in each. */
const running = new WeakMap<object, { running: string | undefined }>();

/** Does a step of a command that no worker runs. */
export async function inlineStep(
  command: object,
  name: string,
  work: StepWork<unknown, never>,
): Promise<unknown> {
  const className = command.constructor.name;
  assertName(name, className);
  const around = surroundings().step;
  const level =
    around instanceof InlineStep && around.command === command ? around : levelOf(command);
  if (level.running !== undefined) {
    throw inParallel(className, name, level.running);
  }
  level.running = name;
  try {
    const step = new InlineStep(command, name);
    return await surroundedBy({ step }, () => work(step as never));
  } finally {
    level.running = undefined;
  }
}

function levelOf(command: object): { running: string | undefined } {
  let level = running.get(command);
  if (level === undefined) {
    level = { running: undefined };
    running.set(command, level);
  }
  return level;
}

/** @throws {TypeError} if it is no function. */
export function assertWork(work: unknown, where: string): void {
  if (typeof work !== "function") {
    throw new TypeError(
      `Cannot begin ${where}: what it does is ${describeType(work)}. Give a function`,
    );
  }
}
