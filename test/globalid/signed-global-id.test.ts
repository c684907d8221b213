import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  configure,
  ConfigurationError,
  GlobalIdVerifier,
  InvalidDurationError,
  InvalidSignedGlobalIDError,
  SignedGlobalID,
} from "mandate";
import { globalId } from "../../src/globalid/model-registry.ts";
import { globalIdSettings } from "../../src/globalid/settings.ts";

class User {
  constructor(readonly id: string) {}
}

interface Recording {
  readonly signed: {
    readonly key: string;
    readonly default: string;
    readonly with_purpose: string;
    readonly with_expiry: string;
  };
}

const versions = ["6.4.1", "7.3.2", "7.3.10", "8.1.7"];

beforeEach(() => {
  globalId.register(User, { find: (id) => new User(id) });
  configure({ appName: "interop", secretKeyBase: "a secret" });
});

afterEach(() => {
  vi.useRealTimers();
  globalIdSettings.verifier = undefined;
  globalIdSettings.appName = "app";
});

describe("SignedGlobalID", () => {
  it("comes back as it was made", async () => {
    const signed = SignedGlobalID.create(new User("42"), { for: "login", expiresIn: 60 });

    const read = SignedGlobalID.parse(signed.toString(), { for: "login" });

    expect(read?.gid.toString()).toBe("gid://interop/User/42");
    expect(read?.purpose).toBe("login");
    expect(read?.expiresAt).toEqual(signed.expiresAt);
    expect(JSON.stringify(read)).toBe(JSON.stringify(signed.toString()));
    expect(await read?.locate()).toEqual(new User("42"));
  });

  it("is good for thirty days, or as long as it says", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    const until = new Date(Date.UTC(2026, 5, 1));

    const expiries = [
      SignedGlobalID.create(new User("1")),
      SignedGlobalID.create(new User("1"), { expiresIn: "1 hour" }),
      SignedGlobalID.create(new User("1"), { expiresIn: Infinity }),
      SignedGlobalID.create(new User("1"), { expiresAt: until }),
    ].map(({ expiresAt }) => expiresAt?.toISOString());

    expect(expiries).toEqual([
      "2026-01-31T00:00:00.000Z",
      "2026-01-01T01:00:00.000Z",
      undefined,
      "2026-06-01T00:00:00.000Z",
    ]);
  });

  it("is refused when its time is over", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    const text = SignedGlobalID.create(new User("1"), { expiresIn: 60 }).toString();

    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 0, 59));
    expect(SignedGlobalID.parse(text)).toBeDefined();
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 1, 0));

    expect(SignedGlobalID.parse(text)).toBeUndefined();
  });

  it("is refused for anything but what it was made for", () => {
    const text = SignedGlobalID.create(new User("1"), { for: "login" }).toString();

    expect(SignedGlobalID.parse(text)).toBeUndefined();
    expect(SignedGlobalID.parse(text, { for: "logout" })).toBeUndefined();
  });

  it("is refused when anything in it was changed", () => {
    const text = SignedGlobalID.create(new User("1")).toString();
    const [data = "", signature = ""] = text.split("--");
    const flipped = signature.startsWith("0") ? `1${signature.slice(1)}` : `0${signature.slice(1)}`;

    const changed = [
      `${data}--${flipped}`,
      `${data.slice(0, -4)}AAAA--${signature}`,
      `${text}--${signature}`,
      data,
      `--${signature}`,
      "",
      42,
      undefined,
    ];

    expect(changed.map((each) => SignedGlobalID.parse(each))).toEqual(changed.map(() => undefined));
  });

  it("is refused under another secret, or another digest", () => {
    const text = SignedGlobalID.create(new User("1")).toString();

    const others = [
      new GlobalIdVerifier({ secretKeyBase: "another" }),
      new GlobalIdVerifier({ secretKeyBase: "a secret", keyDigest: "sha1" }),
    ];

    expect(others.map((verifier) => SignedGlobalID.parse(text, { verifier }))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it.each([
    ["a number", "BAhpBg=="],
    ["an object", "BAhvOgtPYmplY3QA"],
    ["a hash without a global id", "BAh7AA=="],
    ["cut off", "BAhJ"],
    ["a symbol that was never written out", "BAhJIgZhBjsAVA=="],
    ["of an older version", "AwhJIgZhBjoGRVQ="],
    ["a negative length", "BAgi/w=="],
    ["a hash with a number for a key", "BAh7BmkGaQY="],
    ["JSON of something else", Buffer.from('{"_rails":1}').toString("base64url")],
    ["JSON null", Buffer.from("null").toString("base64url")],
  ])("is refused where it is genuine and no global id: %s", (_what, data) => {
    const verifier = new GlobalIdVerifier({ key: "key" });
    const genuine = signedWith("key", data);

    expect(SignedGlobalID.parse(genuine, { verifier })).toBeUndefined();
  });

  it("is refused where nobody can read its expiry", () => {
    const verifier = new GlobalIdVerifier({ key: "key" });
    const envelope = { data: "gid://interop/User/1", exp: "soon", pur: "default" };
    const data = Buffer.from(JSON.stringify({ _rails: envelope })).toString("base64url");

    expect(SignedGlobalID.parse(signedWith("key", data), { verifier })).toBeUndefined();
  });

  it("throws from verify what says nothing to a forger", () => {
    expect(() => SignedGlobalID.verify("forged", { for: "login" })).toThrow(
      new InvalidSignedGlobalIDError("login"),
    );
    expect(new InvalidSignedGlobalIDError("login")).toMatchObject({
      code: "MANDATE_INVALID_SIGNED_GLOBAL_ID",
      purpose: "login",
      message:
        'Cannot accept a signed global id for "login": it is not genuine, was made for something else, ' +
        "or its time is over. Where a genuine one is refused, compare both sides' secretKeyBase and keyDigest",
    });
  });

  it("needs a secret", () => {
    globalIdSettings.verifier = undefined;

    expect(() => SignedGlobalID.create(new User("1"))).toThrow(
      new ConfigurationError(
        "Cannot sign or verify global ids: there is no secret. " +
          "Call configure({ secretKeyBase }) with the one that Rails has, or pass a verifier",
      ),
    );
    expect(() => configure({ secretKeyBase: "" })).toThrow(
      new ConfigurationError(
        "Cannot sign global ids without a secret: it is missing, or empty. " +
          "Give secretKeyBase, the same as Rails has (SECRET_KEY_BASE), or the key itself",
      ),
    );
  });

  it("refuses what is no duration, no format, no digest and no verifier", () => {
    expect(() => SignedGlobalID.create(new User("1"), { expiresIn: -1 })).toThrow(
      InvalidDurationError,
    );
    expect(() => new GlobalIdVerifier({ key: "key", format: "yaml" as never })).toThrow(
      new ConfigurationError(
        'Cannot use "yaml" as format of new GlobalIdVerifier(): give "message" or "hash"',
      ),
    );
    expect(() => new GlobalIdVerifier({ key: "key", keyDigest: "md5" as never })).toThrow(
      /Cannot use "md5" as keyDigest/,
    );
    expect(() => configure({ globalIdVerifier: {} as never })).toThrow(ConfigurationError);
  });
});

describe.each(versions)("What Rails signed beside Sidekiq %s", (version) => {
  const { signed } = readRecording(version);
  const verifier = new GlobalIdVerifier({ key: signed.key });

  it("is verified", () => {
    const read = [
      SignedGlobalID.parse(signed.default, { verifier }),
      SignedGlobalID.parse(signed.with_purpose, { verifier, for: "login" }),
      SignedGlobalID.parse(signed.with_expiry, { verifier }),
    ];

    expect(read.map((each) => each?.gid.model)).toEqual(["User", "User", "User"]);
    expect(read.map((each) => each?.gid.id)).toEqual(["42", "42", "42"]);
    expect(read[2]?.expiresAt?.toISOString()).toBe("2100-01-01T00:00:00.000Z");
  });

  it("is written alike, but for the expiry that Ruby repeats in the parameters", () => {
    const own = new GlobalIdVerifier({
      key: signed.key,
      format: version === "6.4.1" ? "hash" : "message",
    });
    // Ruby's `expires_in: nil` became a parameter.
    const uri = "gid://interop/User/42?expires_in";

    const written = own.sign({ uri, purpose: "login", expiresAt: undefined });

    expect(written).toBe(signed.with_purpose);
  });
});

function readRecording(version: string): Recording {
  const file = new URL(`../fixtures/wire/sidekiq-${version}/global_id.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

function signedWith(key: string, data: string): string {
  const signature = createHmac("sha1", key).update(data).digest("hex");
  return `${data}--${signature}`;
}
