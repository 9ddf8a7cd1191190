-- Sign-in at foreign providers: who somebody is there, what their groups brought, and which sign-ins are over.
-- Older code runs beside it: it knows passwords only, and takes what groups brought for given by hand.

CREATE TABLE foreign_identity (
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    person_id {text} NOT NULL REFERENCES person (id),
    -- What the provider was called in the configuration when they signed in last.
    provider {text} NOT NULL,
    created_at BIGINT NOT NULL,
    -- NULL: it was linked, and never used.
    signed_in_at BIGINT,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX foreign_identity_by_person ON foreign_identity (person_id);

-- A sign-in that let somebody in lets nobody in again.
CREATE TABLE sign_in_used (
    -- SHA-256, in hexadecimal.
    digest {text} PRIMARY KEY,
    -- From when on nobody could end it anyway.
    ends_at BIGINT NOT NULL
);

-- The provider whose groups brought it. NULL: it was given by hand.
ALTER TABLE membership ADD COLUMN given_by {text};
ALTER TABLE person ADD COLUMN operator_by {text};
