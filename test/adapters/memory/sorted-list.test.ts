import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Position } from "../../../src/adapters/memory/chunk.ts";
import { SortedList } from "../../../src/adapters/memory/sorted-list.ts";

describe("SortedList", () => {
  it("keeps items by rank, then by order", () => {
    const list = new SortedList<Position>();

    for (const [rank, order] of [
      [1, 1],
      [0, 3],
      [0, 2],
      [-1, 4],
      [1, 0],
    ] as const) {
      list.add(itemAt(rank, order));
    }

    expect(positions(list)).toEqual(["-1/4", "0/2", "0/3", "1/0", "1/1"]);
  });

  it("gives the first, until there is none", () => {
    const list = new SortedList<Position>();
    const [one, other] = [itemAt(0, 1), itemAt(0, 2)];
    list.add(other);
    list.add(one);

    expect(list.first).toBe(one);
    expect([list.shift(), list.shift(), list.shift()]).toEqual([one, other, undefined]);
    expect([list.size, list.first]).toEqual([0, undefined]);
  });

  it("does what a sorted array does, also when it is far longer than a chunk", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const list = new SortedList<Position>();
        const array: Position[] = [];
        let order = 0;
        for (const { kind, rank, times } of sequence) {
          for (let time = 0; time < times; time += 1) {
            order += 1;
            play(kind, {
              list,
              array,
              item: itemAt(rank, kind === "head" ? -order : order),
              order,
            });
          }
        }

        expect(list.size).toBe(array.length);
        expect(list.first).toBe(array[0]);
        expect(forwards(list, 37)).toEqual(array);
        expect(backwards(list, 37)).toEqual(array.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  it("goes on behind an item that has gone", () => {
    const list = new SortedList<Position>();
    const items = Array.from({ length: 1_000 }, (_, index) => itemAt(0, index));
    items.forEach((item) => list.add(item));

    for (const item of items.slice(300, 700)) {
      list.remove(item);
    }

    expect(list.after({ rank: 0, order: 500 }, 2)).toEqual([items[700], items[701]]);
    expect(list.before({ rank: 0, order: 500 }, 2)).toEqual([items[299], items[298]]);
  });
});

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("add", "add", "head", "shift", "remove"),
    rank: fc.oneof(fc.constant(0), fc.double({ min: -2, max: 2, noNaN: true })),
    times: fc.constantFrom(1, 3, 200, 700),
  }),
  { maxLength: 12 },
);

function play(
  kind: string,
  {
    list,
    array,
    item,
    order,
  }: { list: SortedList<Position>; array: Position[]; item: Position; order: number },
): void {
  if (kind === "shift") {
    assert.equal(list.shift(), array.shift());
  } else if (kind === "remove") {
    const [gone] = array.splice((order * 7919) % Math.max(1, array.length), 1);
    if (gone !== undefined) {
      list.remove(gone);
    }
  } else {
    const behind = array.findIndex(
      (other) => other.rank > item.rank || (other.rank === item.rank && other.order > item.order),
    );
    array.splice(behind < 0 ? array.length : behind, 0, item);
    list.add(item);
  }
}

function forwards(list: SortedList<Position>, page: number): Position[] {
  const seen: Position[] = [];
  for (
    let items = list.after(undefined, page);
    items.length > 0;
    items = list.after(seen.at(-1), page)
  ) {
    seen.push(...items);
  }
  return seen;
}

function backwards(list: SortedList<Position>, page: number): Position[] {
  const seen: Position[] = [];
  for (
    let items = list.before(undefined, page);
    items.length > 0;
    items = list.before(seen.at(-1), page)
  ) {
    seen.push(...items);
  }
  return seen;
}

function itemAt(rank: number, order: number): Position {
  return { rank, order };
}

function positions(list: SortedList<Position>): string[] {
  return list.after(undefined, 100).map(({ rank, order }) => `${rank}/${order}`);
}
