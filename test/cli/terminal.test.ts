import { afterEach, describe, expect, it, vi } from "vitest";
import { clipped, printable, tableLines } from "../../src/cli/terminal/layout.ts";
import { ProcessTerminal } from "../../src/cli/terminal/terminal.ts";
import { bytes, counted, countOf, fromNow, spoken } from "../../src/cli/terminal/wording.ts";

describe("tableLines", () => {
  const columns = [{ title: "NAME" }, { title: "JOBS", right: true }];

  it("aligns its columns", () => {
    expect(
      tableLines(
        columns,
        [
          ["default", "1"],
          ["x", "1,000"],
        ],
        80,
      ),
    ).toEqual(["NAME      JOBS", "default      1", "x        1,000"]);
  });

  it("takes what is missing from the widest column", () => {
    const lines = tableLines(columns, [["a".repeat(100), "12"]], 20);

    expect(lines).toEqual(["NAME            JOBS", `${"a".repeat(13)}…    12`]);
  });

  it("gives up where nothing is left to take", () => {
    expect(tableLines(columns, [["abcdef", "123456"]], 3)).toEqual(["NAME  JOBS", "abc…  123…"]);
  });
});

describe("texts", () => {
  it.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["a\nb", 9, "a b"],
  ])("%j in %i columns is %j", (text, width, expected) => {
    expect(clipped(text, width)).toBe(expected);
  });

  it("move no cursor", () => {
    expect(printable("a\u001B[2Jb\u0007\u009B")).toBe("a\uFFFD[2Jb\uFFFD\uFFFD");
  });

  it.each([
    [0, "0s"],
    [0.25, "0.3s"],
    [59, "59s"],
    [90, "1m"],
    [7_200, "2h"],
    [200_000, "2d"],
  ])("%d seconds are spoken of as %s", (seconds, expected) => {
    expect(spoken(seconds)).toBe(expected);
  });

  it("count, and say how far a moment is", () => {
    expect([counted(1_234_567), countOf(1, "job"), countOf(2, "job")]).toEqual([
      "1,234,567",
      "1 job",
      "2 jobs",
    ]);
    expect(fromNow(new Date(10_000), 30)).toBe("20s ago");
    expect(fromNow(new Date(50_000), 30)).toBe("in 20s");
    expect(fromNow(undefined, 30)).toBe("");
    expect([bytes(12), bytes(1_536), bytes(3 * 1024 ** 3)]).toEqual(["12 B", "1.5 KB", "3.0 GB"]);
  });
});

describe("ProcessTerminal", () => {
  afterEach(() => vi.restoreAllMocks());

  it("answers on one stream, and says all else on the other", () => {
    const written = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      vi.spyOn(process[stream], "write").mockImplementation((text) => {
        written[stream] += String(text);
        return true;
      });
    }
    const terminal = new ProcessTerminal();

    terminal.print("answer");
    terminal.progress("half of it");
    terminal.note("by the way");

    expect(written).toEqual({ stdout: "answer\n", stderr: "by the way\n" });
  });

  it("has 80 columns, no colours and nobody to ask where it is none", () => {
    const terminal = new ProcessTerminal();

    expect(terminal.columns).toBe(80);
    expect(terminal.colour("red", "text")).toBe("text");
    expect(terminal.isInteractive).toBeFalsy();
  });

  it("is interrupted by the first Ctrl-C only", () => {
    const before = process.listenerCount("SIGINT");
    const { interrupted } = new ProcessTerminal();

    expect(interrupted.aborted).toBe(false);
    process.emit("SIGINT");

    expect(interrupted.aborted).toBe(true);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
