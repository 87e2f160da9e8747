/** The moment by which a request must be answered. Every wait inside the request is cut to what is left of it. */
export class Deadline {
  readonly #at: number;
  #signal: AbortSignal | undefined;

  /** @param milliseconds from now. */
  constructor(milliseconds: number) {
    this.#at = performance.now() + milliseconds;
  }

  /** Milliseconds left, never negative. */
  remaining(): number {
    return Math.max(0, this.#at - performance.now());
  }

  /** Aborted when the time is up. Made when first asked for, because it costs a timer. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.ceil(this.remaining())); // which takes whole numbers only
    return this.#signal;
  }
}
