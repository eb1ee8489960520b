-- Which of our users the subject of an outside OpenID Connect provider is. A subject is unique at its issuer alone.
CREATE TABLE outside_identities (
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);

CREATE INDEX outside_identities_user_id_idx ON outside_identities (user_id);
