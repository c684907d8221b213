import type { JobJson } from "../../inspection/entries/job-json.ts";

/** What stands in the place of what is not to be seen. */
export const REDACTED = "«redacted»";

/**
 * Which values of arguments, context, steps and results are not to be seen: the names of their
 * keys, beside those that usually have a secret; a function that takes a job's JSON and gives what
 * may be seen of it; or `false` for nothing.
 */
export type Redact = readonly (string | RegExp)[] | ((job: JobJson) => JobJson) | false;

const USUAL: readonly RegExp[] = [
  /passw(?:or)?d|passphrase|secret|token|api_?key|credential|private_?key|authorization|cookie/i,
  /^(?:ssn|cvv|cvc|pin|iban|card_?number)$/i,
];

/** So short a text is found in others by chance. */
const SHORTEST = 4;

/** A job as it may be seen, and what of its texts may not be. */
export interface Redacted {
  readonly job: JobJson;
  /** Takes the job's secrets out of another text, or value, of its own. */
  readonly clean: <Value>(value: Value) => Value;
  /** Whether anything was taken out. */
  readonly hasSecrets: boolean;
}

/** Takes out of jobs what is not to be seen. */
export class Redaction {
  readonly #names: readonly RegExp[];
  readonly #custom: ((job: JobJson) => JobJson) | undefined;

  constructor(redact: Redact = []) {
    this.#custom = typeof redact === "function" ? redact : undefined;
    const own = Array.isArray(redact) ? (redact as readonly (string | RegExp)[]) : [];
    this.#names = redact === false ? [] : [...own.map(patternOf), ...USUAL];
  }

  job(whole: JobJson): Redacted {
    const secrets = new Set<string>();
    const custom = this.#custom?.(whole) ?? whole;
    if (this.#custom !== undefined) {
      leavesOf(whole.arguments, secrets);
      leavesOf(whole.context, secrets);
      const seen = new Set<string>();
      leavesOf(custom.arguments, seen);
      leavesOf(custom.context, seen);
      seen.forEach((text) => secrets.delete(text));
    }
    const hide = <Value>(value: Value): Value => this.#hide(value, secrets) as Value;
    const hidden = {
      ...custom,
      arguments: hide(custom.arguments),
      context: hide(custom.context),
      steps: custom.steps?.map((step) => hide(step)),
    };
    const clean = <Value>(value: Value): Value => this.#clean(hide(value), secrets) as Value;
    const { errorMessage, progress, ...others } = hidden;
    const job: JobJson = {
      ...others,
      arguments: this.#clean(others.arguments, secrets) as JobJson["arguments"],
      ...(errorMessage !== undefined && { errorMessage: clean(errorMessage) }),
      ...(progress !== undefined && { progress: { ...progress, note: clean(progress.note) } }),
    };
    return { job, clean, hasSecrets: secrets.size > 0 };
  }

  #isSecret(name: string): boolean {
    return this.#names.some((pattern) => pattern.test(name));
  }

  /** What stands under a name that is none to be seen. */
  #hide(value: unknown, secrets: Set<string>): unknown {
    if (Array.isArray(value)) {
      return value.map((inner) => this.#hide(inner, secrets));
    }
    if (typeof value !== "object" || value === null || value instanceof Date) {
      return value;
    }
    const entries = Object.entries(value).map(([name, inner]) => {
      if (!this.#isSecret(name) || inner === null || inner === undefined) {
        return [name, this.#hide(inner, secrets)];
      }
      leavesOf(inner, secrets);
      return [name, REDACTED];
    });
    return Object.fromEntries(entries);
  }

  /** The same texts elsewhere, and `password=…` in the middle of one. */
  #clean(value: unknown, secrets: ReadonlySet<string>): unknown {
    if (typeof value === "string") {
      return this.#cleanText(value, secrets);
    }
    if (Array.isArray(value)) {
      return value.map((inner) => this.#clean(inner, secrets));
    }
    if (typeof value !== "object" || value === null || value instanceof Date) {
      return value;
    }
    const entries = Object.entries(value).map(([name, inner]) => [
      name,
      this.#clean(inner, secrets),
    ]);
    return Object.fromEntries(entries);
  }

  #cleanText(text: string, secrets: ReadonlySet<string>): string {
    let cleaned = text;
    for (const secret of secrets) {
      if (secret.length >= SHORTEST) cleaned = cleaned.replaceAll(secret, REDACTED);
    }
    if (this.#names.length === 0) {
      return cleaned;
    }
    return cleaned.replaceAll(
      /([\w-]{1,64})(["']?\s{0,3}[=:]\s{0,3})("[^"]*"|'[^']*'|[^\s,;&}\])]+)/g,
      (all, name: string, sign: string) =>
        this.#isSecret(name) ? `${name}${sign}${REDACTED}` : all,
    );
  }
}

function patternOf(name: string | RegExp): RegExp {
  // A global pattern remembers where it was.
  return typeof name === "string"
    ? new RegExp(`^${name.replaceAll(/[^\w]/g, "\\$&")}$`, "i")
    : new RegExp(name.source, name.flags.replaceAll(/[gy]/g, ""));
}

function leavesOf(value: unknown, into: Set<string>): void {
  if (typeof value === "string") {
    into.add(value);
  } else if (typeof value === "object" && value !== null) {
    Object.values(value).forEach((inner) => leavesOf(inner, into));
  } else if (value !== undefined && value !== null) {
    into.add(JSON.stringify(value));
  }
}
