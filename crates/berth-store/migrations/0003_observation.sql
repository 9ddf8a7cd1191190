-- What was last observed of tenants, and what is there that belongs to nobody.
-- Older code runs beside it: it neither reads nor writes these tables.

CREATE TABLE observation (
    tenant_id {text} PRIMARY KEY REFERENCES tenant (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    -- When what follows was written. A later scan of everything found it unchanged.
    observed_at BIGINT NOT NULL,
    container {text} NOT NULL,
    -- Why it is not as it should be, what helps, and since when. NULL when all is well.
    reason {text},
    hint {text},
    reason_since BIGINT,
    -- Restarts in a row, and the last of them.
    restarts BIGINT NOT NULL,
    restarted_at BIGINT,
    -- The digest of the odoo.conf that was found to be right.
    conf {text}
);

-- The last scan that saw every tenant, in microseconds. 0: there was none.
INSERT INTO counter (name, value) VALUES ('scan', 0);

CREATE TABLE orphan (
    kind {text} NOT NULL,
    name {text} NOT NULL,
    first_seen BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);
