-- Sessions that ended while access tokens of theirs may still be out. An id is a family's; of somebody who comes from an outside
-- provider it is a hash of who they are there. A row is of use for as long as a token lives.
CREATE TABLE ended_sessions (
  id text PRIMARY KEY,
  ended_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX ended_sessions_ended_at_idx ON ended_sessions (ended_at);

-- Here, and not in code, so that it holds for whoever changes a user: an instance of an older version, or an operator by SQL.
CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ended_sessions (id)
    SELECT family_id FROM refresh_tokens WHERE user_id = OLD.id
    UNION
    SELECT encode(sha256(convert_to(issuer || ' ' || subject, 'UTF8')), 'hex') FROM outside_identities WHERE user_id = OLD.id
  ON CONFLICT (id) DO UPDATE SET ended_at = clock_timestamp();
  DELETE FROM refresh_tokens WHERE user_id = OLD.id;
  RETURN OLD;
END
$$;

CREATE TRIGGER users_end_sessions AFTER UPDATE OF password_hash, roles, disabled ON users FOR EACH ROW
  WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash OR (NEW.disabled AND NOT OLD.disabled) OR NOT OLD.roles <@ NEW.roles)
  EXECUTE FUNCTION end_sessions();

-- Before, since the refresh tokens go with their user.
CREATE TRIGGER users_end_sessions_of_deleted BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION end_sessions();
