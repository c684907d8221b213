import { describe, expect, it } from "vitest";
import { Pace } from "../../src/worker/pace.ts";

function measured(seconds: number, times: number, pace = new Pace()): Pace {
  for (let job = 0; job < times; job += 1) {
    pace.measure(seconds);
  }
  return pace;
}

describe("Pace", () => {
  it("fetches nothing ahead before a job has run", () => {
    expect(new Pace().ahead).toBe(0);
  });

  it("fetches ahead what starts within 5 milliseconds", () => {
    expect(measured(0.001, 1).ahead).toBe(5);
    expect(measured(0.0004, 1).ahead).toBe(12);
  });

  it("fetches nothing ahead where jobs take longer", () => {
    expect(measured(0.006, 1).ahead).toBe(0);
  });

  it("never fetches more than 600 ahead", () => {
    expect(measured(0.000_001, 10).ahead).toBe(600);
    expect(measured(0, 10).ahead).toBe(600);
  });

  it("stops at one slow job among fast ones", () => {
    const pace = measured(0.000_01, 100);

    pace.measure(1);

    expect(pace.ahead).toBe(0);
  });

  it("follows the latest jobs", () => {
    const pace = measured(1, 100);

    expect(measured(0.000_01, 20, pace).ahead).toBe(0);
    expect(measured(0.000_001, 200, pace).ahead).toBe(600);
  });

  it("stops where jobs waited in vain, until jobs were fast again", () => {
    const pace = measured(0.000_01, 100);

    pace.stalled(0.05);

    expect(pace.ahead).toBe(0);
    expect(measured(0.000_001, 100, pace).ahead).toBe(600);
  });

  it("fetches nothing ahead after a stall that came first", () => {
    const pace = new Pace();

    pace.stalled(0.05);
    pace.measure(0.000_01);

    expect(pace.ahead).toBe(0);
  });
});
