import { Command, OtherDeclarationError } from "mandate";
import { describe, expect, it } from "vitest";
import { LastingAdapter, RETRY, Rig, SCHEDULED } from "../rig.ts";

const JID = "0123456789abcdef01234567";

/** One class for each process, under one name: the tests' rig replaces the first by the second. */
const receipts = {
  /** Sends a receipt. */
  web: () =>
    class Receipt extends Command.initializeWith((order: number) => ({ order })) {
      call() {}
    },
  /** Deletes an account. */
  worker: (ran: unknown[]) =>
    class Receipt extends Command.initializeWith((account: number, isForced = false) => ({
      account,
      isForced,
    })) {
      static {
        this.retry(0);
      }
      call() {
        ran.push(this.account);
      }
    },
};

describe("a job that another declaration deferred", () => {
  it("is not run: it is left to others, then fails, and says what to do", async () => {
    const rig = new Rig(new LastingAdapter());
    const ran: unknown[] = [];
    await receipts.web().set({ jid: JID }).defer(1);
    receipts.worker(ran);

    while ((await rig.run()).kind === "requeue") {
      rig.elapse((await rig.only(SCHEDULED)).dueIn);
    }

    expect(ran).toEqual([]);
    expect(await rig.only(RETRY)).toMatchObject({
      error_class: "OtherDeclarationError",
      error_message: new OtherDeclarationError("Receipt", JID, ["account", "isForced"]).message,
    });
    expect(new OtherDeclarationError("Receipt", JID, ["account", "isForced"])).toMatchObject({
      code: "MANDATE_OTHER_DECLARATION",
      commandName: "Receipt",
      message:
        `Cannot run job ${JID}: what deferred it as "Receipt" has none of the properties that the class of that name ` +
        "has here (account, isForced), so it is another command. Give one of the two another name; " +
        'or, if it is the same command, write down static commandName = "Receipt" in it',
    });
  });

  it("fails at once in a store that no other process shares", async () => {
    const rig = new Rig();
    await receipts.web().defer(1);
    receipts.worker([]);

    expect((await rig.run()).kind).toBe("retry");
  });

  it.each([
    ["has an argument more", { order: 1, locale: "nl" }],
    ["was renamed", { purchase: 1 }],
  ])("runs where its argument %s", async (_what, properties) => {
    const rig = new Rig(new LastingAdapter());
    const ran: unknown[] = [];
    const initialize: (id: number) => object =
      "locale" in properties
        ? (order, locale = "nl") => ({ order, locale })
        : (purchase) => ({ purchase });
    await receipts.web().defer(1);
    class Receipt extends Command.initializeWith(initialize) {
      static {
        this.queueAs("default");
      }
      call() {
        ran.push(Object.fromEntries(Object.entries(this)));
      }
    }

    expect((await rig.run()).kind).toBe("done");
    expect(ran).toEqual([expect.objectContaining(properties)]);
    expect(Receipt.name).toBe("Receipt");
  });

  it("runs where the class's name is written down, or the record says nothing", async () => {
    const rig = new Rig(new LastingAdapter());
    const ran: unknown[] = [];
    await receipts.web().defer(1);
    const stated = receipts.worker(ran);
    stated.commandName = "Receipt";

    expect((await rig.run()).kind).toBe("done");
    receipts.worker(ran);
    await rig.put(`{"class":"MandateJob","args":["Receipt",2],"jid":"${JID}","queue":"default"}`, {
      jid: JID,
    });
    expect((await rig.run()).kind).toBe("done");
    expect(ran).toEqual([1, 2]);
  });
});
