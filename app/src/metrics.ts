import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LookUp } from "./cache/cache.js";
import type { AttemptOutcome, Database, Target } from "./db/database.js";

/**
 * Status classes. Each has a series from the start: a counter that begins at 1 shows no increase, so the first error
 * would be lost.
 */
const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx"] as const;

/** How an order ended. */
export type OrderOutcome = "created" | "repeated" | "conflict" | "unavailable";

/** Requests that match no route share one series, whatever they ask for. */
export const UNMATCHED = { method: "any", route: "unmatched" };

/**
 * All metrics of the shop. Label values come from closed lists (route templates, outcomes), never from a request:
 * the number of series doesn't depend on who visits.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: "http_requests_total",
    help: "Answered requests by route template and status class.",
    labelNames: ["method", "route", "status"],
    registers: [this.registry],
  });
  readonly #durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time to answer by route template.",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  readonly #lookUps = new Counter({
    name: "shop_cache_requests_total",
    help: "Cache look-ups by kind and result; unavailable means that Redis gave no answer.",
    labelNames: ["kind", "result"],
    registers: [this.registry],
  });
  readonly #attempts = new Counter({
    name: "shop_database_attempts_total",
    help: "Transactions tried, by target and outcome; retried ones were made again within the request's deadline.",
    labelNames: ["target", "outcome"],
    registers: [this.registry],
  });
  readonly #orders = new Counter({
    name: "shop_orders_total",
    help: "Orders by outcome; unavailable ones were answered 503.",
    labelNames: ["outcome"],
    registers: [this.registry],
  });
  readonly #dependencies = new Gauge({
    name: "dependency_up",
    help: "1 while the dependency of this name is connected.",
    labelNames: ["dependency"],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.expectRoute(UNMATCHED.method, UNMATCHED.route);
    for (const kind of ["product", "listing", "page"]) {
      for (const result of ["hit", "miss", "unavailable"]) this.#lookUps.inc({ kind, result }, 0);
    }
    for (const target of ["primary", "replica"]) {
      for (const outcome of ["ok", "stale", "retried", "failed"]) this.#attempts.inc({ target, outcome }, 0);
    }
    for (const outcome of ["created", "repeated", "conflict", "unavailable"]) this.#orders.inc({ outcome }, 0);
  }

  /** Makes a route's series exist at 0. */
  expectRoute(method: string, route: string): void {
    for (const status of STATUS_CLASSES) this.#requests.inc({ method, route, status }, 0);
    this.#durations.zero({ method, route });
  }

  /** Counts an answer. */
  answered(method: string, route: string, statusCode: number, seconds: number): void {
    this.#requests.inc({ method, route, status: `${Math.floor(statusCode / 100)}xx` });
    this.#durations.observe({ method, route }, seconds);
  }

  /** Counts a cache look-up. */
  lookedUp(kind: string, result: LookUp): void {
    this.#lookUps.inc({ kind, result });
  }

  /** Counts a transaction. */
  attempted(target: Target, outcome: AttemptOutcome): void {
    this.#attempts.inc({ target, outcome });
  }

  /** Counts an order. */
  ordered(outcome: OrderOutcome): void {
    this.#orders.inc({ outcome });
  }

  /** Says whether Redis is connected. */
  redisReady(ready: boolean): void {
    this.#dependencies.set({ dependency: "redis" }, ready ? 1 : 0);
  }

  /** Shows the database's open connections, read at each scrape. */
  watchConnections(database: Database): void {
    new Gauge({
      name: "shop_database_connections",
      help: "Open connections to the poolers by target.",
      labelNames: ["target"],
      registers: [this.registry],
      collect() {
        for (const target of ["primary", "replica"] as const) this.set({ target }, database.connections(target));
      },
    });
  }
}
