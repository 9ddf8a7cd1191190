-- Tokens of programs, and which one was shown when something was done.
-- Older code runs beside it: it lets nobody in by a token, and writes no token to the audit. What a
-- program made has that as its maker, which older code cannot read.

CREATE TABLE token (
    id {text} PRIMARY KEY,
    -- NULL: of the installation.
    organisation_id {text} REFERENCES organisation (id),
    account {text} NOT NULL,
    -- Rights with commas between.
    scope {text} NOT NULL,
    -- SHA-256 of what the token says, in hexadecimal. What it says is kept nowhere.
    hash {text} NOT NULL,
    created_at BIGINT NOT NULL,
    created_by {text} NOT NULL,
    -- NULL: it stays good until it is revoked.
    expires_at BIGINT,
    -- NULL: never.
    last_used_at BIGINT,
    CONSTRAINT token_hash_taken UNIQUE (hash)
);

CREATE INDEX token_by_organisation ON token (organisation_id, account, id);

-- Not a reference: what was done outlives the token.
ALTER TABLE audit ADD COLUMN token_id {text};
