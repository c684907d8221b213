import { GUARDED, mayNotRun, rateOf, SLOTS } from "./guarded-work.ts";
import { Load, type Sent } from "./load.ts";
import { Work } from "./work.ts";

/** Jobs whose classes declare what guards there are. */
export class ClassLoad extends Load {
  /** Those that run whatever others are there. */
  readonly #sure: Sent[] = [];

  protected override make(): ReturnType<typeof Work.prepare> {
    const { random } = this;
    const work = random.of(GUARDED) ?? Work;
    const prereq = random.chance(0.05) ? random.of(this.#sure.slice(-100)) : undefined;
    const sent = this.note(prereq === undefined ? [] : [prereq.number], rateOf(work));
    if (!mayNotRun(work)) {
      this.#sure.push(sent);
    }
    return work
      .set({
        jid: sent.jid,
        ...(random.chance(0.2) ? { priority: random.below(3) - 1 } : {}),
        ...(random.chance(0.05) ? { wait: random.next() } : {}),
        ...(prereq === undefined ? {} : { prereqJobs: [prereq.jid] }),
      })
      .prepare(sent.number, sent.kind, this.milliseconds(), random.below(SLOTS));
  }
}
