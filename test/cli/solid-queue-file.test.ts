import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/usage.ts";
import { readYamlFile } from "../../src/cli/yaml-file.ts";
import type { FileSettings } from "../../src/cli/yaml-settings.ts";

describe("readSolidQueueFile", () => {
  it("reads what Rails generates: one worker for all queues, in this process", () => {
    expect(readFixture("generated.yml", { environment: "production" })).toEqual({
      config: { queues: "*", concurrency: 3 },
      ...NOTHING_MORE,
    });
  });

  it("has as many processes as JOB_CONCURRENCY says", () => {
    const variables = { JOB_CONCURRENCY: "4" };

    expect(readFixture("generated.yml", { variables })).toEqual({
      config: { queues: "*", concurrency: 3, processes: 4 },
      ...NOTHING_MORE,
    });
  });

  it("has a process for each worker, and for each of its processes", () => {
    const { config, shares } = readFixture("readme.yml", { environment: "production" });

    const listed = { queues: ["real_time", "background"], concurrency: 5 };
    expect(config).toEqual({ processes: 4 });
    expect(shares).toEqual([{ queues: "*", concurrency: 3 }, listed, listed, listed]);
  });

  it("says on which line something stands that cannot be kept", () => {
    expect(readFixture("readme.yml", { environment: "production" }).remarks).toEqual([
      "readme.yml:17: recurring tasks are not run here, and dynamic_tasks_enabled has no effect. " +
        "Have cron enqueue them",
    ]);
  });

  it("has all workers in one process where Solid Queue would", () => {
    const variables = { SOLID_QUEUE_SUPERVISOR_MODE: "async" };
    const text =
      "workers:\n- queues: a\n  processes: 2\n- threads: 1\n- queues: [b, 'c*']\n  processes: 3";

    expect(read(text, { variables })).toEqual({
      config: { queues: ["a"], concurrency: 3 },
      ...NOTHING_MORE,
      capsules: [
        { name: "worker 2", queues: ["*"], concurrency: 1 },
        { name: "worker 3", queues: ["b", "c*"], concurrency: 3 },
      ],
    });
  });

  it.each([
    ["queues: staging*", ["staging*"]],
    ["queues: [ staging*, background ]", ["staging*", "background"]],
    ["queues: [default, backend, '*']", "*"],
    ["queues: [a, ' b ', a]", ["a", "b"]],
    ["queues: []", "*"],
    ["queues:", "*"],
    ["threads: 3", "*"],
  ])("reads %j in its order", (line, queues) => {
    expect(read(`workers:\n- ${line}`).config.queues).toEqual(queues);
  });

  it("reads settings outside of sections, and keys as symbols", () => {
    expect(read(":workers:\n- :queues: a\n  :threads: '7'").config).toEqual({
      queues: ["a"],
      concurrency: 7,
    });
  });

  it("serves all where nothing is said for the environment, as Solid Queue does", () => {
    expect(readFixture("readme.yml", { environment: "development" })).toEqual({
      config: { queues: "*", concurrency: 3 },
      ...NOTHING_MORE,
      remarks: [
        'readme.yml: nothing in it is for environment "development", so all queues are served, 3 jobs at a time. ' +
          'Write a section "development:", or give --environment',
      ],
    });
  });

  it("starts none of a worker that has no processes", () => {
    expect(read("workers:\n- queues: a\n  processes: 0\n- queues: b").config).toEqual({
      queues: ["b"],
      concurrency: 3,
    });
  });

  it("passes over a star before a name's end, and says so", () => {
    const { config, remarks } = read("workers:\n- threads: 1\n  queues: ['*_low', a]");

    expect(config.queues).toEqual(["a"]);
    expect(remarks).toEqual([
      'config/queue.yml:3: "*_low" has a star before its end, and stands for no queue. ' +
        "Name the queues, or what they begin with",
    ]);
  });

  it("names a setting that there is not, also where it was merged", () => {
    const text = "default: &default\n  workers:\n  - thread: 5\ndevelopment:\n  <<: *default\n";

    expect(read(text).remarks).toEqual([
      'config/queue.yml:3: "thread" is no setting of a worker, and has no effect. ' +
        "Those are queues, threads and processes",
    ]);
  });

  it("leaves a Sidekiq file alone that has queues of such names", () => {
    const text = ":queues:\n  workers: 2\n:limits:\n  workers: 1\n  dispatchers: 2\n";

    expect(read(text).config.queues).toEqual([["workers", 2]]);
  });

  it.each([
    [
      "workers:\n  queues: a\ndispatchers: []",
      '1: its workers are no list. Write "workers:", and below it "- queues: default"',
    ],
    [
      "dispatchers:\n- batch_size: 1",
      "1: it asks for no workers, and nothing is to be dispatched here. " +
        'Write "workers:", and below it "- queues: default", or start no worker by it',
    ],
    [
      "workers:\n- queues: a\n  threads: many",
      '3: its threads is no whole number from 1 up. Write "threads: 3"',
    ],
    [
      "workers:\n- processes: -1",
      '2: its processes is no whole number from 0 up. Write "processes: 1"',
    ],
    [
      "workers:\n- processes: 0",
      '1: its workers come to no process. Write "processes: 1", or start no worker by it',
    ],
    [
      "workers:\n- queues: [a, 5]",
      '2: one of its queues is no name. Write "queues: default" or "queues: [real_time, background]"',
    ],
    ["workers:\n- queues: a,b", '2: "a,b" is no name of a queue. Write "queues: [a, b]"'],
    [
      "workers:\n- queues: '*_low'",
      "2: none of its queues can be served. Name one, or leave queues out",
    ],
  ])("refuses %j", (text, why) => {
    expect(() => read(text)).toThrow(new UsageError(`Cannot use config/queue.yml:${why}`));
  });
});

const NOTHING_MORE = { capsules: [], shares: [], configured: {}, unused: [], remarks: [] };

interface Context {
  readonly environment?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

function readFixture(name: string, context: Context): FileSettings {
  const path = new URL(`../fixtures/solid-queue-yml/${name}`, import.meta.url);
  return readAs(name, readFileSync(path, "utf8"), context);
}

function read(text: string, context: Context = {}): FileSettings {
  return readAs("config/queue.yml", text, context);
}

function readAs(
  file: string,
  text: string,
  { environment = "development", variables = {} }: Context,
): FileSettings {
  return readYamlFile(text, { file, environment, variables });
}
