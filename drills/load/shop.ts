import { Agent, request } from "undici";
import type { ReadAnswer, WriteAnswer, WriteRecord } from "./history";
import { parseLsn } from "./lsn";
import { dice } from "./seed";
import { CLIENT_DEADLINE_MS, type Way } from "./way";

/** A dead entry must not cost the whole deadline. */
const CONNECT_TIMEOUT_MS = 3_000;
/** Products that the shop is seeded with. */
const PRODUCTS = 1_000;
/** Header in which the shop hands a session the position of its last write, and takes it back. */
const SESSION_HEADER = "x-session-lsn";

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

/**
 * The shop's own way in, as customers come: through the balancer. A write is an order under its own idempotency key;
 * a read is an order of the same session, or any product's page.
 */
export class ShopWay implements Way {
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: CLIENT_DEADLINE_MS,
    bodyTimeout: CLIENT_DEADLINE_MS,
  });
  private readonly random;
  /** The latest position that each session was told. */
  private readonly positions = new Map<number, string>();

  /**
   * @param url the shop's, for example `http://127.0.0.1:8080`
   * @param seed decides which products are asked for and ordered
   * @param host name that the shop is asked by, where that is not the URL's
   */
  constructor(
    private readonly url: string,
    seed: number,
    private readonly host?: string,
  ) {
    this.random = dice(seed);
  }

  async write(id: string, session: number): Promise<WriteAnswer> {
    try {
      const { status, headers, body } = await this.ask("POST", "/orders", session, {
        headers: { "idempotency-key": id, "content-type": "application/json" },
        // The same key must mean the same order, or the shop rightly refuses it: so the product follows from the id.
        body: JSON.stringify({ productId: productOf(id), quantity: 1 }),
      });
      const ok = status === 201 || status === 200;
      const order = body as { id?: string };
      if (ok) this.remember(session, headers[SESSION_HEADER]);
      return { ok, detail: String(status), ...(ok && order.id !== undefined ? { reference: order.id } : {}) };
    } catch (error) {
      return { ok: false, detail: reason(error) };
    }
  }

  async read(session: number, expects: WriteRecord | undefined): Promise<ReadAnswer> {
    try {
      if (expects === undefined) {
        const { status } = await this.ask("GET", `/products/${this.random.between(1, PRODUCTS)}`, session);
        return { ok: status === 200, detail: String(status) };
      }
      const { status, body } = await this.ask("GET", `/orders/${expects.reference}`, session);
      if (status === 404) return { ok: true, detail: "404", found: false };
      if (status !== 200) return { ok: false, detail: String(status) };
      return { ok: true, detail: "200", found: (body as { idempotencyKey?: string }).idempotencyKey === expects.id };
    } catch (error) {
      return { ok: false, detail: reason(error) };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async ask(
    method: "GET" | "POST",
    path: string,
    session: number,
    more: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    const position = this.positions.get(session);
    const { statusCode, headers, body } = await request(this.url + path, {
      method,
      dispatcher: this.agent,
      signal: AbortSignal.timeout(CLIENT_DEADLINE_MS),
      ...(more.body === undefined ? {} : { body: more.body }),
      headers: {
        accept: "application/json",
        ...(this.host === undefined ? {} : { host: this.host }),
        ...more.headers,
        ...(position === undefined ? {} : { [SESSION_HEADER]: position }),
      },
    });
    const text = await body.text();
    return {
      status: statusCode,
      headers,
      body: headers["content-type"]?.toString().startsWith("application/json") ? JSON.parse(text) : undefined,
    };
  }

  /** Answers may overtake one another; a session must not go back behind a position that it was told. */
  private remember(session: number, header: string | string[] | undefined): void {
    if (typeof header !== "string") return;
    const known = this.positions.get(session);
    if (known === undefined || parseLsn(header) > parseLsn(known)) this.positions.set(session, header);
  }
}

/** A product chosen by the number that ends the id. */
const productOf = (id: string): number => 1 + (Number(/\d+$/.exec(id)?.[0] ?? 0) % PRODUCTS);

/** What to write down of an exception: a code where it has one. */
function reason(error: unknown): string {
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  return code ?? (name === "TimeoutError" ? "timeout" : (message ?? String(error)));
}
