-- Requests that may be sent twice: by which request a key was used first, and what it was answered.
-- And the orders in which tenants are listed, so that a page of ten thousand is no work.
-- Older code runs beside it: it remembers no answer, and what it remembers is another request here.

-- NULL: older code wrote it.
ALTER TABLE idempotency ADD COLUMN request_id {text};
-- Sealed, for there may be a secret in it. NULL: nobody has answered yet, or the answer was lost.
ALTER TABLE idempotency ADD COLUMN answer {text};

CREATE INDEX tenant_by_creation ON tenant (organisation_id, created_at, name);
-- As it stands in the statement that sorts by it.
CREATE INDEX tenant_by_end ON tenant (organisation_id, COALESCE(expires_at, 9223372036854775807), name);
