import { ConfigurationError, globalId, GlobalID, locateMany, RecordNotFoundError } from "mandate";
import { describe, expect, it } from "vitest";

class User {
  constructor(readonly id: string) {}
}
globalId.register(User, { find: (id) => new User(id) });

function gid(uri: string): GlobalID {
  const parsed = GlobalID.parse(uri);
  if (parsed === undefined) throw new Error(`Expected a global id, found ${uri}`);
  return parsed;
}

describe("a locator for an application", () => {
  it("looks up its records, in whichever case it is written", async () => {
    globalId.use("Shop", { locate: ({ model, id, params }) => ({ model, id, params }) });

    expect(await gid("gid://shop/Order/7/99?locale=en").locate()).toEqual({
      model: "Order",
      id: ["7", "99"],
      params: { locale: "en" },
    });
    expect(await gid("gid://SHOP/User/1").locate()).not.toBeInstanceOf(User);
    expect(await gid("gid://other/User/1").locate()).toEqual(new User("1"));
  });

  it("is asked for all of them at once, and others are looked up here", async () => {
    const asked: string[][] = [];
    globalId.use("bulk", {
      locate: () => undefined,
      locateMany: (gids) => {
        asked.push(gids.map(String));
        return gids.map(({ id }) => `order ${String(id)}`);
      },
    });
    globalId.use("slow", { locate: async ({ id }) => `slow ${String(id)}` });
    const gids = ["bulk/Order/1", "app/User/2", "slow/Order/3", "bulk/Order/4"];

    const records = await locateMany(gids.map((path) => gid(`gid://${path}`)));

    expect(records).toEqual(["order 1", new User("2"), "slow 3", "order 4"]);
    expect(asked).toEqual([["gid://bulk/Order/1", "gid://bulk/Order/4"]]);
  });

  it("says that a record is missing by undefined or null", async () => {
    globalId.use("empty", { locate: () => null });
    globalId.use("short", { locate: () => undefined, locateMany: () => [] });

    await expect(gid("gid://empty/User/1").locate()).rejects.toThrow(RecordNotFoundError);
    await expect(locateMany([gid("gid://empty/User/1")])).rejects.toThrow(RecordNotFoundError);
    await expect(locateMany([gid("gid://short/User/1")])).rejects.toThrow(RecordNotFoundError);
  });

  it("is refused for what is no application, or without a function", () => {
    const locator = { locate: () => undefined };

    expect(() => globalId.use("two words", locator)).toThrow(ConfigurationError);
    expect(() => globalId.use("shop", {} as typeof locator)).toThrow(
      'Cannot use a locator for app "shop": "locate" is no function. Pass one that takes a global id and ' +
        "returns the record, or undefined where there is none",
    );
  });
});
