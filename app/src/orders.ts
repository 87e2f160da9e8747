import { randomUUID } from "node:crypto";
import type { Database } from "./db/database.js";
import type { Lsn } from "./db/lsn.js";
import { NotFound, Rejected } from "./errors.js";

/** What a customer asks for. */
export interface OrderRequest {
  productId: number;
  /** 1 to 100. */
  quantity: number;
}

/** An order as it is stored. */
export interface Order extends OrderRequest {
  id: string;
  /** The key the customer sent; at most one order has it. */
  idempotencyKey: string;
  productName: string;
  /** The price at the time of the order. */
  unitPriceCents: number;
  totalCents: number;
  createdAt: Date;
}

/** The answer to an order. */
export interface Placed {
  order: Order;
  /** False when the key had been used before: it is the earlier order. */
  created: boolean;
  /** What the session's later reads must have seen. */
  lsn: Lsn | undefined;
}

/** Most orders in one answer of {@link Orders.byKeyPrefix}. */
export const MAX_ORDERS_LISTED = 1_000;

const COLUMNS = `o.id, o.idempotency_key AS "idempotencyKey", o.product_id AS "productId", p.name AS "productName",
  o.quantity, o.unit_price_cents AS "unitPriceCents", o.quantity * o.unit_price_cents AS "totalCents",
  o.created_at AS "createdAt"`;

/*
 * One statement, which can be repeated safely: a known key makes no second order. The conflict makes an update that
 * changes nothing, instead of DO NOTHING, for two reasons. The row is returned in any case, and the commit has WAL of
 * its own that must reach the standby. Otherwise a repeat could confirm a row that exists only on the primary, because
 * its first commit was interrupted while it waited for the standby.
 *
 * The shop counts no stock: one row per product, locked by each of its orders, would make the buyers wait for each
 * other.
 */
const PLACE = `
  WITH o AS (
    INSERT INTO orders (id, idempotency_key, product_id, quantity, unit_price_cents)
    SELECT $1, $2, id, $4, price_cents FROM products WHERE id = $3
    ON CONFLICT (idempotency_key) DO UPDATE SET idempotency_key = excluded.idempotency_key
    RETURNING *
  )
  SELECT ${COLUMNS} FROM o JOIN products p ON p.id = o.product_id`;

/** Orders: placed once per idempotency key, and read again by ID or by key. */
export class Orders {
  constructor(private readonly database: Database) {}

  /**
   * @param key the customer's own name for this order; the same key again gives the same order.
   * @throws NotFound without such a product, Rejected when the key belongs to a different order,
   *   Unavailable at the deadline (the order may or may not have been placed: ask again with the same key).
   */
  async place(key: string, request: OrderRequest): Promise<Placed> {
    // Chosen once, so that a repeated attempt recognises the row of an attempt whose answer was lost.
    const id = randomUUID();
    const { value: order, lsn } = await this.database.write(async (query) => {
      const [row] = await query<Order>(PLACE, [id, key, request.productId, request.quantity]);
      return row;
    });
    if (order === undefined) throw new NotFound("There is no such product.");
    if (order.productId !== request.productId || order.quantity !== request.quantity) {
      throw new Rejected(422, "This Idempotency-Key was used for a different order. A new order needs a new key.");
    }
    return { order, created: order.id === id, lsn };
  }

  /** @param after the session's last write. @throws NotFound. */
  async find(id: string, after: Lsn | undefined): Promise<Order> {
    return this.#findBy("o.id", id, after);
  }

  /** @throws NotFound. */
  async findByKey(key: string, after: Lsn | undefined): Promise<Order> {
    return this.#findBy("o.idempotency_key", key, after);
  }

  /**
   * Orders whose key begins with `prefix`, sorted by key, after the key `after`. From the primary, because it is for
   * audits: an order that a replica has not replayed is not a lost one.
   *
   * @param limit at most {@link MAX_ORDERS_LISTED}.
   */
  async byKeyPrefix(prefix: string, after: string, limit: number): Promise<Order[]> {
    return this.database.read(
      (query) =>
        query<Order>(
          // Keys sort byte by byte (COLLATE "C"), so "begins with" is a range of the unique index.
          `SELECT ${COLUMNS} FROM orders o JOIN products p ON p.id = o.product_id
           WHERE o.idempotency_key ^@ $1 AND o.idempotency_key > $2
           ORDER BY o.idempotency_key LIMIT $3`,
          [prefix, after, limit],
        ),
      { strict: true },
    );
  }

  async #findBy(column: "o.id" | "o.idempotency_key", value: string, after: Lsn | undefined): Promise<Order> {
    const look = async (strict: boolean) =>
      this.database.read(
        (query) =>
          query<Order>(`SELECT ${COLUMNS} FROM orders o JOIN products p ON p.id = o.product_id WHERE ${column} = $1`, [
            value,
          ]),
        { after, strict },
      );
    // A replica may not have the order yet of a client without a session (another device, curl), so ask the primary
    // too.
    const order = (await look(false))[0] ?? (await look(true))[0];
    if (order === undefined) throw new NotFound("There is no such order.");
    return order;
  }
}
