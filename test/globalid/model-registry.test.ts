import vm from "node:vm";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { GlobalID } from "../../src/globalid/global-id.ts";
import { globalId } from "../../src/globalid/model-registry.ts";
import { globalIdSettings } from "../../src/globalid/settings.ts";
import { ConfigurationError } from "../../src/support/errors.ts";

const find = () => undefined;

afterEach(() => {
  globalIdSettings.reloading = false;
});

describe("globalId.register", () => {
  it("knows the instances of a class by the class's name", () => {
    class Author {
      id = 7;
    }

    globalId.register(Author, { find });

    expect(gid(new Author())).toBe("gid://app/Author/7");
  });

  it("knows them by another name where one is given", () => {
    class Post {
      id = 7;
    }

    globalId.register(Post, { name: "Blog::Post", find });

    expect(gid(new Post())).toBe("gid://app/Blog::Post/7");
  });

  it("takes a subclass for its nearest registered ancestor", () => {
    class Animal {
      id = 1;
    }
    class Dog extends Animal {}
    class Puppy extends Dog {}
    class Cat extends Animal {}

    globalId.register(Animal, { find });
    globalId.register(Dog, { find });

    expect([new Animal(), new Dog(), new Puppy(), new Cat()].map(gid)).toEqual([
      "gid://app/Animal/1",
      "gid://app/Dog/1",
      "gid://app/Dog/1",
      "gid://app/Animal/1",
    ]);
  });

  it("takes a class that nobody else can construct", () => {
    class Token {
      static make(): Token {
        return new Token();
      }
      id = 1;
      private constructor() {}
    }

    globalId.register(Token, { find });

    expect(gid(Token.make())).toBe("gid://app/Token/1");
  });

  it("knows plain rows by is", () => {
    globalId.register("Invoice", { find, is: (row) => "invoiceNumber" in row });

    expect(gid({ id: 5, invoiceNumber: "A-5" })).toBe("gid://app/Invoice/5");
    expect(() => gid({ id: 5 })).toThrow(ConfigurationError);
  });

  it("takes the id that idOf gives, with as many parts as the key has", () => {
    class LineItem {
      constructor(
        readonly orderId: bigint,
        readonly sku: string,
      ) {}
    }

    globalId.register(LineItem, {
      find: ([orderId, sku]: string[]) => new LineItem(BigInt(orderId ?? 0), sku ?? ""),
      idOf: (item) => [item.orderId, item.sku],
    });

    expect(gid(new LineItem(7n, "a/b"))).toBe("gid://app/LineItem/7/a%2Fb");
  });

  it("takes the same class, or the same name, again", () => {
    class Twice {
      id = 1;
    }

    globalId.register(Twice, { find });
    globalId.register(Twice, { find, idOf: () => 2 });
    globalId.register("TwiceByName", { find, is: (row) => "twice" in row });
    globalId.register("TwiceByName", { find, is: (row) => "twice" in row, idOf: () => 2 });

    expect(gid(new Twice())).toBe("gid://app/Twice/2");
    expect(gid({ id: 1, twice: true })).toBe("gid://app/TwiceByName/2");
  });

  it("refuses a class whose name a build made, unless it is given one", () => {
    const e = [class e {}][0]!;

    expect(() => globalId.register(e, { find })).toThrow(
      new ConfigurationError(
        "Cannot register class e as a model: a minifier or a bundler seems to have made that name, and in the next build " +
          'it is another model\'s. Pass a "name", such as "User", or have the build keep names',
      ),
    );
    globalId.register(e, { find, name: "Minified" });
    expect(gid(Object.assign(new e(), { id: 1 }))).toBe("gid://app/Minified/1");
  });

  it("refuses another class of the same name", () => {
    globalId.register(accountClass(), { find });

    expect(() => globalId.register(accountClass(), { find })).toThrow(
      new ConfigurationError(
        'Cannot register class Account as model "Account": class Account has that name. ' +
          'Pass another "name", or configure({ reloading: true }) where classes are loaded anew',
      ),
    );
    expect(() => globalId.register("Account", { find })).toThrow(
      'Cannot register plain rows as model "Account": class Account has that name. ',
    );
  });

  it("takes the copy of a class that another bundle has for that class", () => {
    const [one, other] = [1, 2].map((bundle) =>
      registeredIn(bundle, "class Bill { constructor(id) { this.id = id; } }", "() => null"),
    );

    expect([gid(new one!(1)), gid(new other!(2))]).toEqual([
      "gid://app/Bill/1",
      "gid://app/Bill/2",
    ]);
    expect(() => globalId.register(class Bill {}, { find })).toThrow(
      'Cannot register class Bill as model "Bill": class Bill has that name. ',
    );
  });

  it.each([
    ["says nothing of itself", "class Plain {}", "() => null", "class Plain { }", "() => null"],
    ["is found otherwise", "class Found { x = 1 }", "() => 1", "class Found { x = 1 }", "() => 2"],
    ["is another", "class Other { x = 1 }", "() => 1", "class Other { x = 2 }", "() => 1"],
  ])("takes no class for a copy that %s", (_how, first, find1, second, find2) => {
    registeredIn(1, first, find1);

    expect(() => registeredIn(2, second, find2)).toThrow(/^Cannot register class .* has that name/);
  });

  it("replaces it while reloading", () => {
    const [before, after] = [accountClass(), accountClass()];
    globalIdSettings.reloading = true;

    globalId.register(before, { name: "Reloaded", find });
    globalId.register(after, { name: "Reloaded", find, idOf: () => "new" });

    expect(gid(new after())).toBe("gid://app/Reloaded/new");
  });

  it.each(["", "User Name", "User/1", "Benützer"])("refuses %j as a name", (name) => {
    expect(() => globalId.register(name, { find })).toThrow(
      new ConfigurationError(
        `Cannot register a model as ${JSON.stringify(name)}: the name stands in "gid://app/Model/1". ` +
          'Pass a "name" of letters, digits and _ . : $ ~ -, such as "User" or "Blog::Post"',
      ),
    );
  });

  it("refuses a model without find", () => {
    expect(() => globalId.register("Findless", {} as { find: () => undefined })).toThrow(
      new TypeError(
        'Cannot register model "Findless": "find" is no function. Pass one that takes an id and ' +
          "returns the record, or undefined where there is none",
      ),
    );
  });

  it("refuses an option that it does not know", () => {
    expect(() => globalId.register("Misspelt", { find, findmany: () => [] } as never)).toThrow(
      new ConfigurationError(
        'Cannot register model "Misspelt" with "findmany": there is no such option. Did you mean "findMany"? ' +
          "There are: name, find, findMany, idOf, is",
      ),
    );
  });

  it("is shared by all copies of the package", async () => {
    class Shared {
      id = 1;
    }
    vi.resetModules();
    const otherCopy = await import("../../src/globalid/model-registry.ts");

    otherCopy.globalId.register(Shared, { find });

    expect(otherCopy.globalId).not.toBe(globalId);
    expect(gid(new Shared())).toBe("gid://app/Shared/1");
  });

  it("infers the row's type, and takes any thenable", () => {
    globalId.register("Typed", {
      find: (id) => {
        expectTypeOf(id).toEqualTypeOf<string>();
        return Promise.resolve({ id: 1, name: "Ada" });
      },
      findMany: (ids) => {
        expectTypeOf(ids).toEqualTypeOf<string[]>();
        return [];
      },
      idOf: (row) => {
        expectTypeOf(row).toEqualTypeOf<{ id: number; name: string }>();
        return row.id;
      },
    });
    globalId.register(Date, {
      // @ts-expect-error It finds something else than a Date.
      find: () => ({ id: 1 }),
    });
  });
});

function accountClass() {
  return class Account {
    id = 1;
  };
}

function gid(record: object): string {
  return GlobalID.create(record).toString();
}

/** Registers a class as a file of its own would, and returns it. */
function registeredIn(
  bundle: number,
  declaration: string,
  lookup: string,
): new (id: number) => object {
  const source = `(globalId) => {
    const model = ${declaration};
    globalId.register(model, { find: ${lookup} });
    return model;
  }`;
  const register = vm.runInThisContext(source, { filename: `/bundle-${bundle}.mjs` }) as (
    ids: typeof globalId,
  ) => new (id: number) => object;
  return register(globalId);
}
