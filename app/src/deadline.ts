/** The moment by which a request must be answered. Every wait inside the request is cut to what is left of it. */
export class Deadline {
  readonly #at: number;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;

  /** @param milliseconds from now. */
  constructor(milliseconds: number) {
    this.#at = performance.now() + milliseconds;
    this.signal = AbortSignal.timeout(Math.ceil(milliseconds)); // which takes whole numbers only
  }

  /** Milliseconds left, never negative. */
  remaining(): number {
    return Math.max(0, this.#at - performance.now());
  }
}
