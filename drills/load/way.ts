import type { ReadAnswer, WriteAnswer, WriteRecord } from "./history";

/** A way into the stack. Neither method throws: whatever happens is an answer. */
export interface Way {
  /** Makes one idempotent write under its id. */
  write(id: string, session: number): Promise<WriteAnswer>;
  /**
   * Makes one read as part of a session.
   *
   * @param expects a write that the session was told is done and that the read must therefore see;
   *   without it the read is of something that was always there
   */
  read(session: number, expects: WriteRecord | undefined): Promise<ReadAnswer>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/**
 * The client gives up on a request after this long; longer than the pooler lets a statement wait (30 s), so that its
 * answer is seen.
 */
export const CLIENT_DEADLINE_MS = 35_000;
