//! What containers said is kept when they are gone.

use std::time::Duration;

use berth_domain::Timestamp;
use berth_engine::logs::{Mark, Marker, Voice};
use berth_engine::request::{ReadLogs, SetTenant, TenantChange};
use berth_engine::{EngineError, SetOutcome};
use berth_engine_testkit::{ACTOR, ORG, digest};
use berth_runtime::{Exit, LogLine};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;

use super::stage::{Stage, problems};

const ERROR: &str = "2026-05-04 10:00:00,000 7 ERROR t odoo.http: oh";
const INFO: &str = "2026-05-04 10:00:00,000 7 INFO t odoo.http: ready";

/// Lets the container say something, a while after the clock of the stage.
async fn say(stage: &Stage, millis: i64, text: &str) {
    let name = stage.get("acme").await.id.object_name();
    let at = stage.installation.clock.now() + SignedDuration::from_millis(millis);
    let line = LogLine { at: Some(at), is_error: true, text: text.to_owned() };
    stage.installation.runtime.push_log(name.as_str(), line);
}

async fn read(stage: &Stage, request: ReadLogs) -> Vec<String> {
    let lines = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await.unwrap();
    let lines: Vec<_> = lines.try_collect().await.unwrap();
    lines.into_iter().map(|line| line.text).collect()
}

async fn all(stage: &Stage) -> Vec<String> {
    read(stage, ReadLogs::default()).await
}

/// Waits until a line is in a segment, and not only in the engine.
async fn kept(stage: &Stage, text: &str) {
    let name = stage.get("acme").await.id.object_name();
    let folder = stage.installation.settings.paths.object(&name).logs();
    stage
        .until(async || {
            let Ok(entries) = std::fs::read_dir(&folder) else { return false };
            entries.flatten().any(|entry| {
                std::fs::read_to_string(entry.path()).is_ok_and(|it| it.contains(text))
            })
        })
        .await;
}

