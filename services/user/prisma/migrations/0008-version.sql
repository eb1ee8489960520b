-- How often a row was changed: what an ETag names. Here, and not in code, so that it counts whoever changes it.
ALTER TABLE users ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version = OLD.version + 1;
  RETURN NEW;
END
$$;

CREATE TRIGGER users_count_change BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION count_change();
