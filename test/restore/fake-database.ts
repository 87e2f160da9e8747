import { TIMELINES_TAKEN } from "../../components/postgres/restore/names";

/** Content of a member's disk: the orders, and the timeline of the last write. */
export interface Data {
  orders: string;
  timeline: number;
}

/** What the database finds when its pods start. */
export interface Start {
  /** What lies on the members' volumes. */
  data: Data[];
  /** Whether Patroni's state says that this database exists. */
  initialized: boolean;
  /** Annotations of the lock. */
  lock: Record<string, string>;
  /** Text of the wish, where one is mounted. */
  wish?: string;
}

/** Stand-in for PostgreSQL, Patroni and the archive, as far as a restore uses them. */
export class FakeDatabase {
  /** What the running members serve; undefined while they do not run. */
  serves: Data | undefined;
  /** The highest timeline in the archive. */
  archived = 1;
  /** Whether the archive got a second history with the same timeline, and refuses WAL from then on. */
  archiveBroken = false;
  /** The orders at each moment that the repository can bring back; `end` is the last. */
  readonly repository = new Map<string, string>();
  /** Whether the WAL behind a copy can't be replayed, so that nothing comes of it. */
  recoveryFails = false;
  private readonly carriedOut = new Set<string>();

  /** Starts the members; one of them becomes the primary. */
  start({ data, initialized, lock, wish }: Start): void {
    const newest = [...data].sort((a, b) => b.timeline - a.timeline)[0];
    if (newest) this.open(newest, Number(lock[TIMELINES_TAKEN] ?? 0));
    // With empty volumes an initialized database waits for a primary for ever.
    else if (!initialized) this.bootstrap(wish);
  }

  private bootstrap(text: string | undefined): void {
    if (text === undefined) {
      this.serves = { orders: "", timeline: 1 };
      return;
    }
    const wish = JSON.parse(text) as { id: string; time: string | null; timeline: number };
    if (this.carriedOut.has(wish.id) || this.recoveryFails) return;
    this.carriedOut.add(wish.id);
    // Recovery sees every timeline in the archive, and takes a free one.
    this.open({ orders: this.repository.get(wish.time ?? "end") ?? "?", timeline: wish.timeline }, this.archived);
  }

  /** A promotion: opens the next timeline after its own and after the used ones that it knows. */
  private open({ orders, timeline }: Data, taken: number): void {
    const next = Math.max(timeline, taken) + 1;
    this.archiveBroken ||= next <= this.archived;
    this.archived = Math.max(this.archived, next);
    this.serves = { orders, timeline: next };
  }
}
