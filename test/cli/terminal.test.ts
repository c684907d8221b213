import { afterEach, describe, expect, it, vi } from "vitest";
import { clipped, clippedInFront, folded, tableLines } from "../../src/cli/terminal/layout.ts";
import { jsonLine, printable } from "../../src/support/printable.ts";
import { HarmlessTerminal, ProcessTerminal } from "../../src/cli/terminal/terminal.ts";
import { widthOf } from "../../src/cli/terminal/width.ts";
import { bytes, counted, countOf, fromNow, spoken } from "../../src/support/wording.ts";

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

  it("aligns what is wide, and what is in no column", () => {
    const rows = [
      ["翻訳", "1"],
      ["ワーカー", "10"],
      ["👩‍👩‍👧‍👦 é", "100"],
      ["default", "1"],
    ];

    expect(tableLines(columns, rows, 80)).toEqual([
      "NAME      JOBS",
      "翻訳         1",
      "ワーカー    10",
      "👩‍👩‍👧‍👦 é       100",
      "default      1",
    ]);
  });

  it("takes what is missing from the widest columns, and makes them equal", () => {
    const cells = [["a".repeat(30), "b".repeat(20), "c".repeat(24)]];
    const titles = [{ title: "A" }, { title: "B" }, { title: "JID", whole: true }];

    const [, line = ""] = tableLines(titles, cells, 50);

    expect(line.split(/ +/).map(({ length }) => length)).toEqual([11, 11, 24]);
    expect(tableLines(titles, cells, 30)[1]).toBe(`aaa…  bbb…  ${"c".repeat(17)}…`);
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
    ["翻訳", 4, "翻訳"],
    ["翻訳文", 5, "翻訳…"],
    ["翻訳文", 4, "翻…"],
    ["👍🏽👍🏽👍🏽", 5, "👍🏽👍🏽…"],
  ])("%j in %i columns is %j", (text, width, expected) => {
    expect(clipped(text, width)).toBe(expected);
  });

  it.each([
    ["src/a.ts:31", 11, "src/a.ts:31"],
    ["src/a.ts:31", 8, "…a.ts:31"],
    ["翻訳文", 5, "…訳文"],
    ["翻訳文", 4, "…文"],
    ["a\nb", 9, "a b"],
    ["abc", 0, ""],
  ])("%j in %i columns keeps its end as %j", (path, width, expected) => {
    expect(clippedInFront(path, width)).toBe(expected);
  });

  it("move no cursor", () => {
    expect(printable("a\u001B[2Jb\u0007\u009B")).toBe("a\uFFFD[2Jb\uFFFD\uFFFD");
  });

  it("turn no direction, and are characters", () => {
    expect(printable("a\u202Eb\uD83D")).toBe("a\uFFFDb\uFFFD");
  });

  it("are folded between words, but no word is broken", () => {
    expect(folded("one two 三四五 https://example.org/long", 9, 2)).toEqual([
      "one two",
      "  三四五",
      "  https://example.org/long",
    ]);
  });

  it.each([
    ["abc", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["\u200B", 0],
    ["№ →▁", 4],
    ["漢字、かな。カナー", 18],
    ["한국", 4],
    ["１ｱ", 3],
    ["✅⚠️⚠", 5],
    ["🇯🇵👩‍👩‍👧‍👦", 4],
  ])("%j takes %i columns", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it.each([
    [0, "0s"],
    [0.25, "0.3s"],
    [59, "59s"],
    [90, "1m30s"],
    [1_530, "25m"],
    [7_199.8, "2h"],
    [11_460, "3h11m"],
    [200_000, "2d7h"],
    [2_000_000, "23d"],
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
    expect(fromNow(new Date(30_001), 30)).toBe("0s ago");
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

  it("has no edge, no colours and nobody to ask where it is none", () => {
    const terminal = new ProcessTerminal();

    vi.stubEnv("COLUMNS", undefined);
    expect(terminal.columns).toBe(Infinity);
    vi.stubEnv("COLUMNS", "nonsense");
    expect(terminal.columns).toBe(Infinity);
    vi.stubEnv("COLUMNS", "132");
    expect(terminal.columns).toBe(132);
    vi.unstubAllEnvs();
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

describe("HarmlessTerminal", () => {
  const evil = "a\u001B[2Jb\nforged\u009B31m\u202Egpj";
  const shown = "a\uFFFD[2Jb forged\uFFFD31m\uFFFDgpj";

  afterEach(() => vi.restoreAllMocks());

  it("lets through nothing but colours", async () => {
    const inner = {
      columns: 7,
      isInteractive: true,
      isScreen: false,
      interrupted: AbortSignal.abort(),
      print: vi.fn<(line: string) => void>(),
      note: vi.fn<(line: string) => void>(),
      progress: vi.fn<(text: string) => void>(),
      colour: (_colour: string, text: string) => `\u001B[1m${text}\u001B[22m`,
      ask: vi.fn<(question: string) => Promise<boolean>>(async () => true),
    };
    const terminal = new HarmlessTerminal(inner);

    terminal.print(`${terminal.colour("bold", evil)} ${evil}`);
    terminal.note(evil);
    terminal.progress(evil);

    expect(await terminal.ask(evil)).toBe(true);
    expect(inner.print.mock.calls).toEqual([[`\u001B[1m${shown}\u001B[22m ${shown}`]]);
    for (const each of [inner.note, inner.progress, inner.ask]) {
      expect(each.mock.calls).toEqual([[shown]]);
    }
    expect([terminal.columns, terminal.isInteractive, terminal.isScreen]).toEqual([7, true, false]);
    expect(terminal.interrupted.aborted).toBe(true);
  });

  it("has JSON say the same", () => {
    const json = JSON.stringify({ evil: `${evil}\u2028\u0085` });

    expect(jsonLine(json)).toMatch(/^[\u0020-\u007E]+$/);
    expect(JSON.parse(jsonLine(json))).toEqual(JSON.parse(json));
  });
});
