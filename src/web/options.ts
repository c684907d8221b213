import type { Adapter } from "../adapters/adapter.ts";
import type { AuditEntry } from "../inspection/audit.ts";
import { checkOptionNames, describe, describeType } from "../job/checks/checks.ts";
import type { Authorize } from "./security/access.ts";
import type { Redact } from "./security/redaction.ts";

/** What a dashboard may be told. `authorize` is needed, all else is not. */
export interface DashboardOptions {
  /**
   * Who may see and do what. `"open"` lets everybody in, who may do everything, and is refused in
   * production (`NODE_ENV`); `"open-in-production"` is not.
   */
  readonly authorize: Authorize | "open" | "open-in-production";
  /** Where the handler is mounted: what paths it is handed begin with. @default "/" */
  readonly basePath?: string;
  /**
   * What paths begin with in a browser, where that is something else, since a proxy strips or adds
   * a prefix.
   *
   * @default basePath
   */
  readonly publicPath?: string;
  /**
   * What browsers have in their address bar: `"https://example.org"`. Needed where neither `Host`
   * nor `Sec-Fetch-Site` says it, since a proxy changes one, and an old browser sends no other.
   */
  readonly publicOrigin?: string;
  /** Whether `X-Forwarded-Host` is to be believed. @default false */
  readonly trustProxy?: boolean;
  /** Where the jobs are. @default the one of `configure`, asked for at each request */
  readonly adapter?: Adapter;
  /** Several stores by what operators call them, instead of `adapter`. The first is shown first. */
  readonly stores?: Readonly<Record<string, Adapter>>;
  /** Whether nobody may change anything, whatever `authorize` says. @default false */
  readonly readOnly?: boolean;
  /**
   * At least 16 characters, the same in all processes that answer for one another: what one of them
   * sent to a browser another understands then. With it each form carries a token, too.
   *
   * @default made up by each process
   */
  readonly secret?: string;
  /**
   * Names of values that nobody is to see, beside passwords, tokens and the like; a function for
   * all else; `false` for none. It holds for arguments, context, steps, results and messages of
   * errors.
   *
   * @default []
   */
  readonly redact?: Redact;
  /**
   * Told of each act before it is tried, and again once it has ended: for a log of your own. The
   * dashboard's own is in the store.
   */
  readonly onAction?: (entry: AuditEntry) => void;
  /** What it is called at the top of each page. @default "mandate" */
  readonly title?: string;
  /** Which environment that is, as a badge. @default NODE_ENV */
  readonly environment?: string;
  /** Where the application itself is, for a link back. @default none */
  readonly backTo?: string;
  /**
   * Where a record is shown in the application, by its URI: `"gid://app/User/42"`. Only addresses
   * of http and https, or paths, become links. @default none
   */
  readonly recordUrl?: (globalId: string) => string | undefined;
  /**
   * What is said in other words, or in a language that is not known here: English as it stands on
   * the pages → the other text, with the same `{names}` of values in it. What is not there is said
   * as `language` has it, or in English.
   */
  readonly messages?: Readonly<Record<string, string>>;
  /**
   * What pages are said in: `"en"` and `"de"` are known, any other is for `messages` in it.
   * Durations and numbers, and what jobs say, stay as they are.
   *
   * @default "en"
   */
  readonly language?: string;
}

const NAMES = [
  "authorize",
  "basePath",
  "publicPath",
  "publicOrigin",
  "trustProxy",
  "adapter",
  "stores",
  "readOnly",
  "secret",
  "redact",
  "onAction",
  "title",
  "environment",
  "backTo",
  "recordUrl",
  "messages",
  "language",
];

/** @throws {TypeError | RangeError} if they are no options of a dashboard. */
export function checkOptions(options: DashboardOptions): void {
  checkOptionNames(options, NAMES, "the options of dashboard");
  const { authorize, basePath, publicPath, publicOrigin, secret, stores, adapter } = options;
  checkAuthorize(authorize);
  checkPath(basePath, "basePath");
  checkPath(publicPath, "publicPath");
  if (publicOrigin !== undefined && !/^https?:\/\/[^/\s]+$/.test(publicOrigin)) {
    throw new TypeError(
      `Cannot use ${describe(publicOrigin)} as publicOrigin: give scheme and host, such as "https://example.org"`,
    );
  }
  if (secret !== undefined && (typeof secret !== "string" || secret.length < 16)) {
    throw new TypeError(
      "Cannot use the secret of dashboard: it is no text of at least 16 characters. Give a random one",
    );
  }
  if (stores !== undefined && (adapter !== undefined || Object.keys(stores).length === 0)) {
    throw new TypeError(
      "Cannot use stores of dashboard: give at least one, and no adapter beside them",
    );
  }
}

function checkAuthorize(authorize: unknown): void {
  if (typeof authorize === "function" || authorize === "open-in-production") {
    return;
  }
  if (authorize !== "open") {
    throw new TypeError(
      `Cannot open a dashboard: authorize is ${describeType(authorize)}, so that nobody could be told from anybody. ` +
        'Give basicAuth({ user, password }), a function, or "open" for development',
    );
  }
  if (process.env["NODE_ENV"] === "production") {
    throw new TypeError(
      'Cannot open a dashboard to everybody in production. Give basicAuth({ user, password }) or a function as authorize; or say "open-in-production"',
    );
  }
}

function checkPath(path: unknown, name: string): void {
  if (path !== undefined && (typeof path !== "string" || !/^\/(?!\/)[\w./~-]*$/.test(path))) {
    throw new TypeError(
      `Cannot use ${describe(path)} as ${name} of dashboard: give a path that begins with a slash, such as "/jobs"`,
    );
  }
}
