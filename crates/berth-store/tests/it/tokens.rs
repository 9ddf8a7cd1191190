use std::time::Duration;

use berth_domain::{Actor, IdSource as _, OrganisationId, Token, TokenId};
use berth_store::{Change, Page, Part, StoreError, tokens};

use crate::home::{Home, on_both_databases};

on_both_databases!(
    a_token_reads_back_and_is_found_by_its_hash_with_its_organisation,
    tokens_are_listed_found_and_taken_away_where_they_belong_and_nowhere_else,
    no_two_tokens_have_the_same_hash,
    a_token_is_good_until_its_time_is_over_or_it_is_gone,
    the_last_use_is_noted_now_and_then,
    tokens_whose_time_is_long_over_are_forgotten,
    a_token_of_which_rights_are_not_known_is_not_read,
    tokens_come_page_by_page_from_either_end,
    an_account_has_its_tokens_where_they_belong_and_nowhere_else,
);

pub(crate) fn token(home: &Home, account: &str) -> Token {
    Token {
        id: TokenId::from_uuid(home.uuid()),
        organisation: Some(home.organisation),
        account: account.parse().unwrap(),
        scope: "read,logs".parse().unwrap(),
        created_at: home.now(),
        created_by: Actor::Local { uid: 1000 },
        expires_at: Some(home.now() + Duration::from_hours(1)),
        last_used_at: None,
        person: None,
    }
}

/// Of the installation, without an end.
fn of_the_installation(home: &Home, account: &str) -> Token {
    let scope = "metrics".parse().unwrap();
    Token { organisation: None, scope, expires_at: None, ..token(home, account) }
}

