//! Sessions: who is signed in.
//!
//! # Invariants
//!
//! * What a browser holds is not here, only its digest, and no function returns that.
//! * A session that is over, or whose person is disabled, is not found by its digest.
//! * Every other look-up names the person.

use berth_domain::person::Session;
use berth_domain::{Person, PersonId, SessionId, Timestamp};

use crate::arg::{text, text_or_null, time};
use crate::record::{Record, Source};
use crate::{Change, Listed, StoreError, Tx, people};

const SOURCE: Source = Source { table: "session", key: "id" };
const PEOPLE: Source = Source { table: "person", key: "id" };

/// Adds a session whose secret has this digest.
pub async fn insert(tx: &mut Tx, session: &Session, digest: &str) -> Result<(), StoreError> {
    let Session { id, person, created_at, seen_at, address, user_agent, idle_at, ends_at } =
        session;
    let sql = "INSERT INTO session (
                   id, digest, person_id, created_at, seen_at, address, user_agent, idle_at, ends_at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = vec![
        text(id),
        text(digest),
        text(person),
        time(*created_at),
        time(*seen_at),
        text_or_null(address.as_ref()),
        text_or_null(user_agent.as_ref()),
        time(*idle_at),
        time(*ends_at),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Finds whose session it is that is not over.
pub async fn find_by_digest(
    tx: &mut Tx,
    digest: &str,
    now: Timestamp,
) -> Result<Option<(Session, Person)>, StoreError> {
    let sql = "SELECT id, person_id, created_at, seen_at, address, user_agent, idle_at, ends_at
               FROM session
               WHERE digest = $1 AND idle_at > $2 AND ends_at > $2";
    let found = tx.first(SOURCE, sql, vec![text(digest), time(now)]).await?;
    let Some(session) = found.as_ref().map(read).transpose()? else { return Ok(None) };
    Ok(whose(tx, &session).await?.map(|person| (session, person)))
}

/// Finds whose session it is that is not over, by its id.
pub async fn find_person(
    tx: &mut Tx,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    let sql = "SELECT p.id, p.email, p.name, p.is_operator, p.disabled_at, p.second_factor_since,
                      p.created_at, p.signed_in_at
               FROM session s
               JOIN person p
                 ON p.id = s.person_id
               WHERE s.id = $1
                 AND s.idle_at > $2
                 AND s.ends_at > $2
                 AND p.disabled_at IS NULL";
    let found = tx.first(PEOPLE, sql, vec![text(id), time(now)]).await?;
    found.as_ref().map(people::read).transpose()
}

async fn whose(tx: &mut Tx, session: &Session) -> Result<Option<Person>, StoreError> {
    let person = people::find_by_id(tx, session.person).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()))
}

/// Lists a person's sessions that are not over, newest first.
pub async fn list(
    tx: &mut Tx,
    person: PersonId,
    now: Timestamp,
) -> Result<Listed<Session>, StoreError> {
    let sql = "SELECT id, person_id, created_at, seen_at, address, user_agent, idle_at, ends_at
               FROM session
               WHERE person_id = $1 AND idle_at > $2 AND ends_at > $2
               ORDER BY id DESC";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![text(person), time(now)]).await?, read))
}

/// Notes that a session was used, unless that was noted since `stale`, and when it is over without
/// being used again.
pub async fn touch(
    tx: &mut Tx,
    id: SessionId,
    (now, stale): (Timestamp, Timestamp),
    idle_at: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE session
               SET seen_at = $2, idle_at = $4
               WHERE id = $1 AND seen_at < $3 AND idle_at > $2";
    tx.change(sql, vec![text(id), time(now), time(stale), time(idle_at)]).await
}

/// Ends one session of a person.
pub async fn delete(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<Change, StoreError> {
    let sql = "DELETE FROM session
               WHERE person_id = $1 AND id = $2";
    tx.change(sql, vec![text(person), text(id)]).await
}

/// Ends all sessions of a person but one, and returns how many there were.
pub async fn delete_all(
    tx: &mut Tx,
    person: PersonId,
    except: Option<SessionId>,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM session
               WHERE person_id = $1 AND ($2 IS NULL OR id <> $2)";
    tx.execute(sql, vec![text(person), text_or_null(except)]).await
}

/// Forgets sessions that are over.
pub async fn trim(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM session
               WHERE idle_at <= $1 OR ends_at <= $1";
    tx.execute(sql, vec![time(now)]).await
}

fn read(record: &Record) -> Result<Session, StoreError> {
    Ok(Session {
        id: record.parse("id")?,
        person: record.parse("person_id")?,
        created_at: record.time("created_at")?,
        seen_at: record.time("seen_at")?,
        address: record.text_or_null("address")?,
        user_agent: record.text_or_null("user_agent")?,
        idle_at: record.time("idle_at")?,
        ends_at: record.time("ends_at")?,
    })
}
