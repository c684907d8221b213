import { describe, expect, it } from "vitest";
import { configure, globalId, GlobalIdVerifier, SignedGlobalID } from "mandate";
import { Ruby } from "../support/ruby.ts";
import { cannotRun } from "./beside-ruby.ts";

class User {
  constructor(readonly id: string) {}
}

interface Answer {
  readonly globalid: string;
  readonly same_key: boolean;
  readonly verified: (string | null)[];
  readonly made: { readonly default: string; readonly forever: string; readonly expired: string };
}

describe.skipIf(cannotRun)("Signed global ids", () => {
  it.each(["sha256", "sha1"] as const)("are verified by the other side, %s", async (keyDigest) => {
    const secretKeyBase = "the secret key base of an application";
    // Debian's GlobalID may be one before 1.0, which reads nothing but hashes.
    const verifier = new GlobalIdVerifier({ secretKeyBase, keyDigest, format: "hash" });
    configure({ appName: "interop", globalIdVerifier: verifier });
    globalId.register(User, { find: (id) => new User(id) });
    const user = new User("42");
    const login = SignedGlobalID.create(user, { for: "login", expiresIn: 60 }).toString();
    const expired = SignedGlobalID.create(user, { expiresAt: new Date(0) }).toString();
    const tokens = [
      [SignedGlobalID.create(user).toString(), "default"],
      [login, "login"],
      [login, "logout"],
      [expired, "default"],
      [login.replace(/.$/, (last) => (last === "0" ? "1" : "0")), "login"],
    ];

    const ruby = new Ruby("redis://127.0.0.1:1");
    const args = [secretKeyBase, keyDigest.toUpperCase(), JSON.stringify(tokens)];
    const answer = (await ruby.run("sgid.rb", ...args)) as Answer;

    const uri = "gid://interop/User/42";
    expect(answer.same_key).toBe(true);
    expect(answer.verified).toEqual([uri, uri, null, null, null]);
    const { made } = answer;
    expect(SignedGlobalID.parse(made.default)?.gid.toString()).toBe(uri);
    expect(SignedGlobalID.parse(made.forever, { for: "login" })?.gid.id).toBe("42");
    expect(SignedGlobalID.parse(made.forever)).toBeUndefined();
    expect(SignedGlobalID.parse(made.expired)).toBeUndefined();
    expect(await SignedGlobalID.verify(made.default).locate()).toEqual(user);
  });
});
