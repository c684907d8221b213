import { describe, expect, it } from "vitest";
import { AdapterError } from "../../../../src/adapters/adapter-error.ts";
import type { Entry } from "../../../../src/adapters/adapter.ts";
import { ALL_ACCEPTED, type EnqueueAnswer } from "../../../../src/adapters/enqueue-answer.ts";
import { addInSlices } from "../../../../src/adapters/redis/accepting/in-slices.ts";

const entries = (count: number, more: Partial<Entry> = {}): Entry[] =>
  Array.from({ length: count }, (_, index) => ({
    jid: `job${index}`,
    queue: "default",
    payload: "{}",
    ...more,
  }));
const jidsOf = (slice: readonly Entry[]): string[] => slice.map(({ jid }) => jid);

/** What waits for an answer, which a test gives. */
class Sent {
  readonly slices: (readonly string[])[] = [];
  readonly parts: (readonly string[])[] = [];
  readonly #ends: PromiseWithResolvers[] = [];

  add(all: readonly Entry[]): Promise<EnqueueAnswer> {
    return addInSlices(all, {
      size: 2,
      send: (slice) => {
        this.slices.push(jidsOf(slice));
        return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }));
      },
      onPart: (jids) => this.parts.push(jids),
    });
  }

  async accept(answer: EnqueueAnswer = ALL_ACCEPTED): Promise<void> {
    this.#ends.shift()?.resolve(answer);
    await settled();
  }

  async fail(error: Error): Promise<void> {
    this.#ends.shift()?.reject(error);
    await settled();
  }
}

interface PromiseWithResolvers {
  resolve(answer: EnqueueAnswer): void;
  reject(error: Error): void;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("many jobs", () => {
  it("go in slices, of which two are under way", async () => {
    const sent = new Sent();
    const answer = sent.add(entries(7));

    const seen = [sent.slices.length];
    for (let left = 4; left > 0; left -= 1) {
      await sent.accept();
      seen.push(sent.slices.length);
    }

    expect(await answer).toEqual(ALL_ACCEPTED);
    expect(seen).toEqual([2, 3, 4, 4, 4]);
    expect(sent.slices.flat()).toEqual(jidsOf(entries(7)));
    expect(sent.parts).toEqual([]);
  });

  it("go one slice behind the other where some wait for others", async () => {
    const sent = new Sent();
    const [first, ...others] = entries(4);
    void sent.add([first!, ...others.map((each) => ({ ...each, prereqs: ["job0"] }))]);

    expect(sent.slices).toEqual([["job0", "job1"]]);
    await sent.accept();
    expect(sent.slices).toHaveLength(2);
    await sent.accept();
  });

  it("go one slice behind the other where they are large", async () => {
    const sent = new Sent();
    void sent.add(entries(4, { payload: "x".repeat(200 * 1024) }));

    expect(sent.slices).toHaveLength(1);
    await sent.accept();
    expect(sent.slices).toHaveLength(2);
    await sent.accept();
  });

  it("go no further behind a slice that was not accepted, and those that were are told", async () => {
    const sent = new Sent();
    const error = sent.add(entries(8)).catch((thrown: unknown) => thrown);

    await sent.accept({
      refused: [{ jid: "job1", key: "k", holder: "x", how: "refused" }],
      conflict: undefined,
    });
    await sent.fail(new AdapterError("Cannot enqueue: full", { maybeAccepted: false }));
    await sent.accept();

    expect(await error).toMatchObject({
      message: "Cannot enqueue: full. Accepted: 3 of 8 jobs",
      accepted: ["job0", "job4", "job5"],
      maybeAccepted: false,
    });
    expect(sent.slices).toHaveLength(3);
    expect(sent.parts).toEqual([["job0", "job4", "job5"]]);
  });

  it("may be accepted where any of the slices may be", async () => {
    const sent = new Sent();
    const error = sent.add(entries(8)).catch((thrown: unknown) => thrown);

    await sent.fail(new AdapterError("Cannot enqueue: full", { maybeAccepted: false }));
    await sent.fail(new AdapterError("Cannot enqueue: no answer", { maybeAccepted: true }));

    expect(await error).toMatchObject({ accepted: [], maybeAccepted: true });
    expect(sent.parts).toEqual([]);
  });

  it("end with what is no adapter's error as it is", async () => {
    const sent = new Sent();
    const error = sent.add(entries(2)).catch((thrown: unknown) => thrown);
    const fault = new TypeError("no text");

    await sent.fail(fault);

    expect(await error).toBe(fault);
  });
});
