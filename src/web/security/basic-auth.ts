import { createHash, timingSafeEqual } from "node:crypto";
import { checkOptionNames, describeType } from "../../job/checks/checks.ts";
import type { Access, Authorize } from "./access.ts";

/** Who may come in, by name and password. */
export interface BasicAuthOptions {
  /** Their name, which the audit log names, too. */
  readonly user: string;
  /** In production at least 12 characters. */
  readonly password: string;
  /** What they may do. @default "all" */
  readonly can?: Access["can"];
}

const SHORTEST = 12;

/**
 * Asks for a name and a password, by HTTP Basic authentication: use it over TLS. Names and
 * passwords are compared in a time that says nothing about either.
 *
 * @param accounts One account, or several.
 * @throws {TypeError} if a name or password is missing or empty, a name has a colon, or, in
 *   production (`NODE_ENV`), a password is shorter than 12 characters.
 * @throws {UnknownOptionError} if there is no such option.
 *
 * @example
 * ```ts
 * import { basicAuth, dashboard } from "mandate/web";
 *
 * const jobs = dashboard({
 *   authorize: basicAuth({ user: "ops", password: process.env["JOBS_PASSWORD"] ?? "" }),
 *   basePath: "/jobs",
 * });
 * ```
 */
export function basicAuth(accounts: BasicAuthOptions | readonly BasicAuthOptions[]): Authorize {
  const known = [accounts].flat() as readonly BasicAuthOptions[];
  if (known.length === 0) {
    throw new TypeError("Cannot use basicAuth: there is no account. Give at least one");
  }
  known.forEach(checkAccount);
  const accepted = known.map(({ user, password, can = "all" }) => ({
    digest: digestOf(`${user}:${password}`),
    access: { actor: user, can },
  }));
  return (request) => {
    const given = digestOf(credentialsIn(request.headers.get("authorization")));
    // All are compared, whoever it is.
    const found = accepted.filter(({ digest }) => timingSafeEqual(digest, given));
    return found[0]?.access ?? unauthorized();
  };
}

function checkAccount(account: BasicAuthOptions): void {
  checkOptionNames(account, ["user", "password", "can"], "the options of basicAuth");
  const { user, password } = account;
  if (typeof user !== "string" || user === "" || user.includes(":")) {
    throw new TypeError(
      `Cannot use basicAuth: user is ${user === "" ? "empty" : describeType(user)}. Give a name without a colon`,
    );
  }
  if (typeof password !== "string" || password === "") {
    throw new TypeError(
      `Cannot use basicAuth: password is ${password === "" ? "empty" : describeType(password)}. Give one, from the environment`,
    );
  }
  if (process.env["NODE_ENV"] === "production" && password.length < SHORTEST) {
    throw new TypeError(
      `Cannot use basicAuth: the password has ${password.length} characters. In production give at least ${SHORTEST}`,
    );
  }
}

function credentialsIn(header: string | null): string {
  const [, encoded = ""] = /^basic +([\w+/=-]+)$/i.exec(header ?? "") ?? [];
  return Buffer.from(encoded, "base64").toString();
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function unauthorized(): Response {
  return new Response("Sign in to see the jobs\n", {
    status: 401,
    headers: {
      "www-authenticate": 'Basic realm="mandate", charset="UTF-8"',
      "content-type": "text/plain; charset=utf-8",
    },
  });
}
