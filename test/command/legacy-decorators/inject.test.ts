import { Command, configure, memoize } from "mandate";
import { container, inject, injectable, Lifecycle, scoped, singleton } from "tsyringe";
import { beforeEach, describe, expect, it } from "vitest";

@singleton()
class Settings {
  readonly from = "us@example.org";
}

@scoped(Lifecycle.ContainerScoped)
class Connection {
  readonly sent: string[] = [];
}

@injectable()
class Mailer {
  constructor(
    private readonly settings: Settings,
    private readonly connection: Connection,
    @inject("footer") private readonly footer: string,
  ) {}

  deliver(text: string): string[] {
    this.connection.sent.push(`${this.settings.from}: ${text} ${this.footer}`);
    return this.connection.sent;
  }
}

class SendMail extends Command.initializeWith((text: string) => ({ text })) {
  private readonly mailer = this.inject(Mailer);
  private readonly other = this.inject(Mailer);
  private readonly connection = this.inject(Connection);

  call() {
    this.mailer.deliver(this.text);
    return { sent: this.other.deliver("again"), own: this.connection.sent };
  }
}

beforeEach(() => {
  const parent = container.createChildContainer();
  parent.register("footer", { useValue: "--" });
  configure({ container: parent });
});

describe("inject, with legacy decorators", () => {
  it("makes constructors' parameters in the same scope", () => {
    const { sent, own } = SendMail.call("hello");

    expect(sent).toEqual(["us@example.org: hello --", "us@example.org: again --"]);
    expect(own).toBe(sent);
  });

  it("opens a scope for each call", () => {
    const [first, second] = [SendMail.call("hello"), SendMail.call("hello")];

    expect(second).toEqual(first);
    expect(second.sent).not.toBe(first.sent);
  });
});

describe("memoize, as a legacy decorator", () => {
  class Report extends Command {
    calls = 0;

    call() {
      return [this.total(), this.total(), this.rate, this.rate, this.calls];
    }

    @memoize
    private total() {
      this.calls += 1;
      return "total";
    }

    @memoize
    protected get rate() {
      this.calls += 1;
      return undefined;
    }
  }

  it("runs methods and getters once per instance", () => {
    expect(Report.call()).toEqual(["total", "total", undefined, undefined, 2]);
    expect(Report.call()).toEqual(["total", "total", undefined, undefined, 2]);
  });

  it("keeps a subclass's value apart from that of the method it overrides", () => {
    class Base extends Command {
      call() {
        return [this.total(), this.total()];
      }
      @memoize
      protected total() {
        return [1];
      }
    }
    class Derived extends Base {
      @memoize
      protected override total() {
        return [...super.total(), 2];
      }
    }

    const [first, second] = Derived.call();

    expect(first).toEqual([1, 2]);
    expect(second).toBe(first);
  });

  it("does not keep a promise that rejects", async () => {
    let calls = 0;
    class Load extends Command {
      async call() {
        return this.load().catch(() => this.load());
      }
      @memoize
      private async load() {
        calls += 1;
        if (calls === 1) throw new Error("not yet");
        return calls;
      }
    }

    expect(await Load.call()).toBe(2);
  });

  it("refuses what is neither a method nor a getter", () => {
    expect(() => {
      class Wrong extends Command {
        // @ts-expect-error a field has no descriptor
        @memoize
        total = 1;

        call() {
          return this.total;
        }
      }
      return Wrong;
    }).toThrow("Cannot memoize total: there is no method or getter of that name");
  });

  it("refuses a method with parameters", () => {
    expect(() => {
      class Wrong extends Command {
        call() {
          return this.total();
        }

        @memoize
        private total(month = 1) {
          return month;
        }
      }
      return Wrong;
    }).toThrow("Cannot memoize total: it takes parameters");
  });
});
