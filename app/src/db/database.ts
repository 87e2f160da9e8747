import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import PQueue from "p-queue";
import { Deadline } from "../deadline.js";
import { Unavailable } from "../errors.js";
import type { HostGroup } from "./host-group.js";
import type { Lsn } from "./lsn.js";
import { inTransaction, type Query, type Requirement } from "./transaction.js";
import { isTransient, StaleNode } from "./transient.js";

/** Time limits in milliseconds: a request's, and one attempt's within it. */
export interface Limits {
  writeDeadlineMs: number;
  writeAttemptMs: number;
  readDeadlineMs: number;
  readAttemptMs: number;
}

/** How an attempt ended; the metrics count it. */
export type AttemptOutcome = "ok" | "stale" | "retried" | "failed";
/** The poolers of the primary, or those of the replicas. */
export type Target = "primary" | "replica";

/** How fresh the answer of a read has to be. */
export interface ReadOptions {
  /** The session's last write: a replica that has not replayed it is not used. */
  after?: Lsn;
  /** Whether only the primary may answer: an order that a replica does not know may still exist. */
  strict?: boolean;
}

/**
 * The database as the shop sees it: writes go to the primary, reads to replicas. An attempt that fails for a transient
 * reason is repeated elsewhere until the request's deadline. So users notice a failover only as latency.
 */
export class Database {
  readonly #retry = retry(handleWhen(isTransient), {
    maxAttempts: Number.MAX_SAFE_INTEGER, // the deadline ends it, not a count
    backoff: new ExponentialBackoff({ initialDelay: 25, maxDelay: 300 }),
  });

  /*
   * After a stall hundreds of requests want a connection at once. Without a queue each of them asks, gives up and asks
   * again until its deadline, and on a busy machine this work alone prevents all answers: it once turned a stall of six
   * seconds into an outage of twenty. In a queue they cost nothing, and the oldest goes first. As many requests run at
   * a time as there are connections; more would wait inside the pools, which do not keep the order.
   */
  readonly #turns: Record<Target, PQueue>;

  constructor(
    private readonly primary: HostGroup,
    private readonly replicas: HostGroup,
    private readonly limits: Limits,
    private readonly onAttempt: (target: Target, outcome: AttemptOutcome) => void,
  ) {
    this.#turns = {
      primary: new PQueue({ concurrency: primary.max }),
      replica: new PQueue({ concurrency: replicas.max }),
    };
  }

  /**
   * @param work must be safe to run twice: after a lost answer nobody knows whether the first run was committed.
   * @returns the result and the log position that later reads of this session must have reached.
   * @throws Unavailable at the deadline; whatever `work` throws otherwise.
   */
  async write<T>(work: (query: Query) => Promise<T>): Promise<{ value: T; lsn: Lsn | undefined }> {
    const deadline = new Deadline(this.limits.writeDeadlineMs);
    return this.#untilDeadline(deadline, () => this.#attempt("primary", "write", { kind: "any" }, deadline, work));
  }

  /** @throws Unavailable at the deadline; whatever `work` throws otherwise. */
  async read<T>(work: (query: Query) => Promise<T>, { after, strict = false }: ReadOptions = {}): Promise<T> {
    const deadline = new Deadline(this.limits.readDeadlineMs);
    const fromPrimary = () => this.#attempt("primary", "read", { kind: "primary" }, deadline, work);
    const fromReplica = () => this.#attempt("replica", "read", caughtUp(after), deadline, work);
    const { value } = await this.#untilDeadline(deadline, async () => {
      if (strict) return fromPrimary();
      // Without a healthy replica the primary is asked first. Without a healthy primary too, the replicas are.
      const [first, second] =
        this.replicas.healthy || !this.primary.healthy ? [fromReplica, fromPrimary] : [fromPrimary, fromReplica];
      return first().catch((error: unknown) => {
        if (!isTransient(error)) throw error;
        return second();
      });
    });
    return value;
  }

  /** Connections open now. */
  connections(target: Target): number {
    return (target === "primary" ? this.primary : this.replicas).size;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await Promise.all([this.primary.close(), this.replicas.close()]);
  }

  async #untilDeadline<T>(deadline: Deadline, attempt: () => Promise<T>): Promise<T> {
    let cause: unknown;
    try {
      return await this.#retry.execute(async () => {
        deadline.signal.throwIfAborted(); // the pause between attempts may have used up the time
        return attempt().catch((error: unknown) => {
          cause = error;
          throw error;
        });
      }, deadline.signal);
    } catch (error) {
      throw isTransient(error) || error === deadline.signal.reason ? new Unavailable(cause) : error;
    }
  }

  async #attempt<T>(
    target: Target,
    access: "read" | "write",
    requirement: Requirement,
    deadline: Deadline,
    work: (query: Query) => Promise<T>,
  ): Promise<{ value: T; lsn: Lsn | undefined }> {
    const limit = access === "write" ? this.limits.writeAttemptMs : this.limits.readAttemptMs;
    const asked = deadline.remaining();
    const once = async () => {
      const left = deadline.remaining();
      const waited = asked - left;
      // Under overload the oldest requests are about to expire. Work for them would be wasted, and the next ones would
      // grow as old meanwhile, so that no request is served in time. So a request whose turn comes too late gives it
      // up.
      if (left < limit / 2 && left < waited) throw new Unavailable(new Error("the turn came too late"));
      const lease = await (target === "primary" ? this.primary : this.replicas).lease();
      return inTransaction(lease, access, requirement, Math.min(limit, deadline.remaining()), work);
    };
    try {
      const result = await this.#turns[target].add(once, { signal: deadline.signal });
      this.onAttempt(target, "ok");
      return result;
    } catch (error) {
      this.onAttempt(target, error instanceof StaleNode ? "stale" : isTransient(error) ? "retried" : "failed");
      throw error;
    }
  }
}

function caughtUp(after: Lsn | undefined): Requirement {
  return after === undefined ? { kind: "any" } : { kind: "caught-up", lsn: after };
}
