import { describe, expect, it } from "vitest";
import { onAbort, unlimitedController } from "../../src/support/abort.ts";
import { warnings } from "./warnings.ts";

const MANY = 100;

describe("unlimitedController", () => {
  it("has a signal that any number may listen to", async () => {
    const warned = warnings();
    const { signal } = unlimitedController();

    for (let count = 0; count < MANY; count += 1) signal.addEventListener("abort", () => {});

    expect(await warned.since()).toEqual([]);
  });
});

describe("onAbort", () => {
  it("tells all, any number of them", async () => {
    const warned = warnings();
    const controller = new AbortController();
    let told = 0;
    for (let count = 0; count < MANY; count += 1) {
      onAbort(controller.signal, () => (told += 1));
    }

    controller.abort();

    expect(told).toBe(MANY);
    expect(await warned.since()).toEqual([]);
  });

  it("tells nobody who has left", () => {
    const controller = new AbortController();
    const told: string[] = [];
    const stop = onAbort(controller.signal, () => told.push("left"));
    stop();
    stop();
    onAbort(controller.signal, () => told.push("came"));

    controller.abort();

    expect(told).toEqual(["came"]);
  });

  it("lets go of a signal that nobody listens to any more", () => {
    const { signal } = new AbortController();
    const types: string[] = [];
    signal.removeEventListener = (type: string) => void types.push(type);
    const stops = [onAbort(signal, () => {}), onAbort(signal, () => {})];

    stops[0]?.();
    expect(types).toEqual([]);
    stops[1]?.();

    expect(types).toEqual(["abort"]);
  });
});
