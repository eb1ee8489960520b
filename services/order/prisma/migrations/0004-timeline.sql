ALTER TABLE timeline_entries
  -- In the order of writing: clocks differ between processes, and two entries may have the same millisecond.
  ADD COLUMN number bigserial,
  -- Of an operator's request: who and why.
  ADD COLUMN asked_by text,
  ADD COLUMN note text;
