/*
 * What `X.call()` costs beside a hand-written class with the same constructor and method:
 *
 *     npx tsx bench/command-call.ts
 *
 * Each kind of command runs in turn, many times over, all in one process: so the code they share has seen
 * more than one class, as in an application. The median of the rounds counts. Exits with 1 above the limit.
 */
import { Command } from "mandate";

const limit = 200;
const rounds = 501;
const callsPerRound = 5_000;

class Positional extends Command.initializeWith((a: number, b: number) => ({ a, b })) {
  call() {
    return this.a + this.b;
  }
}
class HandPositional {
  readonly a: number;
  readonly b: number;
  constructor(a: number, b: number) {
    this.a = a;
    this.b = b;
  }
  call() {
    return this.a + this.b;
  }
}

class Defaulted extends Command.initializeWith((a: number, b = 1) => ({ a, b })) {
  call() {
    return this.a + this.b;
  }
}
class HandDefaulted {
  readonly a: number;
  readonly b: number;
  constructor(a: number, b = 1) {
    this.a = a;
    this.b = b;
  }
  call() {
    return this.a + this.b;
  }
}

class Keywords extends Command.initializeWith((a: number, { b = 1, c = 2 } = {}) => ({ a, b, c })) {
  call() {
    return this.a + this.b + this.c;
  }
}
class HandKeywords {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  constructor(a: number, { b = 1, c = 2 } = {}) {
    this.a = a;
    this.b = b;
    this.c = c;
  }
  call() {
    return this.a + this.b + this.c;
  }
}

class Rest extends Command.initializeWith((...numbers: number[]) => ({ numbers })) {
  call() {
    return this.numbers.length;
  }
}
class HandRest {
  readonly numbers: number[];
  constructor(...numbers: number[]) {
    this.numbers = numbers;
  }
  call() {
    return this.numbers.length;
  }
}

class Bare extends Command {
  call() {
    return 1;
  }
}
class HandBare {
  call() {
    return 1;
  }
}

interface Subject {
  readonly kind: string;
  readonly command: (index: number) => number;
  readonly hand: (index: number) => number;
}

const subjects: readonly Subject[] = [
  {
    kind: "two arguments",
    command: (index) => Positional.call(index, 1),
    hand: (index) => new HandPositional(index, 1).call(),
  },
  {
    kind: "a default",
    command: (index) => Defaulted.call(index),
    hand: (index) => new HandDefaulted(index).call(),
  },
  {
    kind: "keywords",
    command: (index) => Keywords.call(index, { b: 2 }),
    hand: (index) => new HandKeywords(index, { b: 2 }).call(),
  },
  {
    kind: "rest parameters",
    command: (index) => Rest.call(index, 1, 2),
    hand: (index) => new HandRest(index, 1, 2).call(),
  },
  { kind: "no arguments", command: () => Bare.call(), hand: () => new HandBare().call() },
];

let sink = 0;
const rows = subjects.map((subject) => ({
  ...subject,
  commands: [] as number[],
  hands: [] as number[],
}));
for (let round = 0; round < rounds; round += 1) {
  for (const { command, hand, commands, hands } of rows) {
    commands.push(nanoseconds(command));
    hands.push(nanoseconds(hand));
  }
}

console.log("ns per call".padEnd(18) + ["by hand", "X.call", "added"].map(column).join(""));
let most = 0;
for (const { kind, commands, hands } of rows) {
  const [byCommand, byHand] = [median(commands), median(hands)];
  most = Math.max(most, byCommand - byHand);
  console.log(kind.padEnd(18) + [byHand, byCommand, byCommand - byHand].map(shown).join(""));
}
console.log(
  `\nX.call() adds at most ${most.toFixed(0)} ns; the limit is ${limit} ns. (${sink % 10})`,
);
process.exitCode = most <= limit ? 0 : 1;

/** One round of one kind, per call. */
function nanoseconds(call: (index: number) => number): number {
  const start = process.hrtime.bigint();
  for (let index = 0; index < callsPerRound; index += 1) sink += call(index);
  return Number(process.hrtime.bigint() - start) / callsPerRound;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

function column(text: string): string {
  return text.padStart(10);
}

function shown(number: number): string {
  return column(number.toFixed(1));
}
