import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  presentable,
  repairs,
  withJid,
  withWhereabouts,
  wrapped,
} from "../../src/adapters/presentable.ts";
import type { JobRecord } from "../../src/adapters/job-record.ts";

const stamp = 1_795_298_407.25;
const where = { jid: "a1", queue: "q", stamp };

describe("presentable", () => {
  it.each(["[1,2]", "42", "null", '"text"', "oops", "", "\uFFFD\u0000", '{"class":'])(
    "wraps %j whole, which is no record",
    (payload) => {
      expect(JSON.parse(presentable(payload, where))).toEqual({
        class: "Mandate::Unreadable",
        args: [payload],
        queue: "q",
        jid: "a1",
        retry: 0,
        created_at: stamp,
      });
    },
  );

  it.each([
    { class: "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper" },
    { class: "Sidekiq::ActiveJob::Wrapper", args: [7], wrapped: "A" },
    { class: "Sidekiq::ActiveJob::Wrapper", args: [null] },
    { class: "Sidekiq::Extensions::DelayedMailer" },
    {
      class: "Sidekiq::ActiveJob::Wrapper",
      wrapped: "ActionMailer::MailDeliveryJob",
      args: [{ arguments: ["Mailer", "mail"] }],
    },
  ])("wraps %j, which wraps nothing that Ruby could show", (record) => {
    const payload = JSON.stringify(record);

    expect(JSON.parse(presentable(payload, where))).toMatchObject({ args: [payload] });
  });

  it.each([
    '{"class":"A","args":[1.0,9007199254740993],"jid":"a1","queue":"q","created_at":1.5}',
    '{"class":"A","args":[],"created_at":1795298407250,"failed_at":1795298407.25,"tags":[1]}',
    '{ "class": "A" }',
    `{"error_backtrace":"${deflateSync('["at x"]').toString("base64")}"}`,
    '{"error_backtrace":["at x"],"retried_at":null,"encrypt":true,"args":["secret"]}',
    '{"class":"Sidekiq::ActiveJob::Wrapper","args":[{"arguments":[]}]}',
  ])("leaves %s as it is", (payload) => {
    expect(presentable(payload, where)).toBe(payload);
  });

  it("keeps what it repairs", () => {
    const payload =
      '{"class":"A","args":[1.0],"jid":7,"queue":[],"created_at":"then","enqueued_at":{},"failed_at":1e300,' +
      '"retried_at":-1e13,"tags":"a","error_backtrace":"none","encrypt":true,"misfits":{"old":1}}';

    const text = presentable(payload, where);

    expect(text).toContain('{"class":"A","args":[1.0],');
    expect(JSON.parse(text)).toEqual({
      class: "A",
      args: [1],
      jid: "a1",
      queue: "q",
      encrypt: true,
      misfits: {
        old: 1,
        jid: 7,
        queue: [],
        created_at: "then",
        enqueued_at: {},
        failed_at: 1e300,
        retried_at: -1e13,
        tags: "a",
        error_backtrace: "none",
      },
    });
  });
});

describe("repairs", () => {
  it("makes a jid where none is known", () => {
    const record = { jid: 7, args: [], encrypt: true } as unknown as JobRecord;

    expect(repairs(record, { jid: undefined, queue: "q" })).toEqual({
      jid: expect.stringMatching(/^[\da-f]{24}$/),
      encrypt: undefined,
      misfits: { jid: 7, encrypt: true },
    });
  });
});

describe("wrapped", () => {
  it("keeps the jid that the text has, else makes one", () => {
    const jids = ['{"jid":"b2"}', '{"jid":""}', "[]"].map(
      (text) => (JSON.parse(wrapped(text, { ...where, jid: undefined })) as JobRecord).jid,
    );

    expect(jids).toEqual([
      "b2",
      expect.stringMatching(/^[\da-f]{24}$/),
      expect.stringMatching(/^[\da-f]{24}$/),
    ]);
  });
});

describe("withJid", () => {
  it("writes a jid where there is another, and room for it", () => {
    expect(withJid('{"args":[1.0],"jid":"b"}', "a")).toBe('{"args":[1.0],"jid":"a"}');
    expect(withJid('{"jid":"a" }', "a")).toBe('{"jid":"a" }');
    expect(withJid("oops", "a")).toBe("oops");
  });
});

describe("withWhereabouts", () => {
  it("adds what is missing", () => {
    expect(withWhereabouts('{"args":[1.0]}', where)).toBe('{"args":[1.0],"jid":"a1","queue":"q"}');
    expect(withWhereabouts('{"jid":"b","queue":"r"}', where)).toBe('{"jid":"b","queue":"r"}');
    expect(withWhereabouts('{"jid":"b"}', where)).toBe('{"jid":"b","queue":"q"}');
  });
});
