ALTER TABLE orders ADD COLUMN review text;
