-- Whoever is deleted is out as whoever is disabled.
CREATE FUNCTION end_sessions_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ended_sessions (id)
    SELECT family_id FROM refresh_tokens WHERE user_id = OLD.id
    UNION
    SELECT encode(sha256(convert_to(issuer || ' ' || subject, 'UTF8')), 'hex') FROM outside_identities WHERE user_id = OLD.id
  ON CONFLICT (id) DO UPDATE SET ended_at = clock_timestamp();
  RETURN OLD;
END
$$;

CREATE TRIGGER users_end_sessions_of_deleted BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION end_sessions_of_deleted();
