import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { GlobalID } from "../../src/globalid/global-id.ts";
import { globalId } from "../../src/globalid/model-registry.ts";
import { reference } from "../../src/globalid/reference.ts";
import { ConfigurationError } from "../../src/support/errors.ts";

interface Row {
  readonly id: number;
  readonly email: string;
}
class User {
  constructor(
    readonly id: number,
    readonly email = "",
  ) {}
}
class Admin extends User {}

globalId.register("Row", { find: (id): Row => ({ id: Number(id), email: "" }) });
globalId.register(User, { find: (id) => new User(Number(id)) });
globalId.register("LineItem", { find: (id: string[]) => ({ id }) });

describe("reference to a row", () => {
  it("is the row itself", () => {
    const row: Row = Object.freeze({ id: 1, email: "ada@example.org" });

    expect(reference("Row", row)).toBe(row);
    expect(String(GlobalID.create(row))).toBe("gid://app/Row/1");
  });

  it("reads the id when it is asked for", () => {
    const row = reference("Row", { id: 0, email: "" });

    Object.assign(row, { id: 9 });

    expect(String(GlobalID.create(row))).toBe("gid://app/Row/9");
  });

  it("names the model that was said, whatever else the row is", () => {
    expect(String(GlobalID.create(reference("Row", new User(1))))).toBe("gid://app/Row/1");
  });

  it("is forgotten by copies", () => {
    const row = reference("Row", { id: 1, email: "" });

    expect(() => GlobalID.create({ ...row })).toThrow(ConfigurationError);
  });

  it("has the row's type", () => {
    const row: Row = { id: 1, email: "" };

    expectTypeOf(reference("Row", row)).toEqualTypeOf<Row>();
    expectTypeOf(reference(User, new Admin(1))).toExtend<User>();
    // @ts-expect-error A row of another type.
    reference(User, { nickname: "ada" });
  });
});

describe("reference to an id", () => {
  it.each([
    [reference<Row>("Row", 42), "gid://app/Row/42"],
    [reference(User, 9_007_199_254_740_993n), "gid://app/User/9007199254740993"],
    [reference(Admin, "1"), "gid://app/User/1"],
    [reference<{ id: string[] }>("LineItem", [7, "a/b"]), "gid://app/LineItem/7/a%2Fb"],
  ])("%# stands for the record", (standIn, uri) => {
    expect(String(GlobalID.create(standIn))).toBe(uri);
  });

  it("cannot be used in the record's place inline", () => {
    const user = reference(User, 42);

    expect(() => user.email).toThrow(
      new TypeError(
        'Cannot read "email" of a reference to a User: the record is looked up when a job runs. ' +
          "Inline, pass the record itself, such as GlobalID.create(reference).locate() gives",
      ),
    );
  });

  it("can be located, awaited and shown", async () => {
    const user = reference(User, 42);

    expect(await GlobalID.create(user).locate()).toEqual(new User(42));
    expect(await Promise.resolve(user)).toBe(user);
    expect(inspect(user)).toBe("reference(gid://app/User/42)");
    expect(Object.prototype.toString.call(user)).toBe("[object Object]");
    expect(user.constructor).toBeUndefined();
    expect(JSON.stringify({ user })).toBe('{"user":"gid://app/User/42"}');
  });

  it("has the type of the record", () => {
    const greet = (user: User) => () => user.email;
    const rowReference = reference<Row>("Row", 42);

    expectTypeOf(reference(User, 42)).toEqualTypeOf<User>();
    expectTypeOf(rowReference).toEqualTypeOf<Row>();
    expectTypeOf(greet(reference("User", 42))).toBeFunction();
    expectTypeOf(rowReference).not.toExtend<{ id: string }>();
    // @ts-expect-error A reference of unknown type.
    const unknownToBeUser: User = reference<object>("User", 42);
    expect(unknownToBeUser).toBeDefined();
  });
});

describe("reference", () => {
  it("refuses a model that is not registered", () => {
    class Stranger {}
    const message = (name: string, meant = "") =>
      `Cannot find the model "${name}": no class or name is registered as that.${meant} ` +
      "Call globalId.register for it. Registered here: Row, User, LineItem";

    expect(() => reference("Usr", 1)).toThrow(
      new ConfigurationError(message("Usr", ' Did you mean "User"?')),
    );
    expect(() => reference(Stranger, 1)).toThrow(new ConfigurationError(message("Stranger")));
  });

  it.each([[undefined], [null], [""], [Number.NaN], [[]], [true]])(
    "%# refuses what is neither a row nor an id",
    (value) => {
      expect(() => reference("Row", value as unknown as number)).toThrow(
        new TypeError(
          "Cannot refer to a Row: neither a row nor an id was given. " +
            "Pass the row, or its id: a string, a number, a bigint, or an array of them",
        ),
      );
    },
  );
});
