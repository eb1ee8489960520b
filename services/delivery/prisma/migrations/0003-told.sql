ALTER TABLE delivery_events ADD COLUMN told_at timestamptz(3);
