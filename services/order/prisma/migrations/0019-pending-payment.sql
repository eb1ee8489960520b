ALTER TABLE orders ADD COLUMN payment jsonb;