/// Writes a token whose hash is its own id.
pub(crate) async fn write(home: &Home, token: &Token) {
    let mut tx = home.begin().await;
    tokens::insert(&mut tx, token, &token.id.to_string()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ids(home: &Home, organisation: Option<OrganisationId>) -> Vec<TokenId> {
    let listed =
        tokens::list(&mut home.read().await, organisation, &Part::first(10)).await.unwrap();
    assert!(listed.unreadable.is_empty(), "{:?}", listed.unreadable);
    listed.rows.iter().map(|token| token.id).collect()
}

async fn an_account_has_its_tokens_where_they_belong_and_nowhere_else(home: Home) {
    let (one, two, other) = (token(&home, "ci"), token(&home, "ci"), token(&home, "cron"));
    let all = of_the_installation(&home, "ci");
    for token in [&one, &two, &other, &all] {
        write(&home, token).await;
    }

    let mut tx = home.read().await;
    let ci = "ci".parse().unwrap();
    let here = tokens::of_account(&mut tx, Some(home.organisation), &ci).await.unwrap().rows;
    let there = tokens::of_account(&mut tx, None, &ci).await.unwrap().rows;

    assert_eq!((here, there), (vec![one, two], vec![all]));
}

async fn a_token_reads_back_and_is_found_by_its_hash_with_its_organisation(home: Home) {
    let (one, all) = (token(&home, "ci"), of_the_installation(&home, "prometheus"));
    write(&home, &one).await;
    write(&home, &all).await;

    let mut tx = home.read().await;
    let found = tokens::find_by_hash(&mut tx, &one.id.to_string()).await.unwrap();
    assert_eq!(found, Some((one, Some("default".to_owned()))));
    let found = tokens::find_by_hash(&mut tx, &all.id.to_string()).await.unwrap();
    assert_eq!(found, Some((all, None)));
    for hash in ["", "tok_", "' OR '1'='1"] {
        assert_eq!(tokens::find_by_hash(&mut tx, hash).await.unwrap(), None, "{hash}");
    }
}

async fn tokens_are_listed_found_and_taken_away_where_they_belong_and_nowhere_else(home: Home) {
    let (ci, bot) = (token(&home, "ci"), token(&home, "bot"));
    let all = of_the_installation(&home, "prometheus");
    for token in [&ci, &bot, &all] {
        write(&home, token).await;
    }
    let own = Some(home.organisation);
    let other = Some(OrganisationId::from_uuid(berth_testkit::RandomIds.uuid()));

    assert_eq!(ids(&home, own).await, [bot.id, ci.id]);
    assert_eq!(ids(&home, None).await, [all.id]);
    assert_eq!(ids(&home, other).await, []);
    for (place, id, expected) in [
        (own, ci.id, Some(&ci)),
        (None, ci.id, None),
        (other, ci.id, None),
        (None, all.id, Some(&all)),
        (own, all.id, None),
    ] {
        let found = tokens::find(&mut home.read().await, place, id).await.unwrap();
        assert_eq!(found.as_ref(), expected, "{place:?}");
    }
    for (place, id) in [(other, ci.id), (None, ci.id), (own, all.id)] {
        let mut tx = home.begin().await;
        assert_eq!(tokens::delete(&mut tx, place, id).await.unwrap(), Change::Unchanged);
        tx.commit().await.unwrap();
    }
    assert_eq!(
        (ids(&home, own).await, ids(&home, None).await),
        (vec![bot.id, ci.id], vec![all.id])
    );
    for (place, id) in [(own, ci.id), (None, all.id)] {
        let mut tx = home.begin().await;
        assert_eq!(tokens::delete(&mut tx, place, id).await.unwrap(), Change::Updated);
        tx.commit().await.unwrap();
    }
    assert_eq!((ids(&home, own).await, ids(&home, None).await), (vec![bot.id], vec![]));
}

async fn no_two_tokens_have_the_same_hash(home: Home) {
    let mut tx = home.begin().await;
    tokens::insert(&mut tx, &token(&home, "ci"), "same").await.unwrap();

    let again = tokens::insert(&mut tx, &token(&home, "bot"), "same").await;

    assert!(again.is_err());
}

async fn a_token_is_good_until_its_time_is_over_or_it_is_gone(home: Home) {
    let (one, endless) = (token(&home, "ci"), of_the_installation(&home, "prometheus"));
    write(&home, &one).await;
    write(&home, &endless).await;
    let end = one.expires_at.unwrap();
    let second = Duration::from_secs(1);

    let mut tx = home.read().await;
    for (id, at, expected) in [
        (one.id, end - second, true),
        (one.id, end, false),
        (endless.id, end + 1000 * second, true),
        (TokenId::from_uuid(home.uuid()), end - second, false),
    ] {
        let found = tokens::find_good(&mut tx, id, at).await.unwrap();
        assert_eq!(found.is_some(), expected, "{id} {at}");
    }
}

async fn the_last_use_is_noted_now_and_then(home: Home) {
    let one = token(&home, "ci");
    write(&home, &one).await;
    let minute = Duration::from_mins(1);
    let at = |minutes: u32| home.now() + minutes * minute;

    for (now, expected) in [(0, Change::Updated), (1, Change::Unchanged), (2, Change::Updated)] {
        let mut tx = home.begin().await;
        let noted = tokens::touch(&mut tx, one.id, (at(now), at(now) - minute)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(noted, expected, "{now}");
    }

    let own = Some(home.organisation);
    let found = tokens::find(&mut home.read().await, own, one.id).await.unwrap().unwrap();
    assert_eq!(found, Token { last_used_at: Some(at(2)), ..one });
}

async fn tokens_whose_time_is_long_over_are_forgotten(home: Home) {
    let (one, endless) = (token(&home, "ci"), of_the_installation(&home, "prometheus"));
    write(&home, &one).await;
    write(&home, &endless).await;
    let end = one.expires_at.unwrap();

    let mut tx = home.begin().await;
    assert_eq!(tokens::trim(&mut tx, end).await.unwrap(), 0);
    assert_eq!(tokens::trim(&mut tx, end + Duration::from_secs(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();

    assert_eq!(ids(&home, Some(home.organisation)).await, []);
    assert_eq!(ids(&home, None).await, [endless.id]);
}

async fn a_token_of_which_rights_are_not_known_is_not_read(home: Home) {
    let one = token(&home, "ci");
    write(&home, &one).await;
    home.tamper("UPDATE token SET scope = 'read,fly'").await;

    let mut tx = home.read().await;
    let found = tokens::find_by_hash(&mut tx, &one.id.to_string()).await;
    let listed = tokens::list(&mut tx, Some(home.organisation), &Part::first(10)).await.unwrap();

    assert!(matches!(found, Err(StoreError::Unknown { .. })), "{found:?}");
    assert_eq!((listed.rows.len(), listed.unreadable.len()), (0, 1));
}

async fn tokens_come_page_by_page_from_either_end(home: Home) {
    let mut all = Vec::new();
    for account in ["ci", "backup", "ci"] {
        let token = token(&home, account);
        write(&home, &token).await;
        all.push((token.account, token.id));
    }
    write(&home, &of_the_installation(&home, "prometheus")).await;
    all.sort_by_key(|(account, id)| (account.to_string(), *id));

    for is_reversed in [false, true] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let part = Part { page: Page { after, limit: 1 }, is_reversed };
            let mut tx = home.read().await;
            let listed = tokens::list(&mut tx, Some(home.organisation), &part).await.unwrap();
            let Some(next) = listed.next else { break };
            let (account, id) = next.split_once(':').unwrap();
            let place = (account.parse().unwrap(), id.parse().unwrap());
            seen.push(place.clone());
            after = Some(place);
        }
        assert_eq!(seen, all);
        all.reverse();
    }
}
