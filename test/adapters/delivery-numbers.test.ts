import { afterEach, describe, expect, it, vi } from "vitest";
import { DeliveryNumbers } from "../../src/adapters/delivery-numbers.ts";
import { clock } from "../../src/support/clock.ts";

const KEPT = 1;

describe("DeliveryNumbers", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("says the same number each time a batch is sent", () => {
    const batch = new DeliveryNumbers().next();

    expect(batch.toArgs()).toEqual(batch.toArgs());
  });

  it("gives no number twice, and each sender a name of its own", () => {
    const [one, other] = [new DeliveryNumbers(), new DeliveryNumbers()];

    const [first, second] = [one.next().toArgs(), one.next().toArgs()];

    expect(first[1]).not.toBe(second[1]);
    expect(first[0]).toBe(second[0]);
    expect(other.next().toArgs()[0]).not.toBe(first[0]);
  });

  it("asks to keep a set until Redis has answered once", () => {
    const numbers = new DeliveryNumbers();

    const [first, second] = [numbers.next(), numbers.next()];
    first.end(false);
    expect(numbers.next().toArgs()[2]).toBe(KEPT);
    second.end(true);

    expect(numbers.next().toArgs()[2]).not.toBe(KEPT);
  });

  it("has a set removed once another is begun and all in it are answered", () => {
    const numbers = new DeliveryNumbers();
    const batches = Array.from({ length: 256 }, () => numbers.next());
    const [[set] = []] = batches.map((batch) => batch.toArgs());

    const early = numbers.next();
    batches.forEach((batch) => batch.end(true));

    expect(early.toArgs()[3]).toBe("");
    expect(early.toArgs()[0]).not.toBe(set);
    expect([numbers.next(), numbers.next()].map((batch) => batch.toArgs()[3])).toEqual([set, ""]);
  });

  it("asks again where the batch that was to have a set removed got no answer", () => {
    const numbers = new DeliveryNumbers();
    Array.from({ length: 256 }, () => numbers.next()).forEach((batch) => batch.end(true));
    const first = numbers.next();
    const [, , , set] = first.toArgs();

    first.end(false);

    expect(set).not.toBe("");
    expect(numbers.next().toArgs()[3]).toBe(set);
  });

  it("leaves a set to run out of which a batch may still be on its way", () => {
    const numbers = new DeliveryNumbers();
    const batches = Array.from({ length: 256 }, () => numbers.next());

    batches.forEach((batch, index) => batch.end(index !== 7));

    expect(numbers.next().toArgs()[3]).toBe("");
  });

  it("begins another set before Redis may have forgotten one", () => {
    const numbers = new DeliveryNumbers();
    const [set] = numbers.next().toArgs();
    const now = clock.monotonic();
    vi.spyOn(clock, "monotonic").mockReturnValue(now + 241);

    expect(numbers.next().toArgs()[0]).not.toBe(set);
  });
});
