import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { UsageError } from "../../src/cli/usage.ts";
import { readYamlFile } from "../../src/cli/yaml-file.ts";
import type { FileSettings } from "../../src/cli/yaml-settings.ts";

describe("readSidekiqFile", () => {
  it("reads symbols as keys, and passes other environments' sections over", () => {
    expect(readFixture("sample.yml")).toEqual({
      config: {
        concurrency: 10,
        timeout: 30,
        require: [],
        queues: strictly("critical", "default", "low"),
      },
      capsules: [],
      ...NOTHING_MORE,
      configured: {},
      unused: [],
    });
  });

  it("lets the environment's section count more", () => {
    expect(readFixture("sample.yml", "production").config).toMatchObject({
      concurrency: 25,
      timeout: 30,
    });
  });

  it("reads keys without colons, aliases, merged sections, and symbols as queues", () => {
    expect(readFixture("plain-keys.yml").config).toMatchObject({
      concurrency: 5,
      queues: strictly("urgent", "default"),
    });
    expect(readFixture("plain-keys.yml", "production").config).toMatchObject({
      concurrency: 40,
      queues: strictly("urgent", "default", "low"),
    });
  });

  it("reads weights in each of their forms", () => {
    expect(readFixture("weights.yml").config.queues).toEqual([
      ["critical", 6],
      ["default", 4],
      ["mailers", 2],
      ["bulk", 1],
      ["events", 0],
    ]);
  });

  it("takes defaults where a variable is not set", () => {
    expect(readFixture("environment-variables.yml")).toEqual({
      config: { concurrency: 5, timeout: 25, require: [], tag: "", queues: strictly("default") },
      capsules: [],
      ...NOTHING_MORE,
      configured: { retry: 7 },
      unused: [],
    });
  });

  it("takes the environment's variables", () => {
    const variables = {
      SIDEKIQ_CONCURRENCY: "12",
      SIDEKIQ_TIMEOUT: "60",
      SIDEKIQ_MAX_RETRIES: "0",
      SIDEKIQ_QUEUE: "mailers",
      APP_TAG: "blue",
    };

    expect(readFixture("environment-variables.yml", "development", variables)).toMatchObject({
      config: { concurrency: 12, timeout: 60, tag: "blue", queues: strictly("mailers") },
      configured: { retry: 0 },
    });
  });

  it("names the settings that are Ruby's or a plugin's, and goes on", () => {
    expect(readFixture("plugins.yml")).toEqual({
      config: { concurrency: 3, queues: strictly("default") },
      capsules: [],
      ...NOTHING_MORE,
      configured: {},
      unused: ["logfile", "pidfile", "require", "limits", "scheduler"],
    });
  });

  it("reads capsules", () => {
    expect(readFixture("capsules.yml")).toEqual({
      config: { concurrency: 5, require: [], queues: strictly("default") },
      capsules: [
        { name: "single", queues: strictly("reports"), concurrency: 1 },
        {
          name: "unsafe",
          queues: [
            ["imports", 2],
            ["exports", 1],
          ],
          concurrency: 2,
        },
      ],
      ...NOTHING_MORE,
      configured: {},
      unused: [],
    });
  });

  it("reads how long and how many dead jobs are kept", () => {
    const file = read(":dead_max_jobs: 500\n:dead_timeout_in_seconds: 86400\n");

    expect(file.configured).toEqual({ deadMaxJobs: 500, deadTimeout: 86_400 });
    expect(file.unused).toEqual([]);
  });

  it("requires what is no Ruby", () => {
    expect(read("require: ./commands").config.require).toEqual(["./commands"]);
    expect(read("require: [./commands, ./jobs/*.ts]").config.require).toEqual([
      "./commands",
      "./jobs/*.ts",
    ]);
  });

  it("does not require a Rails application", () => {
    const folder = mkdtempSync(join(tmpdir(), "mandate-rails-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "config"));
    writeFileSync(join(folder, "config/environment.rb"), "");

    expect(read(`require: ${folder}`)).toEqual({
      config: { queues: strictly("default") },
      capsules: [],
      ...NOTHING_MORE,
      configured: {},
      unused: ["require"],
    });
  });

  it.each(["", "---\n", "# nothing\n"])("takes a file that says nothing: %j", (text) => {
    expect(read(text)).toEqual({
      config: { require: [], queues: strictly("default") },
      capsules: [],
      ...NOTHING_MORE,
      configured: {},
      unused: [],
    });
  });

  it("reads queues as a map of weights, as Sidekiq does", () => {
    expect(read(":queues:\n  :critical: 6\n  default: '4'\n  low:").config.queues).toEqual([
      ["critical", 6],
      ["default", 4],
      ["low", 0],
    ]);
    expect(read("queues: { a: 1 }\nproduction:\n  queues: { b: 2 }").config.queues).toEqual([
      ["a", 1],
    ]);
    expect(
      read("capsules: { one: { concurrency: 1, queues: { a: 3, 'b*': 1 } } }").capsules,
    ).toEqual([
      {
        name: "one",
        concurrency: 1,
        queues: [
          ["a", 3],
          ["b*", 1],
        ],
      },
    ]);
  });

  it("reads lists of names, pairs and stars", () => {
    expect(read("queues: [critical, [default, 2], 'low,1', 'beta*', '*']").config.queues).toEqual([
      ["critical", 0],
      ["default", 2],
      ["low", 1],
      ["beta*", 0],
      ["*", 0],
    ]);
  });

  it("reads YAML as Ruby does: what is merged counts more than what stands above it", () => {
    const text =
      "defaults: &defaults\n  :concurrency: 5\nproduction:\n  :concurrency: 1\n  <<: *defaults\n";
    const { config } = readYamlFile(text, {
      file: "config/sidekiq.yml",
      environment: "production",
      variables: {},
    });

    expect(config.concurrency).toBe(5);
    expect(read("timeout: 1:30\nconcurrency: 1_0\nverbose: yes").config).toMatchObject({
      timeout: 5400,
      concurrency: 10,
      verbose: true,
    });
  });

  it("gives a queue that is named twice its last weight, at its first place", () => {
    expect(read("queues: [[a, 1], b, [a, 3]]").config.queues).toEqual([
      ["a", 3],
      ["b", 0],
    ]);
  });

  it.each([
    ["- a\n- b", 'it is no list of settings. Write lines such as "concurrency: 10"'],
    ["concurrency: many", 'its concurrency is no number. Write "concurrency: 10"'],
    [
      "dead_max_jobs: -1",
      'its dead_max_jobs is no whole number from 0 up. Write "dead_max_jobs: 10"',
    ],
    ["queues: [{ a: 1 }]", 'one of its queues is no name. Write "- critical" or "- [critical, 6]"'],
    ["queues: { a: b }", 'one of its queues is no name. Write "- critical" or "- [critical, 6]"'],
    ["queues: [[a, b]]", 'one of its queues is no name. Write "- critical" or "- [critical, 6]"'],
    ["require: { a: 1 }", 'its require is no path. Write "require: ./commands"'],
    [
      ":capsules:\n  :single:\n    :concurrency: 1",
      "its capsule single lacks queues or concurrency. Write both",
    ],
    ["capsules: [a]", 'its capsules have no names. Write "capsules:", and below it "single:"'],
    [
      "a: [",
      "it is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] " +
        "at line 1, column 5. Mend it",
    ],
  ])("refuses %j", (text, why) => {
    expect(() => read(text)).toThrow(new UsageError(`Cannot use config/sidekiq.yml: ${why}`));
  });
});

const NOTHING_MORE = { shares: [], remarks: [] };

function readFixture(
  name: string,
  environment = "development",
  variables: Readonly<Record<string, string>> = {},
): FileSettings {
  const text = readFileSync(new URL(`../fixtures/sidekiq-yml/${name}`, import.meta.url), "utf8");
  return readYamlFile(text, { file: name, environment, variables });
}

function read(text: string): FileSettings {
  const context = { file: "config/sidekiq.yml", environment: "development", variables: {} };
  return readYamlFile(text, context);
}

function strictly(...names: readonly string[]): [string, number][] {
  return names.map((name) => [name, 0]);
}
