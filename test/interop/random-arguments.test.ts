import { expect, describe, it } from "vitest";
import { globalId, Job, registerCommands } from "mandate";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";
import { User } from "./ours.ts";

const COUNT = 1000;

/** Hands on what it gets, as Ruby has it. */
class ForwardJob extends Job {
  static {
    this.queueAs("forward");
    this.jobOptions({ wireFormat: "activejob", rubyValues: "exact" });
  }

  async perform(...args: unknown[]): Promise<void> {
    await ForwardJob.set({ queue: "back" }).performLater(...args);
  }
}

describe.skipIf(cannotRun)("Random arguments of Active Jobs", () => {
  it("are the same to Ruby after they were read and written here", async () => {
    const seed = String(Math.floor(Math.random() * 1e9));
    const beside = await BesideRuby.start();
    registerCommands(ForwardJob);
    globalId.register(User, { find: (id) => new User(id) });
    await beside.ruby.run("random_arguments.rb", "enqueue", seed, String(COUNT));

    await beside.workOff("forward");

    const failed = await beside.redis.zrange("retry", "0", "0");
    const checked = await beside.ruby.run("random_arguments.rb", "check", seed, String(COUNT));
    expect({ seed, failed, checked }).toEqual({
      seed,
      failed: [],
      checked: { equal: COUNT, different: [] },
    });
  });
});
