import { describe, expect, it } from "vitest";
import { Few } from "../../src/support/few.ts";

function few(...items: readonly string[]): Few<string> {
  const made = new Few<string>();
  items.forEach((item) => made.add(item));
  return made;
}

describe("Few", () => {
  it("has what came and did not go, in the order in which it came", () => {
    const items = few("a", "b", "c");
    items.delete("b");
    items.delete("not there");
    items.add("d");
    expect([...items]).toEqual(["a", "c", "d"]);
    items.clear();
    expect([...items]).toEqual([]);
  });

  it("goes on over those that are left where one is deleted meanwhile", () => {
    const items = few("a", "b", "c");
    const seen: string[] = [];
    for (const item of items) {
      seen.push(item);
      items.delete(item);
    }
    expect(seen).toEqual(["a", "b", "c"]);
    expect([...items]).toEqual([]);
  });
});
