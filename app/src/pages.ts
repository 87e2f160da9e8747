import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Eta } from "eta";
import type { Cache } from "./cache/cache.js";
import type { Order } from "./orders.js";
import type { Products } from "./products.js";

/** A rendered page is kept for at most this long, so that a release's new look is seen soon; milliseconds. */
const PAGE_TTL_MS = 60_000;

/** Placeholder in the cached page for the order form's key, which has to be new for every visitor. */
const KEY_PLACEHOLDER = "idempotency-key-goes-here";

/** A page, and whether it came from the cache. */
export interface Page {
  value: string;
  hit: boolean;
}

/** The shop's pages, rendered here and kept in the cache no longer than the data they show. */
export class Pages {
  readonly #eta = new Eta({ views: fileURLToPath(new URL("../views", import.meta.url)), cache: true });

  constructor(
    private readonly products: Products,
    private readonly cache: Cache,
  ) {}

  /** @throws NotFound past the last page. */
  async listing(page: number): Promise<Page> {
    return this.#cached(`page_products_${page}`, async () => {
      const { value, ...cached } = await this.products.list(page);
      return { html: this.#render("listing", { title: "Everything we make", ...value }), ...cached };
    });
  }

  /** @throws NotFound. */
  async product(id: number): Promise<Page> {
    const page = await this.#cached(`page_product_${id}`, async () => {
      const { value: product, ...cached } = await this.products.find(id);
      return { html: this.#render("product", { title: product.name, product, key: KEY_PLACEHOLDER }), ...cached };
    });
    return { ...page, value: page.value.replaceAll(KEY_PLACEHOLDER, randomUUID()) };
  }

  /** An order's page; private, so never cached. */
  order(order: Order): string {
    return this.#render("order", { title: "Your order", order });
  }

  /** The page for an error. */
  message(status: number, message: string): string {
    const title = status === 404 ? "Not found" : status === 503 ? "One moment, please" : "That did not work";
    return this.#render("message", { title, status, message });
  }

  async #cached(key: string, make: () => Promise<{ html: string; hit: boolean; expiresAt: number }>): Promise<Page> {
    const kept = await this.cache.peek<string>("page", key);
    if (kept !== undefined) return { value: kept, hit: true };
    const { html, hit, expiresAt } = await make();
    await this.cache.keep(key, html, Math.min(expiresAt, Date.now() + PAGE_TTL_MS));
    return { value: html, hit };
  }

  #render(view: string, data: object): string {
    return this.#eta.render(`./${view}`, { ...data, price });
  }
}

/** Whole cents as an amount, the same on every machine. */
function price(cents: number): string {
  return new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" }).format(cents / 100);
}
