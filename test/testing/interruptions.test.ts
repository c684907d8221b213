import { Command, type Step } from "mandate";
import {
  enqueuedJobs,
  interruptJobDuringStep,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { beforeEach, expect, it, onTestFinished } from "vitest";

let done: number[] = [];

class Import extends Command.initializeWith((rows: number) => ({ rows })) {
  async call(): Promise<void> {
    await this.step("rows", async (step: Step<number>) => {
      for (let row = step.cursor ?? 0; row < this.rows; row += 1) {
        done.push(row);
        await step.advance(row + 1);
      }
    });
  }
}

beforeEach(() => {
  done = [];
  const { restore } = useTestAdapter();
  onTestFinished(restore);
});

it("puts the job back at a cursor, from where it goes on", async () => {
  await Import.defer(5);

  const ran = await interruptJobDuringStep({ command: Import, step: "rows", cursor: 3 }, () =>
    performEnqueuedJobs(),
  );

  expect({ ran, done }).toEqual({ ran: 1, done: [0, 1, 2] });
  expect(enqueuedJobs()).toHaveLength(1);
  await performEnqueuedJobs();
  expect(done).toEqual([0, 1, 2, 3, 4]);
});

it("interrupts a step as it begins, once", async () => {
  await Import.defer(2);

  await interruptJobDuringStep({ command: "Import", step: "rows" }, async () => {
    await performEnqueuedJobs();
    expect(done).toEqual([]);
    await performEnqueuedJobs();
  });

  expect(done).toEqual([0, 1]);
});

it("leaves other commands and other steps alone", async () => {
  await Import.defer(2);

  await interruptJobDuringStep({ command: "Other", step: "rows", cursor: 1 }, () =>
    interruptJobDuringStep({ command: Import, step: "other", cursor: 1 }, () =>
      performEnqueuedJobs(),
    ),
  );

  expect(done).toEqual([0, 1]);
});

it.for([
  [
    { command: Import, step: 3 },
    "Cannot interrupt a step that is a number: give interruptJobDuringStep the step's name",
  ],
  [
    { command: {}, step: "rows" },
    "Cannot use an object as the command of interruptJobDuringStep: give a command, a job, or its name",
  ],
] as const)("refuses a place that is none", async ([place, message]) => {
  const wrong = place as unknown as Parameters<typeof interruptJobDuringStep>[0];

  await expect(interruptJobDuringStep(wrong, () => undefined)).rejects.toThrow(
    expect.objectContaining({ name: "TypeError", message }) as Error,
  );
});
