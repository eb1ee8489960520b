-- A hash of the client that spent the token: for a moment it may do so again, as two pages of one browser do.
ALTER TABLE refresh_tokens ADD COLUMN spent_by text;
