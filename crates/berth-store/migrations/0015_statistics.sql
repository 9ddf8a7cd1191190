-- What tenants used as time went by.
-- Older code runs beside it: it neither reads nor writes the table. A tenant that older code removes leaves samples behind, which go by their age.

-- Ordered by time, so that a round of all tenants is written in one place and goes from one place again. There is no
-- reference to the tenant: removing one would have to look through all of it.
CREATE TABLE tenant_sample (
    -- What it stands for, in seconds: 60, 600 or 3600.
    step BIGINT NOT NULL,
    at BIGINT NOT NULL,
    tenant_id {text} NOT NULL,
    -- For how long processor time and requests were counted.
    seconds BIGINT NOT NULL,
    -- NULL, here and below: not known.
    cpu_millis BIGINT,
    memory BIGINT,
    database_bytes BIGINT,
    requests BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    -- How many answers took how long (`berth_domain::statistics::Times`).
    times {text} NOT NULL,
    PRIMARY KEY (step, at, tenant_id)
);
