-- Up Migration
-- A thousand products made from lists by arithmetic: the same on every machine, and again harmless.
INSERT INTO products (id, name, category, description, price_cents)
SELECT
  i,
  materials[1 + (i / 12) % 9] || ' ' || nouns[1 + i % 12] || ' No. ' || i,
  categories[1 + i % 12],
  'A ' || lower(nouns[1 + i % 12]) || ' in ' || lower(materials[1 + (i / 12) % 9]) || ', '
    || virtues[1 + (i * 7) % 8] || ' and ' || virtues[1 + (i * 7 + 3) % 8] || '. ' || origins[1 + (i / 5) % 6],
  490 + (i * 7919) % 24000
FROM
  generate_series(1, 1000) AS i,
  (SELECT
    ARRAY['Lamp', 'Kettle', 'Notebook', 'Backpack', 'Chair', 'Teapot', 'Blanket', 'Clock', 'Watering can', 'Bread knife', 'Desk tray', 'Cushion'] AS nouns,
    ARRAY['Lighting', 'Kitchen', 'Stationery', 'Travel', 'Furniture', 'Kitchen', 'Home', 'Home', 'Garden', 'Kitchen', 'Stationery', 'Home'] AS categories,
    ARRAY['Oak', 'Linen', 'Copper', 'Walnut', 'Enamel', 'Wool', 'Brass', 'Cork', 'Steel'] AS materials,
    ARRAY['light enough to carry', 'made to be repaired', 'quiet in use', 'easy to clean', 'finished by hand', 'kind to small rooms', 'tested for ten years of use', 'packed without plastic'] AS virtues,
    ARRAY['From a workshop of six people.', 'Made in small batches.', 'Designed with the people who use it.', 'Our own design.', 'A reissue of a classic.', 'The one we use ourselves.'] AS origins
  ) AS words
ON CONFLICT (id) DO NOTHING;

-- Down Migration
DELETE FROM products;
