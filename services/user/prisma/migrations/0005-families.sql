-- A family has an end that no refresh puts off. Those that are there begin now: they are given no less than they were promised.
ALTER TABLE refresh_tokens ADD COLUMN family_began_at timestamptz(3) NOT NULL DEFAULT now();
