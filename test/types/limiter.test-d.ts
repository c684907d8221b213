import { limiter, OverLimitError, type Limiter, type PointsLimiter } from "mandate";
import { describe, expectTypeOf, it } from "vitest";

describe("a limiter", () => {
  it("resolves with what its work returns, awaited", () => {
    const erp = limiter.concurrent("erp", { to: 50, wait: "5 seconds", hold: 60 });

    expectTypeOf(erp).toEqualTypeOf<Limiter>();
    expectTypeOf(erp.within(() => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(erp.within(async () => "a")).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error work is a function
    void erp.within(fetch("https://example.org"));
    // @ts-expect-error it is told nothing
    void erp.within((points: number) => points);
  });

  it("of points tells its work of them", () => {
    const shop = limiter.points("shop", { size: 1_000, refill: 50 });

    expectTypeOf(shop).toEqualTypeOf<PointsLimiter>();
    const count = shop.within(
      (points) => {
        expectTypeOf(points.used).toEqualTypeOf<(points: number) => void>();
        return 5;
      },
      { estimate: 200, signal: AbortSignal.timeout(5) },
    );
    expectTypeOf(count).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error only points are estimated
    void limiter.concurrent("erp").within(() => 1, { estimate: 2 });
  });

  it("is made with the numbers of its kind", () => {
    limiter.concurrent("a");
    limiter.bucket("a", { to: 1, per: "1 minute" });
    limiter.window("a", { to: 1, per: 5, wait: 0 });
    limiter.leaky("a", { size: 1, drain: "1 hour" });
    // @ts-expect-error a bucket has a time
    limiter.bucket("a", { to: 1 });
    // @ts-expect-error that is no time
    limiter.window("a", { to: 1, per: "a while" });
    // @ts-expect-error a hold is of concurrent calls
    limiter.window("a", { to: 1, per: 5, hold: 5 });
    // @ts-expect-error a leaky bucket drains
    limiter.leaky("a", { size: 1, refill: 1 });
    // @ts-expect-error points come back by the second
    limiter.points("a", { size: 1, refill: "1 minute" });
    // @ts-expect-error it has a name
    limiter.concurrent({ to: 1 });
  });

  it("throws an error that says which, and when", () => {
    expectTypeOf<OverLimitError["limiter"]>().toEqualTypeOf<string>();
    expectTypeOf<OverLimitError["code"]>().toEqualTypeOf<"MANDATE_OVER_LIMIT">();
  });
});
