import type { JobBatch } from "../job/surroundings/job-batch.ts";

/** That a block adds the jobs it defers to a batch. */
export class Filling implements JobBatch {
  readonly id: string;
  readonly #refusal: () => Promise<Error>;
  #isOpen = true;

  constructor(id: string, refusal: () => Promise<Error>) {
    this.id = id;
    this.#refusal = refusal;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What the block left running adds nothing any more. */
  end(): void {
    this.#isOpen = false;
  }

  refusal(): Promise<Error> {
    return this.#refusal();
  }
}
