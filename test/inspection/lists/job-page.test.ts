import {
  Command,
  deferAll,
  queue,
  scheduledSet,
  UnknownOptionError,
  type JobPage,
  type JobSelection,
  type PageOptions,
} from "mandate";
import { expect, it } from "vitest";
import { onEachStore } from "../on-each-store.ts";

class Send extends Command.initializeWith((to: number) => ({ to })) {
  call(): void {}
}

class Other extends Command.initializeWith((to: number) => ({ to })) {
  call(): void {}
}

/** The arguments on each page. */
async function turned(
  selection: JobSelection,
  options: PageOptions,
  between: (page: JobPage) => Promise<unknown> = async () => undefined,
): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  let cursor: string | undefined;
  do {
    const page: JobPage = await queue("default").page(selection, { ...options, cursor });
    pages.push(page.jobs.map((job) => job.arguments[0]));
    await between(page);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return pages;
}

onEachStore("page", () => {
  it("turns over all jobs", async () => {
    await deferAll([1, 2, 3, 4, 5].map((to) => Send.prepare(to)));

    expect(await turned({}, { limit: 2 })).toEqual([[1, 2], [3, 4], [5]]);
    expect(await queue("default").page()).toMatchObject({ seen: 5, cursor: undefined });
    expect(await scheduledSet().page()).toEqual({ jobs: [], seen: 0, cursor: undefined });
  });

  it("turns over the selected ones, and begins behind the last of the page before", async () => {
    await deferAll(
      Array.from({ length: 1_200 }, (_, to) =>
        to % 100 === 7 ? Send.prepare(to) : Other.prepare(to),
      ),
    );

    const pages = await turned({ command: Send }, { limit: 5 });

    expect(pages).toEqual([
      [7, 107, 207, 307, 407],
      [507, 607, 707, 807, 907],
      [1_007, 1_107],
    ]);
  });

  it("looks at no more than it is told to", async () => {
    await deferAll(Array.from({ length: 30 }, (_, to) => Other.prepare(to)));
    await Send.defer(30);

    const page = await queue("default").page({ command: Send }, { lookAt: 20 });

    expect([page.jobs, page.seen, typeof page.cursor]).toEqual([[], 20, "string"]);
    expect(await turned({ command: Send }, { lookAt: 20 })).toEqual([[], [30]]);
  });

  it("misses none that stays, though those of a page are dealt with", async () => {
    await deferAll(Array.from({ length: 20 }, (_, to) => Send.prepare(to)));

    const pages = await turned({}, { limit: 3 }, ({ jobs: shown }) =>
      Promise.all(shown.map((job) => job.delete())),
    );

    expect(new Set(pages.flat()).size).toBe(20);
    expect(await queue("default").size()).toBe(0);
  });

  it("refuses limits that are none, and options that there are not", async () => {
    await expect(queue("default").page({}, { limit: 0 })).rejects.toThrow(
      new RangeError("Cannot use 0 as the limit of a page: give an integer of at least 1"),
    );
    await expect(queue("default").page({}, { lookAt: 0.5 })).rejects.toThrow(
      new RangeError("Cannot use 0.5 as the lookAt of a page: give an integer of at least 1"),
    );
    await expect(queue("default").page({}, { page: 2 } as PageOptions)).rejects.toThrow(
      UnknownOptionError,
    );
  });
});
