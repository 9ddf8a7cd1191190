-- Backups that were sent in and wait to be imported.
-- Older code runs beside it: it neither reads nor writes this table.

CREATE TABLE upload (
    id {text} PRIMARY KEY,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    -- What the file was called where it came from.
    name {text} NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    -- Which import used it last. Not a reference: NULL, or an operation that may be at rest.
    operation_id {text}
);

CREATE INDEX upload_by_organisation ON upload (organisation_id, id);
