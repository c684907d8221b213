/** Why a run that is interrupted is a failure, however it ends. */
export class Interruption {
  /** What its signal is aborted with. */
  readonly error: Error;
  readonly #makeError: (options?: ErrorOptions) => Error;

  constructor(makeError: (options?: ErrorOptions) => Error) {
    this.error = makeError();
    this.#makeError = makeError;
  }

  /** What the run fails with that threw this. */
  failure(thrown: unknown): Error {
    return thrown === this.error ? this.error : this.#makeError({ cause: thrown });
  }
}
