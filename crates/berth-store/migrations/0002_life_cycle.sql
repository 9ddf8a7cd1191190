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
-- In how many days it expired when somebody was warned last. NULL: nobody was, about this expiry.
ALTER TABLE tenant ADD COLUMN expiry_warned BIGINT;
CREATE INDEX tenant_by_until ON tenant (until);

-- Names and hosts that a tenant keeps while it is being renamed: those it had and those it gets.
CREATE TABLE kept_name (
    tenant_id {text} NOT NULL REFERENCES tenant (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    name {text} NOT NULL,
    host {text} NOT NULL,
    PRIMARY KEY (tenant_id, name, host)
);

CREATE INDEX kept_name_by_name ON kept_name (name);
CREATE INDEX kept_name_by_host ON kept_name (host);

-- What all tenants of an owner may have together. NULL: no bound.
CREATE TABLE quota (
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    -- Empty for all tenants of the organisation.
    owner {text} NOT NULL,
    tenants BIGINT,
    cpu_millis BIGINT,
    memory BIGINT,
    storage BIGINT,
    PRIMARY KEY (organisation_id, owner)
);

-- Only their locks matter.
INSERT INTO counter (name, value) VALUES ('name', 0), ('quota', 0);
