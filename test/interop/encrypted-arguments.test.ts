import { describe, expect, it } from "vitest";
import { Command, deadSet, registerCommands, retrySet, scheduledSet } from "mandate";
import { useKeys, useNoKeys } from "../encryption/keys.ts";
import { BesideRuby, cannotRun } from "./beside-ruby.ts";

const seen: string[] = [];

class Charge extends Command.initializeWith((card: string) => ({ card })) {
  static override readonly commandName: string = "Interop::Charge";
  static {
    this.encryptArguments();
    this.retryIn(() => 3600);
    this.retry(1);
  }

  call(): void {
    seen.push(this.card);
    if (this.card.startsWith("broken")) throw new Error("the bank said no");
  }
}

class ChargeInRails extends Charge {
  static override readonly commandName = "Interop::ForRuby";
  static {
    this.jobOptions({ wireFormat: "activejob" });
  }
}

registerCommands(Charge, ChargeInRails);

describe.skipIf(cannotRun)("encrypted arguments beside Ruby", () => {
  it("are shown by no page of Sidekiq's, and are read after a person moved the job there", async () => {
    const beside = await BesideRuby.start();
    useKeys("2026-11");
    const both = [Charge, ChargeInRails];
    const broken = await Promise.all(both.map((each) => each.defer("broken 4111 1111")));
    await beside.workOff("default");
    const later = await Promise.all(
      both.map((each) => each.defer("4111 1111 later", { wait: "1 hour" })),
    );
    const locked = await Promise.all(both.map((each) => each.defer("4111 1111 locked")));
    useNoKeys();
    await beside.workOff("default");
    useKeys("2026-11");
    const waiting = await Promise.all(both.map((each) => each.defer("4111 1111 waiting")));

    const { pages } = (await beside.ruby.run("web.rb")) as {
      pages: { page: string; status: number }[];
    };
    expect(pages.filter(({ status }) => status !== 200)).toEqual([]);
    expect(pages.filter(({ page }) => /^\/(retries|scheduled)\/./.test(page))).toHaveLength(6);
    expect([await retrySet().size(), await scheduledSet().size()]).toEqual([4, 2]);

    seen.length = 0;
    for (const { id } of [...broken, ...locked]) {
      await beside.ruby.run("manage.rb", "retry-now", id);
    }
    for (const { id } of later) await beside.ruby.run("manage.rb", "add-to-queue", id);
    await beside.workOff("default");

    expect(seen.toSorted()).toEqual(
      ["broken 4111 1111", "4111 1111 locked", "4111 1111 later", "4111 1111 waiting"]
        .flatMap((card) => [card, card])
        .toSorted(),
    );
    expect(waiting).toHaveLength(2);
    expect(await deadSet().size()).toBe(0);
  });

  it("fail in Ruby, and say why", async () => {
    const beside = await BesideRuby.start();
    useKeys("2026-11");
    const { id } = await ChargeInRails.defer("4111 1111");

    beside.ruby.worker("--queues", "default", "--poll", "0.2");
    await beside.untilIn("retry", id);

    const failed = await retrySet().find(id);
    expect(failed?.errorClass).toBe("ActiveJob::DeserializationError");
    expect(failed?.errorMessage).toContain("Mandate::EncryptedArguments");
    expect(failed?.payload).not.toContain("4111 1111");
  });
});
