import { englishList } from "./english-list.ts";
import type { Recurrence, Sentence } from "./recurrence.ts";

/** What a schedule is in English. Times of the same days are told together. */
export function describeSchedule(recurrences: readonly Recurrence[]): string {
  const sentences: Sentence[] = [];
  for (const { english } of recurrences) {
    const index = sentences.findIndex((each) => isSameBut(each, english));
    const { times } = sentences[index] ?? { times: [] };
    const together = { ...english, times: [...times, ...english.times].toSorted() };
    sentences.splice(index < 0 ? sentences.length : index, 1, together);
  }
  return sentences.map(({ start, times, end }) => start + englishList(times) + end).join("; ");
}

function isSameBut(one: Sentence, other: Sentence): boolean {
  return one.times.length > 0 && one.start === other.start && one.end === other.end;
}
