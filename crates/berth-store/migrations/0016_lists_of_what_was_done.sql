-- Indexes for lists of what was done, which is more with every day.
-- Older code runs beside it: it reads and writes as before.

-- How long the last ones of a kind took is said on many pages.
CREATE INDEX operation_by_kind ON operation (organisation_id, kind, id);
-- How many are not at rest is said on every page.
CREATE INDEX operation_by_state ON operation (organisation_id, state, id);

-- What was done to one thing, by its id or by its name then.
CREATE INDEX audit_by_object ON audit (object_id);
CREATE INDEX audit_by_object_name ON audit (object_name);
