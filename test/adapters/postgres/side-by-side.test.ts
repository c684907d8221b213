import { expect, it } from "vitest";
import { SideBySide } from "../../../src/adapters/postgres/leases/side-by-side.ts";

it("runs calls side by side, and one of them while no other runs", async () => {
  const calls = new SideBySide();
  const events: string[] = [];
  const ends = new Map<string, () => void>();
  let needsAlone = false;
  const call = async (name: string): Promise<void> =>
    calls.run(
      () => needsAlone,
      async (isAlone) => {
        events.push(isAlone ? `${name} alone` : name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        events.push(`end of ${name}`);
        if (name === "b") throw new Error("b");
        needsAlone = false;
      },
    );
  const a = call("a");
  const b = call("b");
  needsAlone = true;
  const c = call("c");
  const d = call("d");

  ends.get("b")!();
  await expect(b).rejects.toThrow("b");
  expect(events).toEqual(["a", "b", "end of b"]);
  ends.get("a")!();
  await a;
  needsAlone = true;
  while (!ends.has("c")) await Promise.resolve();
  ends.get("c")!();
  await c;
  while (!ends.has("d")) await Promise.resolve();
  ends.get("d")!();
  await d;

  expect(events.slice(3)).toEqual(["end of a", "c alone", "end of c", "d", "end of d"]);
});
