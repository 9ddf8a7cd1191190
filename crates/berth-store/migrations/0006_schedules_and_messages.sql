-- What is begun again and again, and who is told what happens.
-- Older code runs beside it: it neither reads nor writes these tables, begins nothing and tells nobody.

CREATE TABLE schedule (
    id {text} PRIMARY KEY,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    name {text} NOT NULL,
    action {text} NOT NULL,
    -- Ids and names of tenants as JSON, or a tag that they have. Not references: a schedule outlives
    -- its tenants and says that they are gone.
    targets {text} NOT NULL,
    tag {text},
    cron {text} NOT NULL,
    zone {text} NOT NULL,
    paused BIGINT NOT NULL,
    -- For how many seconds something that was missed may be made up for.
    catch_up BIGINT NOT NULL,
    -- When it is due. What fires compares and sets it. NULL while it is paused.
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    CONSTRAINT schedule_name_taken UNIQUE (organisation_id, name)
);

CREATE INDEX schedule_by_next ON schedule (next_at);

CREATE TABLE schedule_run (
    schedule_id {text} NOT NULL REFERENCES schedule (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    due_at BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor {text} NOT NULL,
    outcome {text} NOT NULL,
    note {text},
    -- What came of it for each tenant, as JSON.
    tenants {text} NOT NULL,
    CONSTRAINT schedule_run_once PRIMARY KEY (schedule_id, due_at)
);

CREATE INDEX schedule_run_by_age ON schedule_run (at);

CREATE TABLE subscription (
    id {text} PRIMARY KEY,
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    channel {text} NOT NULL,
    name {text} NOT NULL,
    -- Of a webhook.
    url {text},
    events {text} NOT NULL,
    -- Why nothing is sent. NULL while it is.
    disabled {text},
    -- The last event that was looked at for it.
    cursor BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    CONSTRAINT subscription_name_taken UNIQUE (organisation_id, name)
);

CREATE TABLE delivery (
    id {text} PRIMARY KEY,
    subscription_id {text} NOT NULL REFERENCES subscription (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    kind {text} NOT NULL,
    message {text} NOT NULL,
    state {text} NOT NULL,
    attempts BIGINT NOT NULL,
    -- When to try (again). NULL once it is at rest.
    next_at BIGINT,
    error {text},
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE INDEX delivery_by_subscription ON delivery (subscription_id, id);
CREATE INDEX delivery_by_next ON delivery (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_by_age ON delivery (created_at);

CREATE TABLE trouble (
    subscription_id {text} NOT NULL REFERENCES subscription (id),
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    kind {text} NOT NULL,
    -- The id of the tenant or operation that it is about, or the name of what else.
    subject {text} NOT NULL,
    state {text} NOT NULL,
    reason {text} NOT NULL,
    message {text} NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (subscription_id, kind, subject)
);
