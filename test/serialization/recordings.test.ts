import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../src/adapters/job-record.ts";
import { editPayload, fieldText } from "../../src/adapters/payload.ts";
import { globalId } from "../../src/globalid/model-registry.ts";
import { globalIdSettings } from "../../src/globalid/settings.ts";
import { readArguments } from "../../src/job/record/read-arguments.ts";
import { readRecord } from "../../src/job/run/read-record.ts";
import { prereqsOf } from "../../src/job/record/recorded-prerequisites.ts";
import { deserializeFromRuby, serializeForRuby } from "../../src/serialization/activejob-format.ts";
import { parseNumbers, stringifyNumbers } from "../../src/support/lossless-json.ts";
import { exactNumber, RubyBigDecimal, RubyRange } from "../../src/serialization/ruby-values.ts";
import { payloadsByCase, payloadsIn, recording, VERSIONS } from "./recordings.ts";

class User {
  constructor(readonly id: string) {}
}
class Post {
  constructor(readonly id: string) {}
}
class LineItem {
  constructor(readonly id: string | string[]) {}
}
globalId.register(User, { find: (id) => new User(id) });
globalId.register(Post, { name: "Blog::Post", find: (id) => new Post(id) });
globalId.register<LineItem, string>(LineItem, { find: (id) => new LineItem(id) });
globalIdSettings.appName = "interop";

/** What the Ruby of each case means to TypeScript: keyword arguments are an object at the end. */
const meant: Readonly<Record<string, readonly unknown[]>> = {
  // plain.json
  no_args: [],
  json_args: [1, -2, 3.5, "text", null, true, false, [1, ["two", null]], { key: { deep: [1.25] } }],
  number_edges: [1, 9007199254740993n, 1e25, 1e-7, -0, 18446744073709551616n],
  string_edges: ["é ü 漢字 🎉", "</script>&'\"\\/", "line\nbreak\ttab\u0001", "\u2028\u2029", ""],
  class_options: ["x"],
  set_options: [1],
  perform_in: ["later"],
  perform_at: ["at"],
  perform_at_past: ["past goes straight to the queue"],
  push_string_class: [1],
  push_extra_fields: [1],
  retry_for: [],
  // active_job.json
  scalars: [1, -2, 3.5, 1, "text", null, true, false, 18446744073709551616n],
  nested_arrays: [[1, [2, ["three", null]]], []],
  string_keyed_hash: [{ a: 1, b: { c: [2] } }, {}],
  symbol_keyed_hash: [{ a: 1, b: 2, c: { d: 3 } }],
  keyword_args: ["pos", { first: 1, second: { third: "x" } }],
  only_keyword_args: [{ first: 1 }],
  hash_last_not_keywords: ["pos", { first: 1 }],
  indifferent_hash: [{ a: 1, b: { c: 2 } }],
  symbol: ["sym", ["in_array"], { k: "in_hash" }],
  global_id: [new User("42"), [new User("1")], { user: new User("2") }],
  global_id_escaped: [new Post("hello world/ü+1")],
  global_id_composite: [new LineItem(["7", "99"])],
  date: ["2024-02-29"],
  time_utc: [new Date("2024-02-29T12:34:56.789Z")],
  time_offset: [new Date("2024-02-29T10:04:56Z")],
  date_time: [new Date("2024-02-29T11:34:56.500Z")],
  time_with_zone_utc: [new Date("2024-02-29T12:00:00Z")],
  time_with_zone_paris: [new Date("2024-07-01T12:00:00Z")],
  time_with_zone_rails_name: [new Date("2024-07-01T12:00:00Z")],
  duration_simple: [90],
  duration_parts: [2807946],
  big_decimal: [new RubyBigDecimal("0.123456789123456789e9"), new RubyBigDecimal("0.1e0")],
  range: [new RubyRange(1, 5, false), new RubyRange("a", "c", true)],
  range_open_ended: [new RubyRange(1, null, false), new RubyRange("2024-01-01", null, false)],
  module: ["User", "Interop"],
  set_queue: ["x"],
  set_priority: ["x"],
  set_wait: ["x"],
  set_wait_until: ["x"],
  sidekiq_options: [],
  locale_and_zone: ["x"],
  // mandate.json: the command's own, without what MandateJob takes
  plain: [1, "two", null],
  keywords: [new User("42"), 7, { force: true, label: "symbol" }],
  queue_as: ["x"],
  wait: ["x"],
  wait_duration: ["x"],
  prereq_jobs: ["after both"],
  prereq_jobs_and_keywords: ["after", { force: true }],
  prereq_jobs_empty: ["x"],
};

