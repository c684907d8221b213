import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GlobalID, RecordNotFoundError } from "../../src/globalid/global-id.ts";
import { globalId } from "../../src/globalid/model-registry.ts";
import { globalIdSettings } from "../../src/globalid/settings.ts";
import { ConfigurationError, MandateError } from "../../src/support/errors.ts";

class User {
  constructor(readonly id?: string | number | bigint) {}
}
class LineItem {
  constructor(readonly ids: string[]) {}
}

beforeEach(() => {
  globalId.register(User, { find: (id) => (id === "404" ? undefined : new User(id)) });
  globalId.register(LineItem, {
    find: (ids: string[]) => new LineItem(ids),
    idOf: ({ ids }) => ids,
  });
});

afterEach(() => {
  globalIdSettings.appName = "app";
});

describe("GlobalID.create", () => {
  it.each([
    [42, "gid://app/User/42"],
    [9_007_199_254_740_993n, "gid://app/User/9007199254740993"],
    ["ada lovelace/ü", "gid://app/User/ada+lovelace%2F%C3%BC"],
  ])("%# has the record's id", (id, uri) => {
    expect(GlobalID.create(new User(id)).toString()).toBe(uri);
  });

  it("has the configured app, or the one it is told, and parameters", () => {
    globalIdSettings.appName = "website";

    const gids = [
      GlobalID.create(new User(1)),
      GlobalID.create(new User(1), { app: "other", params: { locale: "en gb" } }),
    ];

    expect(gids.map(String)).toEqual(["gid://website/User/1", "gid://other/User/1?locale=en+gb"]);
  });

  it("refuses what no model has", () => {
    class Stranger {}

    expect(() => GlobalID.create(new Stranger())).toThrow(
      new ConfigurationError(
        "Cannot create a global id for an object of Stranger: no registered model has it. " +
          "Call globalId.register for its class, or use reference(name, row)",
      ),
    );
    expect(() => GlobalID.create(Object.create(null) as object)).toThrow(/an object of no class:/);
  });

  it("refuses a record without an id", () => {
    expect(() => GlobalID.create(new User())).toThrow(
      new TypeError(
        "Cannot create a global id for a User: it has no id, or none that is a string, a number " +
          'or a bigint. Save it first, or register the model with an "idOf"',
      ),
    );
  });

  it("refuses an app that cannot stand in it", () => {
    expect(() => GlobalID.create(new User(1), { app: "my app" })).toThrow(ConfigurationError);
  });
});

describe("GlobalID.parse", () => {
  it("tells app, model, id and parameters", () => {
    expect(GlobalID.parse("gid://website/Blog::Post/7/99?locale=en")).toMatchObject({
      app: "website",
      model: "Blog::Post",
      id: ["7", "99"],
      params: { locale: "en" },
    });
  });

  it("gives back a global id as it is", () => {
    const gid = GlobalID.create(new User(1));

    expect(GlobalID.parse(gid)).toBe(gid);
  });

  it.each(["", "nonsense", "Z2lkOi8v", "gid://app/User", 42, null, undefined, {}])(
    "gives undefined for %j",
    (text) => {
      expect(GlobalID.parse(text)).toBeUndefined();
    },
  );
});

describe("GlobalID", () => {
  it("is written in Base64, and read from it", () => {
    const gid = GlobalID.create(new User("ada lovelace/ü"));

    expect(gid.toParam()).toBe("Z2lkOi8vYXBwL1VzZXIvYWRhK2xvdmVsYWNlJTJGJUMzJUJD");
    expect(GlobalID.parse(gid.toParam())?.equals(gid)).toBe(true);
    expect(GlobalID.parse(`${gid.toParam()}==`)?.equals(gid)).toBe(true);
  });

  it("is its text in JSON", () => {
    expect(JSON.stringify({ user: GlobalID.create(new User(1)) })).toBe(
      '{"user":"gid://app/User/1"}',
    );
  });

  it("equals what is written alike", () => {
    const gid = GlobalID.create(new User(1));

    expect(gid.equals(GlobalID.parse("gid://app/User/1"))).toBe(true);
    expect(gid.equals(GlobalID.parse("gid://app/User/%31"))).toBe(true);
    expect(gid.equals(GlobalID.parse("gid://app/User/2"))).toBe(false);
    expect(gid.equals(GlobalID.parse("gid://other/User/1"))).toBe(false);
    expect(gid.equals(GlobalID.parse("gid://app/User/1?a=b"))).toBe(false);
    expect(gid.equals("gid://app/User/1")).toBe(false);
  });
});

describe("GlobalID#locate", () => {
  it("finds the record, handing its id over as a string", async () => {
    expect(await GlobalID.create(new User(42)).locate()).toEqual(new User("42"));
  });

  it("hands over a composite id as an array of its own", async () => {
    const gid = GlobalID.create(new LineItem(["7", "a/b"]));

    const item = (await gid.locate()) as LineItem;
    item.ids.push("changed");

    expect(item.ids).toEqual(["7", "a/b", "changed"]);
    expect(gid.id).toEqual(["7", "a/b"]);
  });

  it("asks the model registered here, whichever app is named", async () => {
    expect(await GlobalID.parse("gid://other-app/User/1")?.locate()).toEqual(new User("1"));
  });

  it("refuses where there is no record", async () => {
    const gid = GlobalID.create(new User(404));

    const error: unknown = await gid.locate().catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(RecordNotFoundError);
    expect(error).toBeInstanceOf(MandateError);
    expect(error).toMatchObject({
      name: "RecordNotFoundError",
      code: "MANDATE_RECORD_NOT_FOUND",
      gid,
      message:
        "Cannot find gid://app/User/404: no User has that id. " +
        "It may be deleted, or its transaction may not have been committed yet",
    });
  });

  it("refuses a model that is not registered", async () => {
    await expect(GlobalID.parse("gid://app/Nobody/1")?.locate()).rejects.toThrow(
      new ConfigurationError(
        'Cannot find the model "Nobody": no class or name is registered as that. ' +
          "Call globalId.register for it. Registered here: User, LineItem",
      ),
    );
  });

  it("passes on what the lookup throws", async () => {
    const failure = new Error("connection refused");
    globalId.register("Unreachable", { find: () => Promise.reject(failure) });

    await expect(GlobalID.parse("gid://app/Unreachable/1")?.locate()).rejects.toBe(failure);
  });
});
