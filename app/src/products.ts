import type { Cache, Cached } from "./cache/cache.js";
import type { Database } from "./db/database.js";
import { NotFound } from "./errors.js";

/** Something for sale. */
export interface Product {
  id: number;
  name: string;
  category: string;
  description: string;
  priceCents: number;
}

/** A page of the catalogue. */
export interface Listing {
  products: Product[];
  /** From 1. */
  page: number;
  pages: number;
}

/** Products on one page of the catalogue. */
const PAGE_SIZE = 24;

// Columns by name: a column that a migration adds never changes what these statements return.
const COLUMNS = `id, name, category, description, price_cents AS "priceCents"`;

/** The catalogue, read through the cache from the replicas. */
export class Products {
  constructor(
    private readonly database: Database,
    private readonly cache: Cache,
  ) {}

  /** @throws NotFound. */
  async find(id: number): Promise<Cached<Product>> {
    return this.cache.through("product", `product_${id}`, async () => {
      const [product] = await this.database.read((query) =>
        query<Product>(`SELECT ${COLUMNS} FROM products WHERE id = $1`, [id]),
      );
      // An exception is not cached: entries for missing products would have no limit.
      if (product === undefined) throw new NotFound("There is no such product.");
      return product;
    });
  }

  /** @param page from 1. @throws NotFound past the last page. */
  async list(page: number): Promise<Cached<Listing>> {
    return this.cache.through("listing", `products_page_${page}`, async () => {
      const { products, total } = await this.database.read(async (query) => ({
        products: await query<Product>(`SELECT ${COLUMNS} FROM products ORDER BY id LIMIT $1 OFFSET $2`, [
          PAGE_SIZE,
          (page - 1) * PAGE_SIZE,
        ]),
        total: (await query<{ count: number }>("SELECT count(*)::int AS count FROM products", []))[0]?.count ?? 0,
      }));
      if (products.length === 0) throw new NotFound("The catalogue has no such page.");
      return { products, page, pages: Math.ceil(total / PAGE_SIZE) };
    });
  }
}
