import { safeUrl } from "./layout.tsx";
import type { Visit } from "../request/visit.ts";
import { REDACTED } from "../security/redaction.ts";
import { term } from "../request/query.ts";
import type { Html, Inner } from "./html.ts";

const DEEPEST = 12;
const MOST = 200;
/** Characters of a text that are shown at once. */
const LONGEST = 10_000;

/** A value as JSON has it, laid out; records lead to the jobs that are about them. */
export function Value({ visit, value }: { visit: Visit; value: unknown }): Html {
  return <pre class="value">{laidOut(visit, value, 0)}</pre>;
}

function laidOut(visit: Visit, value: unknown, depth: number): Inner {
  if (typeof value === "string") {
    return <Leaf visit={visit} text={value} />;
  }
  if (typeof value !== "object" || value === null) {
    return <span class="scalar">{String(value)}</span>;
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0 || depth >= DEEPEST) {
    return `${open}${entries.length === 0 ? "" : "…"}${close}`;
  }
  const indent = "  ".repeat(depth + 1);
  return (
    <>
      {open}
      {entries.slice(0, MOST).map(([name, inner]) => (
        <>
          {`\n${indent}`}
          {isList ? undefined : <span class="key">{`${JSON.stringify(name)}: `}</span>}
          {laidOut(visit, inner, depth + 1)}
        </>
      ))}
      {entries.length > MOST ? `\n${indent}… ${entries.length - MOST}` : undefined}
      {`\n${"  ".repeat(depth)}${close}`}
    </>
  );
}

function Leaf({ visit, text }: { visit: Visit; text: string }): Html {
  if (text === REDACTED) {
    return <span class="redacted">{text}</span>;
  }
  if (/^gid:\/\/[^\s/]+\/[^\s/]+\/\S+$/.test(text) && text.length < 500) {
    return <RecordLink visit={visit} uri={text} />;
  }
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return (
    <span class="text" dir="auto">
      {quoted(shown)}
    </span>
  );
}

/** As JSON has it, but for signs that turn the direction of what follows: these are spelt out. */
function quoted(text: string): string {
  return visible(JSON.stringify(text));
}

/** What is no sign, or turns others around, is spelt out. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu, (sign) =>
    /[\t\n\r]/.test(sign) ? sign : spelt(sign),
  );
}

function spelt(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A record: its jobs, and where the application shows it. */
function RecordLink({ visit, uri }: { visit: Visit; uri: string }): Html {
  const elsewhere = urlOf(visit, uri);
  return (
    <>
      <a class="record" href={visit.to("/jobs", { q: term("record", uri) })}>
        {uri}
      </a>
      {elsewhere === undefined ? undefined : (
        <a
          class="elsewhere"
          href={safeUrl(elsewhere)}
          rel="noreferrer"
          aria-label={visit.t("Show the record")}
        >
          {" ↗"}
        </a>
      )}
    </>
  );
}

function urlOf({ site }: Visit, uri: string): string | undefined {
  try {
    return site.options.recordUrl?.(uri);
  } catch {
    return undefined;
  }
}

/** Arguments in one line: `"a", {"b": 1}`. */
export function excerpt(values: readonly unknown[], longest = 140): string {
  const whole = values.map((value) => JSON.stringify(value) ?? "null").join(", ");
  return visible(whole.length > longest ? `${whole.slice(0, longest)}…` : whole);
}
