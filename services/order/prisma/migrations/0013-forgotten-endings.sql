-- Also that nobody knows how it ended is kept: otherwise the next pass would guess.
ALTER TABLE workflow_endings DROP CONSTRAINT workflow_endings_state_check;
ALTER TABLE workflow_endings ADD CONSTRAINT workflow_endings_state_check
  CHECK (state IN ('completed', 'ended-otherwise', 'gone', 'forgotten'));
