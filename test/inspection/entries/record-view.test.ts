import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordView } from "../../../src/inspection/entries/record-view.ts";

describe("RecordView", () => {
  it("shows a command by its name and its arguments", () => {
    const view = viewOf({ class: "MandateJob", args: ["SendInvoice", "gid://app/User/1", 2] });

    expect(view.className).toBe("SendInvoice");
    expect(view.arguments).toEqual(["gid://app/User/1", 2]);
  });

  it("reads no payload that its store has read", () => {
    const record = { class: "HardJob", args: [1], queue: "default", jid: "a1" };

    const view = new RecordView("what the store has read", record);

    expect([view.className, view.record]).toEqual(["HardJob", record]);
  });

  it("shows another job by its class", () => {
    const view = viewOf({ class: "HardJob", args: [1, "two"] });

    expect([view.className, view.arguments]).toEqual(["HardJob", [1, "two"]]);
  });

  it("shows the name a record gives itself", () => {
    expect(viewOf({ class: "HardJob", display_class: "Nightly", args: [] }).className).toBe(
      "Nightly",
    );
  });

  it("tells of the last failure", () => {
    const view = viewOf({
      error_class: "RangeError",
      error_message: "too far",
      retry_count: 2,
      failed_at: 1_795_298_407.125,
      created_at: 1_795_298_400_250,
      enqueued_at: 1_795_298_406.5,
    });

    expect(view).toMatchObject({
      errorClass: "RangeError",
      errorMessage: "too far",
      retryCount: 2,
      failedAt: new Date(1_795_298_407_125),
      createdAt: new Date(1_795_298_400_250),
      enqueuedAt: new Date(1_795_298_406_500),
    });
  });

  it("has the record, unknown fields and all", () => {
    const fields = { class: "A", args: [], bid: "x" };

    expect(viewOf(fields).record).toEqual(fields);
  });

  it("shows what was going on, in each form that Sidekiq writes", () => {
    const symbol = (value: string) => ({
      _aj_serialized: "ActiveJob::Serializers::SymbolSerializer",
      value,
    });
    const view = viewOf({
      cattr: [
        [symbol("request_id"), "req-1"],
        [symbol("user"), { _aj_globalid: "gid://app/User/1" }],
        [symbol("mode"), symbol("fast")],
      ],
      cattr_1: { reason: "law", roles: ["admin"] },
      cattr_2: {},
      cattr_3: "text",
      cattribute: { other: 1 },
    });

    expect(view.context).toEqual({
      cattr: { request_id: "req-1", user: "gid://app/User/1", mode: "fast" },
      cattr_1: { reason: "law", roles: ["admin"] },
    });
  });

  it.each(["oops", "", "null", "7", '"text"', "[]"])("shows nothing of %j", (payload) => {
    expect(shown(new RecordView(payload))).toEqual({
      record: undefined,
      className: "",
      arguments: [],
      errorClass: undefined,
      errorMessage: undefined,
      retryCount: undefined,
      failedAt: undefined,
      lastFailedAt: undefined,
      backtrace: [],
      tags: [],
      context: {},
      createdAt: undefined,
      enqueuedAt: undefined,
      resumptions: 0,
    });
  });

  it("tells how far a job has come, step by step", () => {
    const rows = { name: "rows", value: { json: 7 } };
    const view = viewOf({
      steps: [
        { name: "count", done: true, value: { ruby: 3 } },
        { name: "import", steps: [rows] },
      ],
      resumptions: 2,
    });

    expect(view.resumptions).toBe(2);
    expect(view.steps).toEqual([
      { name: "count", isDone: true, value: 3, steps: [] },
      {
        name: "import",
        isDone: false,
        value: undefined,
        steps: [{ name: "rows", isDone: false, value: 7, steps: [] }],
      },
    ]);
  });

  it("throws at nothing, whatever a record's fields are", () => {
    const names = ["class", "args", "wrapped", "display_class", "error_class", "error_message"];
    const times = ["retry_count", "failed_at", "retried_at", "created_at", "enqueued_at"];
    const others = ["error_backtrace", "tags", "cattr", "cattr_1"];
    const wrapper = fc.constant("Sidekiq::ActiveJob::Wrapper");
    const fields = [...names, ...times, ...others].map((name) => [
      name,
      fc.oneof(fc.jsonValue(), wrapper),
    ]);

    fc.assert(
      fc.property(fc.record(Object.fromEntries(fields), { requiredKeys: [] }), (record) => {
        const view = shown(viewOf(record));

        expect(typeof view.className).toBe("string");
        expect(Array.isArray(view.arguments)).toBe(true);
        expect([view.failedAt, view.createdAt, view.enqueuedAt].map(String)).not.toContain(
          "Invalid Date",
        );
      }),
    );
  });
});

describe("RecordView, of a job that Rails enqueued", () => {
  const wrapper = "ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper";

  it.each([wrapper, "Sidekiq::ActiveJob::Wrapper"])("looks into %s", (name) => {
    const view = viewOf({
      class: name,
      wrapped: "WelcomeJob",
      args: [
        {
          job_class: "WelcomeJob",
          arguments: [
            { _aj_globalid: "gid://website/User/1" },
            { deep: [{ a: 1, _aj_symbol_keys: ["a"] }], _aj_symbol_keys: [] },
            "text",
          ],
        },
      ],
    });

    expect(view.className).toBe("WelcomeJob");
    expect(view.arguments).toEqual(["gid://website/User/1", { deep: [{ a: 1 }] }, "text"]);
  });

  it("shows the command of a Ruby MandateJob", () => {
    const view = viewOf({
      class: wrapper,
      wrapped: "MandateJob",
      args: [{ arguments: ["Exercise::Process", 7, { page: 2, _aj_ruby2_keywords: ["page"] }] }],
    });

    expect(view.className).toBe("Exercise::Process");
    expect(view.arguments).toEqual([7, { page: 2 }]);
  });

  it.each([[[]], [[{}]], [["text"]], [[null]], [undefined]])(
    "shows its name alone where the arguments are not there: %j",
    (args) => {
      const view = viewOf({ class: wrapper, wrapped: "WelcomeJob", args });

      expect(view.arguments).toEqual([]);
      expect(["WelcomeJob", wrapper]).toContain(view.className);
    },
  );
});

function viewOf(record: object): RecordView {
  return new RecordView(JSON.stringify(record));
}

function shown(view: RecordView): Omit<RecordView, "payload"> {
  const { record, className, errorClass, errorMessage, retryCount } = view;
  const { failedAt, lastFailedAt, backtrace, tags, context, createdAt, enqueuedAt } = view;
  const { expiresAt, steps, resumptions } = view;
  const failure = { errorClass, errorMessage, retryCount, failedAt, lastFailedAt, backtrace };
  return {
    record,
    className,
    arguments: view.arguments,
    tags,
    context,
    createdAt,
    enqueuedAt,
    expiresAt,
    steps,
    resumptions,
    ...failure,
  };
}
