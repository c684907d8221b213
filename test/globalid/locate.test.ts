import { describe, expect, it, vi } from "vitest";
import { GlobalID, RecordNotFoundError } from "../../src/globalid/global-id.ts";
import { locateMany } from "../../src/globalid/locate.ts";
import { globalId } from "../../src/globalid/model-registry.ts";
import { ConfigurationError } from "../../src/support/errors.ts";

interface Row {
  readonly id: number;
}

describe("locateMany", () => {
  it("asks each model once, and keeps the order", async () => {
    const users = table("User", [1, 2, 3]);
    const posts = table("Post", [1, 2]);

    const records = await locateMany(gids("User/3", "Post/1", "User/1", "Post/2", "User/2"));

    expect(records).toEqual([
      users.rows[3],
      posts.rows[1],
      users.rows[1],
      posts.rows[2],
      users.rows[2],
    ]);
    expect(users.findMany.mock.calls).toEqual([[["3", "1", "2"]]]);
    expect(posts.findMany.mock.calls).toEqual([[["1", "2"]]]);
  });

  it("asks for a record once, and gives the same object for the same record", async () => {
    const users = table("User", [1]);

    const records = await locateMany(gids("User/1", "User/1", "User/%31", "User/1?a=b"));

    expect(new Set(records)).toEqual(new Set([users.rows[1]]));
    expect(users.findMany.mock.calls).toEqual([[["1"]]]);
  });

  it("asks all models at the same time", async () => {
    const asked: string[] = [];
    let askedBoth = () => {};
    const bothAsked = new Promise<void>((resolve) => {
      askedBoth = resolve;
    });
    for (const name of ["Left", "Right"]) {
      globalId.register(name, {
        find: () => undefined,
        findMany: async () => {
          if (asked.push(name) === 2) askedBoth();
          await bothAsked;
          return [{ id: 1 }];
        },
      });
    }

    expect(await locateMany(gids("Left/1", "Right/1"))).toEqual([{ id: 1 }, { id: 1 }]);
  });

  it("finds one by one where there is no findMany", async () => {
    const find = vi.fn<(id: string) => Promise<Row>>((id) => Promise.resolve({ id: Number(id) }));
    globalId.register("Single", { find });

    const records = await locateMany(gids("Single/2", "Single/1", "Single/2"));

    expect(records).toEqual([{ id: 2 }, { id: 1 }, { id: 2 }]);
    expect(find.mock.calls).toEqual([["2"], ["1"]]);
  });

  it("matches composite ids by all their parts", async () => {
    const rows = [
      { order: 7, sku: "a/b" },
      { order: 7, sku: "c" },
    ];
    const findMany = vi.fn<(ids: string[][]) => typeof rows>(() => rows.toReversed());
    globalId.register("LineItem", {
      find: ([, wanted]: string[]) => rows.find(({ sku }) => sku === wanted),
      findMany,
      idOf: ({ order, sku }) => [order, sku],
    });

    expect(await locateMany(gids("LineItem/7/a%2Fb", "LineItem/7/c"))).toEqual(rows);
    expect(findMany.mock.calls).toEqual([
      [
        [
          ["7", "a/b"],
          ["7", "c"],
        ],
      ],
    ]);
  });

  it("takes any iterable, and skips what is no row in it", async () => {
    globalId.register("Iterated", {
      find: () => undefined,
      *findMany() {
        yield null;
        yield { id: 1 };
        yield undefined;
      },
    });

    expect(await locateMany(gids("Iterated/1"))).toEqual([{ id: 1 }]);
  });

  it("asks nobody for nothing", async () => {
    expect(await locateMany([])).toEqual([]);
  });

  it.each([
    ["findMany", table],
    ["find", tableWithoutFindMany],
  ])("refuses a missing record, by %s", async (_, makeTable) => {
    makeTable("User", [1, 3]);

    const error: unknown = await locateMany(gids("User/1", "User/2", "User/4")).catch(
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(RecordNotFoundError);
    expect(String((error as RecordNotFoundError).gid)).toBe("gid://app/User/2");
  });

  it("leaves missing records out where it is told to", async () => {
    const users = table("User", [1, 3]);

    const records = await locateMany(gids("User/1", "User/2", "User/3"), { ignoreMissing: true });

    expect(records).toEqual([users.rows[1], users.rows[3]]);
  });

  it("refuses a model that is not registered, before it asks any", async () => {
    const users = table("User", [1]);

    await expect(locateMany(gids("User/1", "Nobody/1"))).rejects.toThrow(ConfigurationError);
    expect(users.findMany).not.toHaveBeenCalled();
  });

  it("passes on what the lookup throws", async () => {
    const failure = new Error("connection refused");
    globalId.register("Unreachable", {
      find: () => undefined,
      findMany: () => Promise.reject(failure),
    });

    await expect(locateMany(gids("Unreachable/1"))).rejects.toBe(failure);
  });

  it("does not take a record for missing whose id is only written otherwise", async () => {
    globalId.register("Written", { find: () => undefined, findMany: () => [{ id: "abc" }] });

    await expect(locateMany(gids("Written/ABC"))).rejects.toThrow(
      new ConfigurationError(
        'Cannot match what "findMany" of Written returned: there is a record with another id than ' +
          'those it was asked for. Register the model with an "idOf" that gives each record the id its global id has',
      ),
    );
  });

  it("refuses a record that has no id", async () => {
    globalId.register("Idless", { find: () => undefined, findMany: () => [{ uuid: "abc" }] });

    await expect(locateMany(gids("Idless/abc"))).rejects.toThrow(
      new ConfigurationError(
        'Cannot match what "findMany" of Idless returned: there is a record that has no id. ' +
          'Register the model with an "idOf" that gives each record the id its global id has',
      ),
    );
  });
});

function gids(...paths: string[]): GlobalID[] {
  return paths.map((path) => GlobalID.parse(`gid://app/${path}`)!);
}

function table(name: string, ids: number[]) {
  const rows = rowsOf(ids);
  const found = (wanted: string[]) =>
    Object.values(rows).filter(({ id }) => wanted.includes(String(id)));
  const findMany = vi.fn<(ids: string[]) => Promise<Row[]>>((wanted) =>
    Promise.resolve(found(wanted)),
  );
  globalId.register(name, { find: (id) => rows[Number(id)], findMany });
  return { rows, findMany };
}

function tableWithoutFindMany(name: string, ids: number[]) {
  const rows = rowsOf(ids);
  globalId.register(name, { find: (id) => rows[Number(id)] });
}

function rowsOf(ids: number[]): Record<number, Row> {
  return Object.fromEntries(ids.map((id) => [id, { id }]));
}
