-- Who did what. Rows are added and, when they are old, removed; nothing changes one.
-- Older code runs beside it: it neither reads nor writes this table, so what it does is not written down.

CREATE TABLE audit (
    -- Rises with time, as ids do.
    id {text} PRIMARY KEY,
    at BIGINT NOT NULL,
    -- NULL: the installation itself. Not a reference: what was done outlives whose it was.
    organisation_id {text},
    actor {text} NOT NULL,
    action {text} NOT NULL,
    object_kind {text} NOT NULL,
    object_id {text},
    object_name {text} NOT NULL,
    -- What people may see of it, as JSON. NULL: there was nothing, or it is not told.
    before_it {text},
    after_it {text},
    -- The way by which it was asked for, and the request. NULL: nobody asked.
    via {text} NOT NULL,
    request_id {text},
    outcome {text} NOT NULL
);

CREATE INDEX audit_by_organisation ON audit (organisation_id, id);
CREATE INDEX audit_by_age ON audit (at);
