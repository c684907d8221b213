import { Command, Job, registerCommands, UnstableNameError } from "mandate";
import { describe, expect, it } from "vitest";
import { warnOfUnstable } from "../../../src/job/declare/unstable-name.ts";
import { LastingAdapter, RETRY, Rig, SCHEDULED } from "../rig.ts";

const CURE =
  "Write it down in the class (static commandName, or jobName of a Job), or have the build keep names: " +
  "keepNames of esbuild and Rolldown, keep_classnames of terser and SWC";

class pp extends Command.initializeWith((order: number) => ({ order })) {
  static ran: number[] = [];
  call() {
    pp.ran.push(this.order);
  }
}

class mp extends Job {
  perform(_id: number): void {}
}

describe("a name that a build made", () => {
  it("does not leave the process, in whichever way", async () => {
    const rig = new Rig(new LastingAdapter());
    const refused = new UnstableNameError("pp");

    await expect(pp.defer(1)).rejects.toThrow(refused);
    await expect(pp.set({ queue: "low" }).defer(1)).rejects.toThrow(refused);
    expect(() => pp.prepare(1)).toThrow(refused);
    await expect(mp.performLater(1)).rejects.toThrow(new UnstableNameError("mp"));
    await expect(mp.set({ wait: 60 }).performLater(1)).rejects.toThrow(UnstableNameError);
    expect(await rig.waiting()).toBe(0);
  });

  it("says what to do", () => {
    expect(new UnstableNameError("pp")).toMatchObject({
      name: "UnstableNameError",
      code: "MANDATE_UNSTABLE_NAME",
      commandName: "pp",
      message:
        'Cannot defer pp: it looks as if a minifier or a bundler made the name "pp", ' +
        `which then is another class's in the next build. ${CURE}`,
    });
  });

  it("is called and performed at hand, but not retried later", async () => {
    class e extends Job {
      static {
        this.retryOn(RangeError);
      }
      perform(fails: boolean): string {
        if (fails) throw new RangeError("busy");
        return "done";
      }
    }
    new Rig(new LastingAdapter());

    expect(await e.performNow(false)).toBe("done");
    await expect(e.performNow(true)).rejects.toThrow(UnstableNameError);
  });

  it("is warned of once where jobs stay in the process, and runs there", async () => {
    const rig = new Rig();
    pp.ran = [];

    await pp.defer(1);
    await pp.defer(2);
    await mp.performLater(3);
    await rig.work();

    expect(pp.ran).toEqual([1, 2]);
    expect(rig.log.troubles).toEqual([
      'It looks as if a minifier or a bundler made the name "pp". Jobs of it are refused by a store that outlives this process, ' +
        `such as Redis: another class may have the name in the next build. ${CURE}`,
    ]);
  });

  it("is not run for jobs of other processes: they wait for a while, then fail", async () => {
    const rig = new Rig(new LastingAdapter());
    pp.ran = [];
    await pp.call(0);
    pp.retry(25);
    const jid = "0123456789abcdef01234567";
    await rig.put(
      `{"class":"MandateJob","args":["pp",7],"jid":"${jid}","queue":"default","retry":true}`,
      { jid },
    );

    await rig.run();
    expect(await rig.only(SCHEDULED)).toMatchObject({ dueIn: 5, left_count: 1 });
    for (let left = 1; left < 8; left += 1) {
      rig.elapse(300);
      await rig.run();
    }

    expect(pp.ran).toEqual([0]);
    expect(await rig.only(RETRY)).toMatchObject({
      retry_count: 0,
      error_class: "UnstableNameError",
      error_message:
        `Cannot run job ${jid}: it looks as if a minifier or a bundler made the name "pp", ` +
        `which then is another class's in the next build. ${CURE}`,
    });
  });

  it("is told when a worker starts on such a store", () => {
    const rig = new Rig();
    registerCommands(pp, mp);

    warnOfUnstable({ adapter: new LastingAdapter(), logger: rig.log });
    warnOfUnstable({ adapter: rig.adapter, logger: rig.log });

    expect(rig.log.troubles).toHaveLength(1);
    expect(rig.log.troubles[0]).toBe(
      "Jobs of these classes are not run, because a minifier or a bundler seems to have made their names: " +
        `pp, mp, e. ${CURE}`,
    );
  });
});
