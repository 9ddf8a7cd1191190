-- The first schema. There is no older code that could run beside it.
--
-- Conventions, for this file and the ones to come:
--
-- * One text for SQLite and PostgreSQL. `{text}` is the type of text columns: in byte order on both.
-- * Ids are in the form people see (`tnt_...`), times are microseconds since 1970 in UTC, JSON is
--   text, and yes and no are 1 and 0.
-- * No CHECK on states, kinds, stages and other words: a newer version may add one while this
--   version still runs, and reading reports words that it does not know.
-- * Unique constraints are named after what a person has to hear: "the name is taken".

CREATE TABLE counter (
    name {text} PRIMARY KEY,
    value BIGINT NOT NULL
);

-- epoch: the newest driver. event: the newest event. subnet: only its lock matters.
INSERT INTO counter (name, value) VALUES ('epoch', 0), ('event', 0), ('subnet', 0);

CREATE TABLE organisation (
    id {text} PRIMARY KEY,
    name {text} NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT organisation_name_taken UNIQUE (name)
);

CREATE TABLE cluster (
    id {text} PRIMARY KEY,
    name {text} NOT NULL,
    kind {text} NOT NULL,
    major BIGINT,
    created_at BIGINT NOT NULL,
    CONSTRAINT cluster_name_taken UNIQUE (name)
);

CREATE TABLE tenant (
    id {text} PRIMARY KEY,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    name {text} NOT NULL,
    host {text} NOT NULL,
    -- Comes from the id. Stored so that two ids with the same one cannot both get in.
    object_name {text} NOT NULL,
    stage {text} NOT NULL,
    state {text} NOT NULL,
    -- What the state is about; which of the three are there depends on it.
    operation_id {text},
    change {text},
    since BIGINT,
    generation BIGINT NOT NULL,
    cluster_id {text} NOT NULL REFERENCES cluster (id),
    image_reference {text} NOT NULL,
    image_digest {text} NOT NULL,
    modules {text} NOT NULL,
    language {text} NOT NULL,
    country {text},
    demo BIGINT NOT NULL,
    company {text} NOT NULL,
    admin_login {text} NOT NULL,
    email {text},
    time_zone {text} NOT NULL,
    cpu_millis BIGINT NOT NULL,
    memory BIGINT NOT NULL,
    pids BIGINT NOT NULL,
    addons {text},
    -- Not a reference: a tenant outlives the blueprint it was cloned from.
    blueprint_id {text},
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    CONSTRAINT tenant_name_taken UNIQUE (name),
    CONSTRAINT tenant_host_taken UNIQUE (host),
    CONSTRAINT tenant_object_taken UNIQUE (object_name)
);

CREATE INDEX tenant_by_organisation ON tenant (organisation_id, name);
CREATE INDEX tenant_by_state ON tenant (organisation_id, state, name);
CREATE INDEX tenant_by_cluster ON tenant (cluster_id);

CREATE TABLE subnet (
    number BIGINT NOT NULL,
    tenant_id {text} PRIMARY KEY REFERENCES tenant (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    CONSTRAINT subnet_number_taken UNIQUE (number)
);

CREATE TABLE secret (
    -- The id of a tenant or of a cluster.
    owner {text} NOT NULL,
    name {text} NOT NULL,
    -- NULL for what belongs to the installation.
    organisation_id {text} REFERENCES organisation (id),
    value {text} NOT NULL,
    PRIMARY KEY (owner, name)
);

CREATE TABLE image (
    digest {text} PRIMARY KEY,
    reference {text} NOT NULL,
    capabilities {text} NOT NULL,
    probed_at BIGINT NOT NULL
);

CREATE TABLE blueprint (
    id {text} PRIMARY KEY,
    object_name {text} NOT NULL,
    cluster_id {text} NOT NULL REFERENCES cluster (id),
    digest {text} NOT NULL,
    modules {text} NOT NULL,
    language {text} NOT NULL,
    country {text},
    demo BIGINT NOT NULL,
    state {text} NOT NULL,
    -- Of the state `building`.
    operation_id {text},
    size BIGINT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    CONSTRAINT blueprint_object_taken UNIQUE (object_name)
);

-- An index on expressions, because two rows without a country are the same blueprint.
CREATE UNIQUE INDEX blueprint_key_taken
    ON blueprint (cluster_id, digest, modules, language, COALESCE(country, ''), demo);

CREATE TABLE operation (
    id {text} PRIMARY KEY,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    kind {text} NOT NULL,
    queue {text} NOT NULL,
    -- Not a reference: the history of a tenant outlives it.
    tenant_id {text},
    target {text} NOT NULL,
    state {text} NOT NULL,
    input {text} NOT NULL,
    outputs {text} NOT NULL,
    error {text},
    progress_permille BIGINT,
    progress_text {text},
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    -- Of the lease: which driver has it, and until when. 0 before the first.
    epoch BIGINT NOT NULL,
    lease_until BIGINT,
    request_id {text},
    -- How many records its journal has; raising it is what fences an append.
    journal_length BIGINT NOT NULL
);

CREATE INDEX operation_by_organisation ON operation (organisation_id, id);
CREATE INDEX operation_by_tenant ON operation (tenant_id, id);
CREATE INDEX operation_at_work ON operation (id) WHERE state IN ('queued', 'running', 'undoing');

CREATE TABLE journal (
    operation_id {text} NOT NULL REFERENCES operation (id),
    number BIGINT NOT NULL,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    step {text},
    record {text} NOT NULL,
    attempt BIGINT NOT NULL,
    detail {text},
    actor {text},
    at BIGINT NOT NULL,
    PRIMARY KEY (operation_id, number)
);

CREATE TABLE event (
    id BIGINT PRIMARY KEY,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    operation_id {text},
    tenant_id {text},
    kind {text} NOT NULL,
    data {text} NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX event_by_organisation ON event (organisation_id, id);
CREATE INDEX event_by_operation ON event (operation_id, id);
CREATE INDEX event_by_age ON event (at);

CREATE TABLE idempotency (
    actor {text} NOT NULL,
    key {text} NOT NULL,
    request_hash {text} NOT NULL,
    response {text} NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT idempotency_key_taken PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);
