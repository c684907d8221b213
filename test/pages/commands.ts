import { ArgumentCountError, CallbacksCommand, Command, memoize } from "mandate";

interface Line {
  readonly title: string;
  readonly cents: number;
}

class Total extends Command.initializeWith((lines: Line[], currency = "EUR") => ({
  lines,
  currency,
})) {
  call() {
    return `${this.cents / 100} ${this.currency}`;
  }

  @memoize
  private get cents() {
    return this.lines.reduce((sum, { cents }) => sum + cents, 0);
  }
}

const total = Total.call([{ title: "Tea", cents: 250 }]); // a string, as call() returns one
console.log(total);

class Rename extends Command.initializeWith((name: string, { force = false } = {}) => {
  if (name === "" && !force) throw new RangeError("a name cannot be empty");
  return { name };
}) {
  call() {
    return this.name.trim();
  }
}

console.log(Rename.call(" Ada ", { force: true }));

try {
  // @ts-expect-error Wrong arguments do not compile.
  Rename.call("Ada", {}, "too many");
} catch (error) {
  console.log(error instanceof ArgumentCountError && error.message);
}

abstract class ApplicationCommand extends Command {
  protected log(text: string) {
    console.log(`[app] ${text}`);
  }
}

class Greet extends ApplicationCommand.initializeWith((name: string) => ({ name })) {
  call() {
    this.log(`Hello ${this.name}`);
  }
}

Greet.call("Grace");

class Divide extends CallbacksCommand.initializeWith((a: number, b: number) => ({ a, b })) {
  call() {
    if (this.b === 0) this.abort("cannot divide by 0");
    return this.a / this.b;
  }
}

Divide.call(1, 0)
  .onSuccess((result) => console.log(result))
  .onFailure((errors) => console.log(`Failed: ${errors.join(", ")}`));

// Output: 2.5 EUR
// Output: Ada
// Output: Cannot use 3 arguments for Rename: its initializeWith declares up to 2
// Output: [app] Hello Grace
// Output: Failed: cannot divide by 0
