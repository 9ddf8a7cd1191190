-- The rest of a tenant's life: put away, deleted for a while, and what people note about it.

-- Of the state `deleted`: when it is gone for good.
ALTER TABLE tenant ADD COLUMN until BIGINT;
-- How large database and files may be together, in bytes.
ALTER TABLE tenant ADD COLUMN storage BIGINT;
ALTER TABLE tenant ADD COLUMN notes {text};
-- Sorted, without repetition.
ALTER TABLE tenant ADD COLUMN tags {text} NOT NULL DEFAULT '[]';
ALTER TABLE tenant ADD COLUMN owner {text};
ALTER TABLE tenant ADD COLUMN expires_at BIGINT;

CREATE INDEX tenant_by_owner ON tenant (organisation_id, owner);
CREATE INDEX tenant_by_expiry ON tenant (expires_at);
