-- People: accounts, what they are where, their sessions, who is invited, and who claimed the installation.
-- Older code runs beside it: it knows nobody but the operator of the host and tokens. A token that a person
-- made keeps its whole scope there, whatever became of that person.

CREATE TABLE person (
    id {text} PRIMARY KEY,
    -- In lower case.
    email {text} NOT NULL,
    name {text} NOT NULL,
    -- argon2id, as a PHC string. NULL: nobody signs in with one.
    password {text},
    is_operator BIGINT NOT NULL CHECK (is_operator IN (0, 1)),
    -- Since when they may not sign in. NULL: they may.
    disabled_at BIGINT,
    -- Since when an authenticator is asked for; its secret is sealed in table secret. NULL: it is not.
    second_factor_since BIGINT,
    -- The step of the authenticator that was accepted last.
    totp_step BIGINT,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT,
    CONSTRAINT person_email_taken UNIQUE (email)
);

-- SHA-256 of each code that was not used yet, in hexadecimal.
CREATE TABLE recovery_code (
    person_id {text} NOT NULL REFERENCES person (id),
    digest {text} NOT NULL,
    PRIMARY KEY (person_id, digest)
);

CREATE TABLE membership (
    organisation_id {text} NOT NULL REFERENCES organisation (id),
    person_id {text} NOT NULL REFERENCES person (id),
    role {text} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, person_id)
);

CREATE INDEX membership_by_person ON membership (person_id);

-- A session that is over has no row, or will have none soon.
CREATE TABLE session (
    id {text} PRIMARY KEY,
    -- SHA-256 of what the browser holds, in hexadecimal.
    digest {text} NOT NULL,
    person_id {text} NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    address {text},
    user_agent {text},
    -- When it is over unless it is used, and when it is over anyway.
    idle_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    CONSTRAINT session_digest_taken UNIQUE (digest)
);

CREATE INDEX session_by_person ON session (person_id, id);

-- An invitation that was accepted has no row.
CREATE TABLE invitation (
    id {text} PRIMARY KEY,
    -- SHA-256 of the code, in hexadecimal.
    digest {text} NOT NULL,
    email {text} NOT NULL,
    -- NULL: to the installation.
    organisation_id {text} REFERENCES organisation (id),
    -- viewer, member or admin of the organisation; operator, or password for a new one.
    offer {text} NOT NULL,
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT invitation_digest_taken UNIQUE (digest)
);

CREATE INDEX invitation_by_organisation ON invitation (organisation_id, email, id);

-- One row: the code with which the installation is claimed, and since when it is.
CREATE TABLE claim (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    -- SHA-256 of the code, in hexadecimal. NULL: nobody asked for one, or it was used.
    digest {text},
    expires_at BIGINT,
    claimed_at BIGINT,
    claimed_by {text} REFERENCES person (id)
);

INSERT INTO claim (one) VALUES (1);

-- Only its lock matters: whoever takes a role or an operator away has it.
INSERT INTO counter (name, value) VALUES ('people', 0);

-- Whose it is: it does no more than they may. NULL: of the operator of the host.
ALTER TABLE token ADD COLUMN person_id {text} REFERENCES person (id);
