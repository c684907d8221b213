import { Job } from "mandate";
import { describe, expect, it } from "vitest";
import { enqueueCallbacks, performCallbacks } from "../../../src/job/declare/callbacks.ts";
import { declarationsOf, defineTrait, undeclared } from "../../../src/job/declare/declarations.ts";
import { errorRules } from "../../../src/job/declare/error-rules.ts";
import { jobOptionsTrait } from "../../../src/job/declare/job-options.ts";
import { logArgumentsTrait } from "../../../src/job/declare/log-arguments.ts";
import { priorityTrait, queueTrait } from "../../../src/job/declare/placement.ts";
import {
  retriesExhaustedTrait,
  retryInTrait,
  retryTrait,
} from "../../../src/job/declare/retries.ts";
import type { Callback } from "../../../src/job/around/middleware.ts";

class FirstError extends Error {}
class SecondError extends Error {}

abstract class Base extends Job {}
class Child extends Base {
  perform(): void {}
}

/** A parent and a child, each with what its block declares. */
function family(ofParent: (parent: typeof Base) => void, ofChild: (child: typeof Child) => void) {
  abstract class Parent extends Job {}
  class Heir extends Parent {
    perform(): void {}
  }
  ofParent(Parent);
  ofChild(Heir);
  return declarationsOf(Heir);
}

/** What kind of callback it is, and what comes of it. */
function called({ kind, run }: Callback): unknown {
  const nothing = undefined as never;
  return [kind, run(nothing, nothing, nothing)];
}

describe("declarationsOf", () => {
  it("is nothing for a class that declares nothing", () => {
    expect(declarationsOf(Child)).toBe(undeclared());
  });

  it("inherits single values, and lets a subclass replace them", () => {
    const declarations = family(
      (parent) => {
        parent.queueAs("low");
        parent.queueWithPriority(5);
        parent.retry(3);
        parent.logArguments(false);
      },
      (child) => {
        child.queueWithPriority(0);
        child.retry(false);
      },
    );

    expect(queueTrait.of(declarations)).toBe("low");
    expect(priorityTrait.of(declarations)).toBe(0);
    expect(retryTrait.of(declarations)).toBe(false);
    expect(logArgumentsTrait.of(declarations)).toBe(false);
  });

  it("lets the last declaration of a class win", () => {
    const [one, other] = [() => 1, () => 2];
    const declarations = family(
      () => {},
      (child) => {
        child.queueAs("low");
        child.queueAs("high");
        child.retryIn(one);
        child.retryIn(other);
        child.retriesExhausted(one);
        child.retriesExhausted(other);
      },
    );

    expect(queueTrait.of(declarations)).toBe("high");
    expect(retryInTrait.of(declarations)).toBe(other);
    expect(retriesExhaustedTrait.of(declarations)).toBe(other);
  });

  it("merges job options, one by one", () => {
    const declarations = family(
      (parent) => parent.jobOptions({ backtrace: true, tags: ["a"] }),
      (child) => {
        child.jobOptions({ dead: false });
        child.jobOptions({ tags: ["b"] });
      },
    );

    expect(jobOptionsTrait.of(declarations)).toEqual({ backtrace: true, dead: false, tags: ["b"] });
  });

  it("looks at the latest rule of the class itself first, then at its parent's", () => {
    const declarations = family(
      (parent) => {
        parent.retryOn(FirstError);
        parent.discardOn(FirstError);
      },
      (child) => {
        child.rescueFrom(SecondError, () => {});
        child.discardOn(SecondError);
      },
    );

    expect(errorRules.of(declarations).map(({ kind, key }) => [kind, key])).toEqual([
      ["discard", "[SecondError]"],
      ["rescue", "[SecondError]"],
      ["discard", "[FirstError]"],
      ["retry", "[FirstError]"],
    ]);
  });

  it("keeps callbacks in the order they were declared, the parent's first", () => {
    const [a, b, c, d] = [() => 1, () => 2, () => 3, () => 4];
    const declarations = family(
      (parent) => {
        parent.beforePerform(a);
        parent.afterPerform(b);
        parent.beforeEnqueue(a);
      },
      (child) => {
        child.aroundPerform(c);
        child.beforePerform(d);
        child.afterEnqueue(d);
      },
    );

    expect(performCallbacks.of(declarations).map(called)).toEqual([
      ["before", 1],
      ["after", 2],
      ["around", 3],
      ["before", 4],
    ]);
    expect(enqueueCallbacks.of(declarations).map(called)).toEqual([
      ["before", 1],
      ["after", 4],
    ]);
  });

  it("leaves the parent, and other children, as they are", () => {
    abstract class Parent extends Job {}
    class One extends Parent {
      perform(): void {}
    }
    class Other extends Parent {
      perform(): void {}
    }

    One.queueAs("low");
    One.discardOn(Error);

    expect(declarationsOf(Parent)).toBe(undeclared());
    expect(declarationsOf(Other)).toBe(undeclared());
  });

  it("sees what a parent declares later", () => {
    abstract class Parent extends Job {}
    class Heir extends Parent {
      perform(): void {}
    }
    expect(queueTrait.of(declarationsOf(Heir))).toBeUndefined();

    Parent.queueAs("late");

    expect(queueTrait.of(declarationsOf(Heir))).toBe("late");
  });

  it("is the same object as long as nothing is declared", () => {
    Child.queueAs("low");

    expect(declarationsOf(Child)).toBe(declarationsOf(Child));
  });
});

describe("defineTrait", () => {
  it("refuses a second trait of a name", () => {
    expect(() => defineTrait({ name: "queueAs", undeclared: 0 })).toThrow(
      'Cannot define the trait "queueAs": there is one of that name. Give it another',
    );
  });
});
