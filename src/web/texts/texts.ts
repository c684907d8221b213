import { germanSentences } from "./german-sentences.ts";
import { germanWords } from "./german-words.ts";

/** What the dashboard says, in English. `{name}` stands for a value. */
type Text = string;

/** English → what is said instead. */
type Catalogue = Readonly<Record<Text, string>>;

/** Says a text as whoever mounts the dashboard wants it said. */
export type Translate = (text: Text, values?: Readonly<Record<string, string | number>>) => string;

/**
 * The languages that it knows by itself, beside English.
 *
 * @internal
 */
export const catalogues: Readonly<Record<string, Catalogue>> = {
  de: { ...germanWords, ...germanSentences },
};

/**
 * Says texts in a language.
 *
 * @param messages Before what the language has.
 */
export function translator(language: string, messages: Catalogue = {}): Translate {
  const known = Object.hasOwn(catalogues, language) ? (catalogues[language] ?? {}) : {};
  const saying = (text: Text): Text =>
    [messages, known].find((each) => Object.hasOwn(each, text))?.[text] ?? text;
  return (text, values = {}) =>
    saying(text).replaceAll(/\{(\w+)\}/g, (written, name: string) =>
      String(values[name] ?? written),
    );
}
