-- What tenants and disks are filled with.
-- Older code runs beside it: it neither reads nor writes these tables.

CREATE TABLE storage_use (
    tenant_id {text} PRIMARY KEY REFERENCES tenant (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    -- The last count, and when it was taken. NULL: there was none yet.
    measured_at BIGINT,
    database_bytes BIGINT,
    files_bytes BIGINT,
    -- The last attempt, and why it failed or counted too little. NULL: it did not.
    attempted_at BIGINT NOT NULL,
    problem {text},
    -- fits, warned or over: what people were told.
    level {text} NOT NULL
);

CREATE INDEX storage_use_by_organisation ON storage_use (organisation_id);
CREATE INDEX storage_use_by_attempt ON storage_use (attempted_at);

-- Disks of the host, by what lies there: home, engine, cluster. A row changes when the level does.
CREATE TABLE disk (
    place {text} PRIMARY KEY,
    path {text} NOT NULL,
    -- enough, low or full: what people were told, and since when.
    level {text} NOT NULL,
    since BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    free BIGINT NOT NULL,
    total BIGINT NOT NULL,
    free_files BIGINT NOT NULL,
    total_files BIGINT NOT NULL
);
