/** Made when first needed: Intl takes a tenth of the program's start to load. */
let segmenter: Intl.Segmenter | undefined;

/** What all but a few texts are made of: a column for each. */
const NARROW = /^[\u0020-\u007E\u00A0-\u00AC\u00AE-\u02FF…]*$/;

/** Drawn in no column of their own. */
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/**
 * Drawn in two columns: what Unicode calls wide in East Asian writing, and what is drawn as an
 * emoji. Regular expressions do not know the property itself (UAX #11, East_Asian_Width).
 */
const WIDE =
  /^(?:[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F200}-\u{1F265}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|.\uFE0F)/u;

/** The columns of a terminal that a text in one line takes. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) {
    return text.length;
  }
  return graphemes(text).reduce((sum, grapheme) => sum + widthOfOne(grapheme), 0);
}

/** The first part of a text that takes no more columns. */
export function upTo(text: string, width: number): string {
  if (NARROW.test(text)) {
    return text.slice(0, Math.max(0, width));
  }
  let [part, left] = ["", width];
  for (const grapheme of graphemes(text)) {
    left -= widthOfOne(grapheme);
    if (left < 0) {
      break;
    }
    part += grapheme;
  }
  return part;
}

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function widthOfOne(grapheme: string): number {
  return INVISIBLE.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1;
}
