import { describe, expect, it } from "vitest";
import {
  CommandHead,
  encodeCommand,
} from "../../../../src/adapters/redis/connection/encode-command.ts";

const LONG = "x".repeat(100);

describe("a command for Redis", () => {
  it.each([
    [["PING"], "*1\r\n$4\r\nPING\r\n"],
    [["SET", "", 12.5], "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n12.5\r\n"],
    [["d\u00e9j\u00e0"], "*1\r\n$6\r\nd\u00e9j\u00e0\r\n"],
    [["\u{1f600}"], "*1\r\n$4\r\n\u{1f600}\r\n"],
    [[LONG], `*1\r\n$100\r\n${LONG}\r\n`],
    [[`${LONG}\u00e9`], `*1\r\n$102\r\n${LONG}\u00e9\r\n`],
  ])("says of each word how many bytes it has: %j", (words, encoded) => {
    expect(encodeCommand(words)).toBe(encoded);
  });

  it("may have a beginning that is encoded once", () => {
    const head = new CommandHead(["EVALSHA", "abc", 1, "key"]);

    expect(head.with(["a", 2])).toBe(encodeCommand(["EVALSHA", "abc", 1, "key", "a", 2]));
    expect(head.with([])).toBe(encodeCommand(["EVALSHA", "abc", 1, "key"]));
  });
});
