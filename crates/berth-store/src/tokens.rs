//! Tokens of programs.
//!
//! # Invariants
//!
//! * What a token says is not here, only its hash, and no function returns that.
//! * A token is looked for within its organisation, or within the installation; only whoever knows what
//!   it says finds it without saying where.

use berth_domain::schedule::Label;
use berth_domain::{OrganisationId, PersonId, Timestamp, Token, TokenId};

use crate::arg::{integer, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Change, Listed, Part, StoreError, Tx};

const SOURCE: Source = Source { table: "token", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.organisation_id, t.account, t.scope, t.created_at, t.created_by,
                    t.expires_at, t.last_used_at, t.person_id, o.name AS organisation
             FROM token t
             LEFT JOIN organisation o
               ON o.id = t.organisation_id ",
            $rest
        )
    };
}

/// Adds a token whose text has this hash.
pub async fn insert(tx: &mut Tx, token: &Token, hash: &str) -> Result<(), StoreError> {
    let Token {
        id,
        organisation,
        account,
        scope,
        created_at,
        created_by,
        expires_at,
        last_used_at,
        person,
    } = token;
    let sql = "INSERT INTO token (
                   id, organisation_id, account, scope, hash, created_at, created_by, expires_at,
                   last_used_at, person_id
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let args = vec![
        text(id),
        text_or_null(*organisation),
        text(account),
        text(scope),
        text(hash),
        time(*created_at),
        text(created_by),
        time_or_null(*expires_at),
        time_or_null(*last_used_at),
        text_or_null(*person),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Finds a token by the hash of what it says, with what its organisation is called.
pub async fn find_by_hash(
    tx: &mut Tx,
    hash: &str,
) -> Result<Option<(Token, Option<String>)>, StoreError> {
    let sql = select!("WHERE t.hash = $1");
    let found = tx.first(SOURCE, sql, vec![text(hash)]).await?;
    let with_name = |record: &Record| Ok((read(record)?, record.text_or_null("organisation")?));
    found.as_ref().map(with_name).transpose()
}

/// Finds a token of an organisation, or with `None` one of the installation.
pub async fn find(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    id: TokenId,
) -> Result<Option<Token>, StoreError> {
    let sql = select!(
        "WHERE (t.organisation_id = $1 OR ($1 IS NULL AND t.organisation_id IS NULL))
           AND t.id = $2"
    );
    let found = tx.first(SOURCE, sql, vec![text_or_null(organisation), text(id)]).await?;
    found.as_ref().map(read).transpose()
}

/// Lists an organisation's tokens, or with `None` those of the installation, by account.
pub async fn list(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    Part { page, is_reversed }: &Part<(Label, TokenId)>,
) -> Result<Listed<Token>, StoreError> {
    let sql = if *is_reversed {
        select!(
            "WHERE (t.organisation_id = $1 OR ($1 IS NULL AND t.organisation_id IS NULL))
               AND ($2 IS NULL OR (t.account, t.id) < ($2, $3))
             ORDER BY t.account DESC, t.id DESC
             LIMIT $4"
        )
    } else {
        select!(
            "WHERE (t.organisation_id = $1 OR ($1 IS NULL AND t.organisation_id IS NULL))
               AND ($2 IS NULL OR (t.account, t.id) > ($2, $3))
             ORDER BY t.account, t.id
             LIMIT $4"
        )
    };
    let (account, id) = page.after.as_ref().map(|(account, id)| (account, id)).unzip();
    let args = vec![
        text_or_null(organisation),
        text_or_null(account),
        text_or_null(id),
        integer(page.limit),
    ];
    let place = |record: &Record| Ok(format!("{}:{}", record.text("account")?, record.text("id")?));
    Listed::page_by(tx.all(SOURCE, sql, args).await?, page.limit, place, read)
}

/// Finds a token whose time is not over, wherever it belongs: for whoever showed it a moment ago.
pub async fn find_good(
    tx: &mut Tx,
    id: TokenId,
    now: Timestamp,
) -> Result<Option<Token>, StoreError> {
    let sql = select!("WHERE t.id = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)");
    let found = tx.first(SOURCE, sql, vec![text(id), time(now)]).await?;
    found.as_ref().map(read).transpose()
}

/// Lists what an account has in an organisation, or with `None` in the installation, also what is over.
pub async fn of_account(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    account: &Label,
) -> Result<Listed<Token>, StoreError> {
    let sql = select!(
        "WHERE (t.organisation_id = $1 OR ($1 IS NULL AND t.organisation_id IS NULL))
           AND t.account = $2
         ORDER BY t.id"
    );
    let args = vec![text_or_null(organisation), text(account)];
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}

/// Notes that a token was used, unless that was noted since `stale`.
pub async fn touch(
    tx: &mut Tx,
    id: TokenId,
    (now, stale): (Timestamp, Timestamp),
) -> Result<Change, StoreError> {
    let sql = "UPDATE token
               SET last_used_at = $2
               WHERE id = $1
                 AND (last_used_at IS NULL OR last_used_at < $3)";
    tx.change(sql, vec![text(id), time(now), time(stale)]).await
}

/// Takes a token of an organisation away, or with `None` one of the installation.
pub async fn delete(
    tx: &mut Tx,
    organisation: Option<OrganisationId>,
    id: TokenId,
) -> Result<Change, StoreError> {
    let sql = "DELETE FROM token
               WHERE (organisation_id = $1 OR ($1 IS NULL AND organisation_id IS NULL))
                 AND id = $2";
    tx.change(sql, vec![text_or_null(organisation), text(id)]).await
}

/// Takes away every token that somebody made, and returns how many there were.
pub async fn delete_of(tx: &mut Tx, person: PersonId) -> Result<u64, StoreError> {
    let sql = "DELETE FROM token
               WHERE person_id = $1";
    tx.execute(sql, vec![text(person)]).await
}

/// Forgets tokens whose time was over before this, and returns how many there were.
pub async fn trim(tx: &mut Tx, over_since: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM token
               WHERE expires_at < $1";
    tx.execute(sql, vec![time(over_since)]).await
}

fn read(record: &Record) -> Result<Token, StoreError> {
    Ok(Token {
        id: record.parse("id")?,
        organisation: record.parse_or_null("organisation_id")?,
        account: record.parse("account")?,
        scope: record.parse("scope")?,
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
        expires_at: record.time_or_null("expires_at")?,
        last_used_at: record.time_or_null("last_used_at")?,
        person: record.parse_or_null("person_id")?,
    })
}
