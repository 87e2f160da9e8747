-- Up Migration
CREATE TABLE products (
  id integer PRIMARY KEY,
  name text NOT NULL,
  category text NOT NULL,
  description text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0)
);

CREATE TABLE orders (
  id uuid PRIMARY KEY,
  -- Byte order, so that the unique index also serves searches by prefix.
  idempotency_key text COLLATE "C" NOT NULL UNIQUE CHECK (length(idempotency_key) BETWEEN 1 AND 128),
  product_id integer NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 100),
  unit_price_cents integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The database hands out these rights by default; said again, so that the schema doesn't depend on how it was made.
GRANT SELECT ON products, orders TO app, readonly;
-- UPDATE: an order that is repeated rewrites its own key.
GRANT INSERT, UPDATE ON orders TO app;

-- Down Migration
DROP TABLE orders;
DROP TABLE products;
