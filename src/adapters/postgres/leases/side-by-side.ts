/** Runs calls side by side, and now and then one while no other runs. */
export class SideBySide {
  readonly #underWay = new Set<Promise<void>>();
  #alone: Promise<void> | undefined;

  /** @param needsAlone Asked once it is the call's turn. */
  async run<Answer>(
    needsAlone: () => boolean,
    work: (isAlone: boolean) => Promise<Answer>,
  ): Promise<Answer> {
    while (this.#alone !== undefined) {
      await this.#alone;
    }
    if (!needsAlone()) {
      const running = work(false);
      const ended = running.then(nothing, nothing);
      this.#underWay.add(ended);
      void ended.then(() => this.#underWay.delete(ended));
      return running;
    }
    const running = Promise.all(this.#underWay).then(() => work(true));
    this.#alone = running.then(nothing, nothing).then(() => {
      this.#alone = undefined;
    });
    return running;
  }
}

function nothing(): void {}