/** What older versions wrote otherwise; see test/fixtures/wire/README.md. */
const meantBy641: typeof meant = {
  ...meant,
  big_decimal: ["0.123456789123456789e9", "0.1e0"],
  global_id_composite: [new LineItem("[7, 99]")],
};

const recordedCases = VERSIONS.flatMap((version) =>
  ["plain", "active_job", "mandate"].flatMap((file) =>
    Object.entries(payloadsByCase(recording(version, file))).map(([name, payload]) => ({
      version,
      file,
      name,
      payload,
    })),
  ),
);
const activeJobs = recordedCases.filter(({ payload }) => payload.includes("Wrapper"));

const allPayloads = VERSIONS.flatMap((version) =>
  [
    "plain",
    "active_job",
    "mandate",
    "executed",
    "failing",
    "dying",
    "middleware",
    "process",
  ].flatMap((file) =>
    payloadsIn(recording(version, file)).map((payload) => ({ version, file, payload })),
  ),
).filter(({ payload }) => payload !== "{not json");

describe("what Ruby enqueued", () => {
  it.each(recordedCases)("is read: $version, $file, $name", async ({ version, name, payload }) => {
    const expected = (version === "sidekiq-6.4.1" ? meantBy641 : meant)[name];

    const args = await readArguments(readRecord(payload), payload);

    expect(expected).toBeDefined();
    expect(args).toEqual(expected);
  });

  it("has every case that was enqueued, in every version", () => {
    expect(recordedCases.length).toBeGreaterThan(180);
    expect(activeJobs.length).toBeGreaterThan(140);
    expect(allPayloads.length).toBeGreaterThan(300);
  });

  it.each(activeJobs)("is written back to the byte: $version, $name", async ({ payload }) => {
    const { args } = parseNumbers(payload, exactNumber) as JobRecord;
    const [{ arguments: json }] = args as [{ arguments: unknown[] }];
    const read = await deserializeFromRuby(json, { exact: true });

    const written = stringifyNumbers(serializeForRuby(read, { className: "EchoJob" }));

    expect(fieldText(fieldText(payload, "args")?.slice(1, -1) ?? "", "arguments")).toBe(written);
  });

  it.each(allPayloads)(
    "moves byte for byte but for the fields that change: $version, $file",
    ({ payload }) => {
      const moved = editPayload(payload, { enqueued_at: undefined, retry_count: 3 });

      const record = JSON.parse(payload) as Record<string, unknown>;
      for (const name of Object.keys(record)) {
        const isChanged = name === "enqueued_at" || name === "retry_count";
        expect(fieldText(moved, name)).toBe(
          isChanged ? (name === "retry_count" ? "3" : undefined) : fieldText(payload, name),
        );
      }
      expect(fieldText(moved, "retry_count")).toBe("3");
    },
  );

  it("says for which jobs MandateJob waits", () => {
    const { prereq_jobs: payload = "" } = payloadsByCase(recording("sidekiq-8.1.7", "mandate"));

    expect(prereqsOf(readRecord(payload))).toEqual([
      "67da093de6ac28ec799a37bc",
      "568f69e9308da26b279df59d",
    ]);
  });

  it("has runs behind it that Active Job counts", () => {
    const payloads = payloadsIn(recording("sidekiq-8.1.7", "failing"));
    const retried = payloads.filter((payload) => payload.includes('"exception_executions":{"['));

    const executions = retried.map((payload) => readRecord(payload).executions);

    expect(executions).toEqual([1, 2]);
  });
});
