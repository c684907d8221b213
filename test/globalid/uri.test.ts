import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUri, idText, parseUri } from "../../src/globalid/uri.ts";

interface Parsed {
  app: string;
  model_name: string;
  model_id: string | string[];
  params: Record<string, string> | null;
}
interface Recording {
  built: Record<string, { gid: string; parsed: Parsed }>;
  with_params: string;
  other_app: string;
  uris: Record<string, Parsed | { parsed: null }>;
}

// GlobalID 0.6 (Sidekiq 6.4.1) knows no composite ids; before 1.4 an app has no underscore.
const versions = ["sidekiq-6.4.1", "sidekiq-7.3.2", "sidekiq-7.3.10", "sidekiq-8.1.7"] as const;
const recordings = versions.map((version) => ({ version, recording: recorded(version) }));

describe("what GlobalID wrote", () => {
  const built = recordings.flatMap(({ version, recording }) =>
    Object.entries(recording.built)
      .filter(([name]) => version !== "sidekiq-6.4.1" || name !== "composite")
      .map(([name, { gid, parsed }]) => ({ version, name, gid, parsed })),
  );

  it.each(built)("$version: $name is read, and written, alike", ({ gid, parsed }) => {
    expect(parseUri(gid)).toEqual(parts(parsed));
    expect(formatUri(parts(parsed))).toBe(gid);
  });

  it("has parameters in the form encoding", () => {
    for (const { recording } of recordings) {
      const params = { locale: "en gb", "a&b": "ü" };

      expect(formatUri({ app: "interop", model: "User", id: "1", params })).toBe(
        recording.with_params,
      );
      expect(parseUri(recording.with_params)?.params).toEqual(params);
    }
  });

  it("reads another app's", () => {
    expect(parseUri(recorded("sidekiq-8.1.7").other_app)).toEqual({
      app: "other-app",
      model: "User",
      id: "1",
    });
  });
});

describe("what GlobalID read", () => {
  it.each(Object.entries(recorded("sidekiq-8.1.7").uris))("%s", (text, parsed) => {
    expect(parseUri(text)).toEqual("app" in parsed ? parts(parsed) : undefined);
  });
});

describe("parseUri", () => {
  it.each([
    "gid:/app/User/1",
    "GID://app/User/1",
    " gid://app/User/1",
    "gid://app/User/1\n",
    "gid://app/User/1#top",
    "gid://app//1",
    "gid://app/User//",
    "gid://my app/User/1",
    "gid://app:80/User/1",
    "gid://user@app/User/1",
    "gid://-app/User/1",
    "gid://app/Us er/1",
    "gid://app/Us%20er/1",
    "gid://app/User/a b",
    "gid://app/User/ü",
    "gid://app/User/%",
    "gid://app/User/%zz",
    "gid://app/User/%ff",
    "gid://app/User/1?a=%zz",
    `gid://app/User/${Array.from({ length: 21 }, (_, index) => index).join("/")}`,
  ])("does not take %j for a global id", (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it("ignores empty parts, as Ruby does", () => {
    expect(parseUri("gid://app/User/1/")).toEqual({ app: "app", model: "User", id: "1" });
    expect(parseUri("gid://app/LineItem/7//99")).toEqual({
      app: "app",
      model: "LineItem",
      id: ["7", "99"],
    });
  });

  it("reads a plus sign and %20 as a space, and either case of hex", () => {
    expect(parseUri("gid://app/User/a+b%20c%2fd%2Fe")?.id).toBe("a b c/d/e");
  });

  it("reads up to 20 parts", () => {
    const ids = Array.from({ length: 20 }, (_, index) => String(index));

    expect(parseUri(`gid://app/User/${ids.join("/")}`)?.id).toEqual(ids);
  });

  it("keeps hostile parameters to themselves", () => {
    const params = parseUri("gid://app/User/1?__proto__=evil&constructor=evil")?.params;

    expect(Object.entries(params ?? {})).toEqual([
      ["__proto__", "evil"],
      ["constructor", "evil"],
    ]);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
  });

  it("reads whatever was written", { timeout: 60_000 }, () => {
    const part = fc.string({ unit: "binary", minLength: 1 });
    const id = fc.oneof(part, fc.array(part, { minLength: 2, maxLength: 20 }));
    const params = fc.dictionary(part, fc.string({ unit: "binary" }), { minKeys: 1 });
    const written = fc.record(
      {
        app: fc.constantFrom("app", "My-App", "my_app", "0"),
        model: fc.constantFrom("User", "Blog::Post", "line_item"),
        id,
        params,
      },
      { requiredKeys: ["app", "model", "id"] },
    );

    fc.assert(
      fc.property(written, (gid) => {
        const text = formatUri(gid);

        expect(text).toMatch(/^[\x21-\x7e]+$/);
        expect(parseUri(text)).toEqual(gid);
      }),
    );
  });
});

describe("idText", () => {
  it.each([
    ["text", "text"],
    [42, "42"],
    [0, "0"],
    [-1.5, "-1.5"],
    [9_007_199_254_740_993n, "9007199254740993"],
    ["11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-555555555555"],
    [
      [7, "a/b", 3n],
      ["7", "a/b", "3"],
    ],
    [["7"], "7"],
  ])("%# takes an id", (id, text) => {
    expect(idText(id)).toEqual(text);
  });

  it.each([
    [undefined],
    [null],
    [""],
    [Number.NaN],
    [Infinity],
    [true],
    [{}],
    [new Date(0)],
    ["\uD800"],
    [[]],
    [[7, undefined]],
    [[7, ""]],
    [[[7]]],
    [Array.from({ length: 21 }, () => 1)],
  ])("%# refuses what is none", (id) => {
    expect(idText(id)).toBeUndefined();
  });
});

function recorded(version: (typeof versions)[number]): Recording {
  const file = new URL(`../fixtures/wire/${version}/global_id.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

function parts({ app, model_name: model, model_id: id, params }: Parsed) {
  return { app, model, id, ...(params ? { params } : {}) };
}
