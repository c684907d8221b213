import { readFileSync } from "node:fs";

/** What was recorded of one combination of versions; see test/fixtures/wire/README.md. */
export const VERSIONS = [
  "sidekiq-6.4.1",
  "sidekiq-7.3.2",
  "sidekiq-7.3.10",
  "sidekiq-8.1.7",
] as const;

export interface Recording {
  readonly cases: Readonly<
    Record<
      string,
      { readonly jid?: string; readonly jids?: string[]; readonly not_enqueued?: string }
    >
  >;
  readonly snapshots: readonly { readonly label: string; readonly keys: readonly RecordedKey[] }[];
}

interface RecordedKey {
  readonly key: string;
  readonly values?: readonly unknown[];
  readonly members?: readonly (string | { readonly score: string; readonly value: unknown })[];
}

export function recording(version: string, name: string): Recording {
  const file = new URL(`../fixtures/wire/${version}/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

/** Every job's text in queues and sets, each once. */
export function payloadsIn({ snapshots }: Recording): readonly string[] {
  const texts = snapshots
    .flatMap(({ keys }) => keys)
    .filter(({ key }) => key.startsWith("queue:") || ["schedule", "retry", "dead"].includes(key))
    .flatMap(({ values = [], members = [] }) => [
      ...values,
      ...members.map((member) => (typeof member === "string" ? member : member.value)),
    ]);
  return [...new Set(texts)].filter((text): text is string => typeof text === "string");
}

/** The payload of each named case that has one. */
export function payloadsByCase(recorded: Recording): Readonly<Record<string, string>> {
  const byJid = new Map(payloadsIn(recorded).map((payload) => [jidOf(payload), payload]));
  return Object.fromEntries(
    Object.entries(recorded.cases).flatMap(([name, { jid }]) => {
      const payload = byJid.get(jid);
      return payload === undefined ? [] : [[name, payload]];
    }),
  );
}

function jidOf(payload: string): string | undefined {
  try {
    return (JSON.parse(payload) as { jid?: string }).jid;
  } catch {
    return undefined;
  }
}
