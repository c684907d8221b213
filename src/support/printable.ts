/** Moves a terminal's cursor, colours its text, turns its direction, or is no character. */
const HARMFUL = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/gu;

/**
 * In one line, and without what would move a terminal's cursor, colour its text or turn its
 * direction: anybody may have written it.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\t\n\r\v\f\u2028\u2029]+ */g, " ").replaceAll(HARMFUL, "\uFFFD");
}

/** The few that `styleText` writes for our colours. */
const COLOURED = new RegExp(`(${String.fromCodePoint(27)}\\[(?:[012]|22|3[1-39]|90)m)`);

/** As `printable`, for a line that our own colours may be in. */
export function printableLine(line: string): string {
  return line
    .split(COLOURED)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join("");
}

/**
 * JSON in one line, in which nothing does harm to a terminal: what would is escaped, and reads as
 * the same value.
 */
export function jsonLine(json: string): string {
  return json.replaceAll(/[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
