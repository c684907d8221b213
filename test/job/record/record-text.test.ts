import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../../src/adapters/job-record.ts";
import { recordText } from "../../../src/job/record/record-text.ts";

describe("recordText", () => {
  it("writes what JSON.stringify writes of a record of this library", () => {
    expect(recordText(usual, true)).toBe(JSON.stringify(usual));
  });

  it("writes any record as JSON has it", () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, NaN, -0, Infinity, '"', "é\n"));
    const fields = fc.constantFrom(...Object.keys(usual), "meta", "x");
    const changes = fc.array(fc.tuple(fields, odd), { maxLength: 3 });

    fc.assert(
      fc.property(changes, fc.option(fields), (changed, left) => {
        const record = Object.assign({ ...usual }, Object.fromEntries(changed)) as JobRecord;
        if (left !== null) delete record[left];

        expect(JSON.parse(recordText(record, record.jid === usual.jid))).toEqual(
          JSON.parse(JSON.stringify(record)),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("writes the queues of many jobs that each have another", () => {
    for (let index = 0; index < 2_500; index += 1) {
      const record = { ...usual, queue: `q"${index}` };

      expect(JSON.parse(recordText(record, record.jid === usual.jid))).toEqual(record);
    }
  });
});

const usual: JobRecord = {
  class: "MandateJob",
  args: ["SendEmail", 1, { locale: "en" }],
  queue: "default",
  jid: "0123456789abcdef01234567",
  retry: true,
  created_at: 1_732_000_000.123,
  sig: "2:ab",
};
