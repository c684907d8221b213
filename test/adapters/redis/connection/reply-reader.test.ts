import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ReplyError,
  ReplyReader,
  type Reply,
} from "../../../../src/adapters/redis/connection/reply-reader.ts";

describe("a reader of Redis's answers", () => {
  it.each<[string, Reply]>([
    ["+OK\r\n", "OK"],
    [":0\r\n", 0],
    [":-42\r\n", -42],
    [":9007199254740991\r\n", Number.MAX_SAFE_INTEGER],
    ["$0\r\n\r\n", ""],
    ["$5\r\na\r\nb\n\r\n", "a\r\nb\n"],
    ["$7\r\nd\u00e9j\u00e0!\r\n", "d\u00e9j\u00e0!"],
    ["$4\r\n\u{1f600}\r\n", "\u{1f600}"],
    ["$-1\r\n", null],
    ["*-1\r\n", null],
    ["*0\r\n", []],
    ["*3\r\n*0\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n", [[], "a", [1, null]]],
  ])("reads %j", (encoded, reply) => {
    expect(read([Buffer.from(encoded)])).toEqual([reply]);
  });

  it("reads an error as one, at the top and within", () => {
    const [top, within] = read([Buffer.from("-NOSCRIPT No such\r\n*2\r\n:1\r\n-ERR no\r\n")]);

    expect(top).toBeInstanceOf(ReplyError);
    expect(top).toMatchObject({ name: "ReplyError", message: "NOSCRIPT No such" });
    expect(within).toMatchObject([1, { message: "ERR no" }]);
  });

  it("reads any answers, wherever they are cut", () => {
    const replies = fc.letrec<{ reply: Reply }>((tie) => ({
      reply: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "grapheme" }),
        fc.maxSafeInteger(),
        fc.constant(null),
        fc.array(tie("reply"), { maxLength: 5 }),
      ),
    })).reply;

    fc.assert(
      fc.property(
        fc.array(replies, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (sent, lengths) => {
          const bytes = Buffer.concat(sent.map(encode));

          expect(read(cut(bytes, lengths))).toEqual(sent);
        },
      ),
    );
  });

  it("reads a text of megabytes that comes in thousands of pieces, and what follows", () => {
    const text = "\u00e9".repeat(2_000_000);

    const replies = read(cut(Buffer.concat([encode(text), encode("next")]), [1_000]));

    expect(replies.map((reply) => reply === text || reply)).toEqual([true, "next"]);
  });

  it("says what it cannot read", () => {
    expect(() => read([Buffer.from("HTTP/1.1 400 Bad Request\r\n")])).toThrow(
      new SyntaxError('Cannot read Redis\'s answer: it begins with "HTTP/1.1 400 Bad Req"'),
    );
  });
});

function read(pieces: readonly Buffer[]): (Reply | ReplyError)[] {
  const replies: (Reply | ReplyError)[] = [];
  const reader = new ReplyReader((reply) => replies.push(reply));
  pieces.forEach((piece) => reader.read(piece));
  return replies;
}

function encode(reply: Reply): Buffer {
  if (typeof reply === "string") {
    const bytes = Buffer.from(reply);
    return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")]);
  }
  if (typeof reply === "number") {
    return Buffer.from(`:${reply}\r\n`);
  }
  return reply === null
    ? Buffer.from("$-1\r\n")
    : Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(encode)]);
}

/** Into pieces of these lengths, again and again. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
