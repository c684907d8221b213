/** A symbol of Ruby's: `:name` in its YAML. */
export class RubySymbol {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const TEXT = /^[^\d.:-]?[\p{L}_\s!@#$%^&*(){}<>|/\\~;=]/u;
const YES = /^(?:yes|true|on)$/i;
const NO = /^(?:no|false|off)$/i;
const SYMBOL = /^:(?:(["'])(.*)\1$|(.+))/;
/**
 * Base 60, which Ruby takes for hours and minutes, or hours, minutes and seconds: `1:30` is 5400.
 */
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d){1,2}(?:\.[\d_]*)?$/;
const FLOAT = /^[-+]?(?:\d[\d_,]*)?\.\d*(?:[eE][-+]\d+)?$/;
const INTEGER =
  /^([-+]?)(?:(0b)([01_,]+)|(0)([0-7_,]+)|(0|[1-9](?:\d|,\d|_\d)*)|(0x)([\da-fA-F_,]+))$/;

/**
 * What a scalar that stands in no quotes is to Ruby. Dates and times stay texts.
 *
 * @see Psych 4.0 `scalar_scanner.rb`, the same in 3 and 5 as far as settings go: YAML 1.1 but for
 *   `y` and `n`, and more
 */
export function rubyScalar(text: string): unknown {
  if (text === "" || text === "~" || /^null$/i.test(text)) {
    return null;
  }
  if (TEXT.test(text) || text.includes("\n")) {
    return YES.test(text) || (NO.test(text) ? false : text);
  }
  const [isSymbol, , quoted, bare] = SYMBOL.exec(text) ?? [];
  if (isSymbol !== undefined) {
    return new RubySymbol(quoted?.replace(/^:/, "") ?? bare ?? "");
  }
  if (BASE_60.test(text)) {
    return base60(text);
  }
  return FLOAT.test(text) ? float(text) : (special(text) ?? integer(text));
}

function special(text: string): number | undefined {
  if (/^[-+]?\.inf$/i.test(text)) {
    return text.startsWith("-") ? -Infinity : Infinity;
  }
  return /^\.nan$/i.test(text) ? NaN : undefined;
}

function base60(text: string): number {
  return text
    .split(":")
    .map((part) => Number(part.replaceAll("_", "")))
    .reduce((sum, part, index) => sum + part * 60 ** (2 - index), 0);
}

function float(text: string): number | string {
  return /^[-+]?\.$/.test(text) ? text : Number(text.replace(/[,_]/g, ""));
}

function integer(text: string): number | string {
  const [isInteger, sign, two, binary, eight, octal, decimal, sixteen, hexadecimal] =
    INTEGER.exec(text) ?? [];
  if (isInteger === undefined) {
    return text;
  }
  const digits = (binary ?? octal ?? decimal ?? hexadecimal ?? "").replace(/[,_]/g, "");
  const base = two ? 2 : eight && digits !== "" ? 8 : sixteen ? 16 : 10;
  const size = digits === "" ? 0 : Number.parseInt(digits, base);
  return sign === "-" && size !== 0 ? -size : size;
}
