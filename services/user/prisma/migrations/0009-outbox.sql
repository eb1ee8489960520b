-- What is told of users, until it is with Kafka, and for a while after that.
CREATE TABLE outbox_events (
  id bigserial PRIMARY KEY,
  event_id text NOT NULL UNIQUE,
  user_id integer NOT NULL,
  topic text NOT NULL,
  event jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  published_at timestamptz(3)
);

CREATE INDEX outbox_events_unpublished_idx ON outbox_events (id) WHERE published_at IS NULL;
CREATE INDEX outbox_events_published_at_idx ON outbox_events (published_at) WHERE published_at IS NOT NULL;

-- Here, and not in code, so that the owner hears of it whoever changes a password: an instance of an older version, or an operator by SQL.
CREATE FUNCTION tell_of_password() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  event_id text := gen_random_uuid();
BEGIN
  INSERT INTO outbox_events (event_id, user_id, topic, event) VALUES (event_id, NEW.id, 'user-password-changed', jsonb_build_object(
    'specversion', '1.0',
    'id', event_id,
    'type', 'holdfast.user-password-changed.v1',
    'source', '/user-service',
    'subject', NEW.id::text,
    'time', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'datacontenttype', 'application/json',
    'data', jsonb_build_object('userId', NEW.id)));
  PERFORM pg_notify('outbox_events', '');
  RETURN NULL;
END
$$;

CREATE TRIGGER users_tell_of_password AFTER UPDATE OF password_hash ON users FOR EACH ROW
  WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash)
  EXECUTE FUNCTION tell_of_password();
