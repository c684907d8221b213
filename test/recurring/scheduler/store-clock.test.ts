import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreClock } from "../../../src/recurring/scheduler/store-clock.ts";
import { clock } from "../../../src/support/clock.ts";

/** The store's time, where this machine's monotonic clock says 0; epoch seconds. */
const EPOCH = 1_800_000_000;

describe("StoreClock", () => {
  const { monotonic } = clock;
  let seconds = 0;
  let setBack = 0;
  /** Seconds that a question takes to the store, and its answer back. */
  let way: readonly [number, number] = [0, 0];
  const store = {
    async now(): Promise<number> {
      seconds += way[0];
      const now = EPOCH + seconds - setBack;
      seconds += way[1];
      return now;
    },
  };

  beforeEach(() => {
    seconds = 0;
    setBack = 0;
    clock.monotonic = () => seconds;
  });
  afterEach(() => {
    clock.monotonic = monotonic;
  });

  /** Seconds. */
  function behind(time: StoreClock): number {
    return EPOCH + seconds - time.now();
  }

  it("is behind by what the quickest answer took, and never ahead", async () => {
    const time = new StoreClock(store);
    way = [0.03, 0.02];
    await time.begin();
    expect(behind(time)).toBeCloseTo(0.02, 6);

    way = [0, 0.0005];
    await time.measure();
    expect(behind(time)).toBeCloseTo(0.0005, 6);

    way = [0.004, 0.001];
    await time.measure();
    expect(behind(time)).toBeCloseTo(0.0005, 6);
  });

  it("is rough until an answer was quick", async () => {
    const time = new StoreClock(store);
    way = [0.03, 0.02];
    await time.begin();
    expect(time.isRough).toBe(true);

    way = [0.0002, 0.0005];
    await time.measure();
    expect(time.isRough).toBe(false);
  });

  it("is not rough where two answers leave no doubt, slow as each is", async () => {
    const time = new StoreClock(store);
    way = [0.03, 0];
    await time.measure();
    expect(time.isRough).toBe(true);

    way = [0, 0.03];
    await time.measure();
    expect(time.isRough).toBe(false);
    expect(behind(time)).toBeCloseTo(0, 6);
  });

  it("asks a store that is far away no more than some times", async () => {
    const time = new StoreClock(store);
    way = [0.03, 0.02];
    await time.begin();
    let more = 0;
    for (; time.isRough; more += 1) {
      await time.measure();
    }
    expect(more).toBe(12);
  });

  it("goes by the store once that is set back", async () => {
    const time = new StoreClock(store);
    way = [0.0002, 0.0002];
    await time.begin();

    setBack = 3600;
    await time.measure();

    expect(time.now()).toBeCloseTo(EPOCH + seconds - 3600 - 0.0002, 4);
    expect(time.isRough).toBe(false);
  });
});
