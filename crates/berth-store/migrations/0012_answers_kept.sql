-- Requests that may be sent twice: by which request a key was used first, and what it was answered.
-- Older code runs beside it: it remembers no answer, and what it remembers is another request here.

-- NULL: older code wrote it.
ALTER TABLE idempotency ADD COLUMN request_id {text};
-- Sealed, for there may be a secret in it. NULL: nobody has answered yet, or the answer was lost.
ALTER TABLE idempotency ADD COLUMN answer {text};
