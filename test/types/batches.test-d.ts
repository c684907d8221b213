import { Batch, Command, type BatchGraph, type BatchStatus } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

class Count extends Command.initializeWith((text: string) => ({ text })) {
  async call(): Promise<number> {
    const [count, name] = await this.prereqResults<[typeof Count, typeof Name]>();
    expectTypeOf(count).toEqualTypeOf<number>();
    expectTypeOf(name).toEqualTypeOf<string>();
    expectTypeOf(await this.prereqResults()).toEqualTypeOf<unknown[]>();
    expectTypeOf(this.batch).toEqualTypeOf<Batch | undefined>();
    return 1;
  }
}

class Name extends Command {
  call(): string {
    return "";
  }
}

describe("batches", () => {
  it("take prepared jobs as callbacks", async () => {
    await Batch.create({ onSuccess: Count.prepare("a") }, () => undefined);
    // @ts-expect-error a class is no prepared job
    await Batch.create({ onSuccess: Count }, () => undefined);
    // @ts-expect-error there is no such option
    await Batch.create({ onFinish: Name.prepare() }, () => undefined);
  });

  it("return what their blocks do, and say how they are", async () => {
    const batch = await Batch.create({ parent: false }, (given) => {
      expectTypeOf(given).toEqualTypeOf<Batch>();
    });
    expectTypeOf(await batch.add(() => 7)).toEqualTypeOf<number>();
    expectTypeOf(await batch.status()).toEqualTypeOf<BatchStatus>();
    expectTypeOf(await batch.graph()).toEqualTypeOf<BatchGraph>();
    // @ts-expect-error a typing error in a duration does not compile
    await batch.completed({ timeout: "1 minit" });
  });
});