async fn set_memory(stage: &Stage, memory: &str) {
    let set = SetTenant { memory: Some(memory.to_owned()), ..SetTenant::default() };
    match stage.set("acme", set).await.unwrap() {
        SetOutcome::Begun(operation) => stage.done(*operation).await,
        SetOutcome::Noted(view) => panic!("noted {view:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_outlives_its_container_and_the_process() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "first").await;
    kept(&stage, "first").await;

    // Nobody waits until this one is written: it is read before the container goes.
    say(&stage, 2, "last words").await;
    set_memory(&stage, "300MiB").await;
    say(&stage, 3, "of another container").await;
    assert_eq!(all(&stage).await, ["first", "last words", "of another container"]);

    stage.pass(SignedDuration::from_mins(1)).await;
    say(&stage, 4, "of another process").await;
    kept(&stage, "of another process").await;
    say(&stage, 5, "live").await;

    let expected = ["first", "last words", "of another container", "of another process", "live"];
    assert_eq!(all(&stage).await, expected);
    let previous = ReadLogs { previous: true, ..ReadLogs::default() };
    kept(&stage, "live").await;
    assert_eq!(read(&stage, previous).await, ["first", "last words"]);
    let tail = ReadLogs { tail: Some(2), ..ReadLogs::default() };
    assert_eq!(read(&stage, tail).await, ["of another process", "live"]);

    stage.change("acme", TenantChange::Archive).await;
    assert_eq!(all(&stage).await, expected);
    stage.change("acme", TenantChange::Delete).await;
    assert_eq!(all(&stage).await, expected);
}

/// Lets the container say something when it is asked to end.
async fn say_at_last(stage: &Stage, text: &str) {
    let name = stage.get("acme").await.id.object_name();
    let at = stage.installation.clock.now() + SignedDuration::from_millis(500);
    let line = LogLine { at: Some(at), is_error: true, text: text.to_owned() };
    stage.installation.runtime.set_last_words(name.as_str(), line);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_container_says_while_it_is_put_away_is_kept() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "first").await;
    say_at_last(&stage, "shutting down").await;

    stage.change("acme", TenantChange::Archive).await;

    assert_eq!(all(&stage).await, ["first", "shutting down"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_container_says_that_goes_with_its_network_is_kept() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "first").await;
    say_at_last(&stage, "shutting down").await;
    let name = stage.get("acme").await.id.object_name();
    stage.installation.runtime.move_network_behind_our_back(name.as_str(), "10.99.0.0/29");

    stage.pass(SignedDuration::from_mins(1)).await;

    kept(&stage, "shutting down").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_container_says_that_somebody_made_of_another_image_is_kept() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "first").await;
    say_at_last(&stage, "shutting down").await;
    let name = stage.get("acme").await.id.object_name();
    stage.installation.runtime.swap_image_behind_our_back(name.as_str(), &digest('b'));

    stage.pass(SignedDuration::from_mins(1)).await;

    kept(&stage, "shutting down").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_container_of_another_version_said_when_nobody_listened_is_kept() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "first").await;
    kept(&stage, "first").await;
    let name = stage.get("acme").await.id.object_name();
    let runtime = stage.installation.runtime.clone();
    runtime.specify_otherwise_behind_our_back(name.as_str());
    runtime.exit_unseen(name.as_str(), Exit { code: 1, out_of_memory: false });
    say(&stage, 2, "a traceback").await;

    stage.pass(SignedDuration::from_mins(1)).await;

    kept(&stage, "a traceback").await;
    assert_eq!(all(&stage).await, ["first", "a traceback"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_is_kept_once() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, &"long ".repeat(40 << 10)).await;
    kept(&stage, "long long").await;
    let [long] = <[String; 1]>::try_from(all(&stage).await).expect("one line");
    assert!(long.ends_with(" bytes more]"), "{}", &long[long.len() - 40..]);

    stage.pass(SignedDuration::from_secs(1)).await;
    say(&stage, 2, "after").await;
    kept(&stage, "after").await;

    assert!(all(&stage).await == [long.as_str(), "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_nobody_listened_is_kept_once() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    for n in 0..5 {
        say(&stage, n, "alike").await;
    }
    say(&stage, 5, "before").await;
    kept(&stage, "before").await;

    stage.pass(SignedDuration::from_secs(1)).await;
    say(&stage, 0, "after").await;
    kept(&stage, "after").await;

    let mut expected = vec!["alike"; 5];
    expected.extend(["before", "after"]);
    assert_eq!(all(&stage).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_found_as_a_whole() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let said = [INFO, ERROR, "Traceback (most recent call last):", "ValueError: \u{1b}[2J", INFO];
    for (n, text) in said.into_iter().enumerate() {
        say(&stage, i64::try_from(n).unwrap(), text).await;
    }

    let error = ReadLogs { level: Some("error".into()), ..ReadLogs::default() };
    let search = ReadLogs { search: Some("VALUEERROR".into()), ..ReadLogs::default() };

    assert_eq!(read(&stage, error).await, said[1..4]);
    assert_eq!(read(&stage, search).await, said[1..4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_log_goes_on_where_the_kept_one_ends() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "one").await;
    say(&stage, 2, "two").await;
    kept(&stage, "two").await;

    let request = ReadLogs { follow: true, tail: Some(1), ..ReadLogs::default() };
    let lines = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await.unwrap();
    let mut lines = lines.map(|line| line.unwrap().text);
    assert_eq!(lines.next().await.as_deref(), Some("two"));
    say(&stage, 3, "three").await;
    assert_eq!(lines.next().await.as_deref(), Some("three"));

    stage.change("acme", TenantChange::Stop).await;
    assert_eq!(lines.next().await, None);
}

/// The lines behind one that was told, with where each stands.
async fn behind(stage: &Stage, seen: Option<Mark>) -> Vec<(Option<Mark>, String)> {
    let tail = seen.map(|_| 1);
    let request = ReadLogs { seen, tail, ..ReadLogs::default() };
    let lines = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await.unwrap();
    let mut marker = Marker::behind(seen);
    let lines: Vec<_> =
        lines.map_ok(|line| (marker.mark(&line), line.text)).try_collect().await.unwrap();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_again_goes_on_behind_what_was_told() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    for (millis, text) in [(1, "one"), (2, "two"), (2, "three"), (2, "four")] {
        say(&stage, millis, text).await;
    }
    kept(&stage, "four").await;
    // Another container takes its place.
    set_memory(&stage, "300MiB").await;
    say(&stage, 9000, "five").await;

    let whole = behind(&stage, None).await;
    let texts: Vec<_> = whole.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["one", "two", "three", "four", "five"]);
    for (told, (mark, _)) in whole.iter().enumerate() {
        assert_eq!(behind(&stage, *mark).await, whole[told + 1..], "behind {mark:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_followed_again_goes_on_behind_what_was_told() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "one").await;
    say(&stage, 1, "two").await;
    let first = behind(&stage, None).await[0].0;

    let request = ReadLogs { follow: true, seen: first, ..ReadLogs::default() };
    let lines = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await.unwrap();
    let mut lines = lines.map(|line| line.unwrap().text);
    assert_eq!(lines.next().await.as_deref(), Some("two"));
    say(&stage, 3, "three").await;
    assert_eq!(lines.next().await.as_deref(), Some("three"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_kept_stops_nobody_and_says_what_is_missing() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    say(&stage, 1, "first").await;
    kept(&stage, "first").await;
    let name = stage.get("acme").await.id.object_name();
    let folder = stage.installation.settings.paths.object(&name).logs();
    let aside = folder.with_extension("aside");
    std::fs::rename(&folder, &aside).unwrap();
    // A file where the folder was: nobody can write there, root or not.
    std::fs::write(&folder, "").unwrap();

    say(&stage, 2, "lost to the follower").await;
    set_memory(&stage, "300MiB").await;
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    set_memory(&stage, "310MiB").await;
    say(&stage, 9000, "again").await;
    kept(&stage, "again").await;

    let request = ReadLogs::default();
    let lines = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await.unwrap();
    let lines: Vec<_> = lines.map(Result::unwrap).collect().await;
    let said = lines.iter().find(|line| line.voice == Voice::Berth).expect("a word of Berth");
    assert!(said.text.starts_with("this log could not be kept from "), "{said:?}");
    assert!(said.text.contains("missing"), "{said:?}");
    assert_eq!(lines.first().unwrap().text, "first");
    assert_eq!(lines.last().unwrap().text, "again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_never_was_is_not_empty_but_absent() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Archive).await;

    let request = ReadLogs::default();
    let refused = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await.err();

    assert!(matches!(refused, Some(EngineError::NotRunning { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_wish_is_named_at_once() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let request = ReadLogs {
        tail: Some(u32::MAX),
        follow: true,
        since: Some("soon".into()),
        until: Some("1h".into()),
        level: Some("loud".into()),
        ..ReadLogs::default()
    };

    let refused = stage.process().engine.logs(&ACTOR, ORG, "acme", &request).await;

    let fields: Vec<String> = problems(refused.map(drop))
        .into_iter()
        .map(|problem| problem.split(':').next().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["since", "level", "tail", "follow"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_cut_what_is_read() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    for (minute, text) in [(0, "old"), (30, "middle"), (59, "young")] {
        say(&stage, minute * 60_000 - 3_600_000, text).await;
    }
    let cut = async |since: Option<&str>, until: Option<&str>| {
        let [since, until] = [since, until].map(|text| text.map(str::to_owned));
        read(&stage, ReadLogs { since, until, ..ReadLogs::default() }).await
    };

    assert_eq!(cut(Some("45m"), None).await, ["middle", "young"]);
    assert_eq!(cut(Some("45m"), Some("5m")).await, ["middle"]);
    let at: Timestamp = stage.installation.clock.now() - Duration::from_mins(45);
    assert_eq!(cut(None, Some(&at.to_string())).await, ["old"]);
}
