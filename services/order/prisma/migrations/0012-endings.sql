-- What the workflow answered with, as far as the order's row may have to learn it; null: nobody read it in time.
ALTER TABLE workflow_endings ADD COLUMN ended jsonb;
