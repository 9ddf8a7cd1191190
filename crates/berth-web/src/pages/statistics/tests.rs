use std::time::Duration;

use berth_domain::statistics::{Requests, Sample, Step, Times};
use berth_domain::{Bytes, Limits, Timestamp};
use berth_engine::request::CreateTenant;
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use super::*;
use crate::pages::testing::Site;

const CHARTS: &str = "/organisations/default/tenants/acme/charts";

fn noon() -> Timestamp {
    "2026-05-04T12:00:00Z".parse().unwrap()
}

fn sample(ago: u64) -> Sample {
    let mut times = [0; Times::PLACES];
    times[Times::place(Duration::from_millis(200))] = 10;
    Sample {
        at: noon() - Duration::from_mins(ago),
        seconds: 60,
        cpu_millis: Some(200 + ago * 10),
        memory: Some(Bytes::mib(512)),
        database: Some(Bytes::mib(60 - ago)),
        requests: Requests { all: 30, refused: 1, failed: 2, times: Times::of(times) },
    }
}

fn view(samples: Vec<Sample>) -> StatisticsView {
    StatisticsView {
        tenant: "acme".parse().unwrap(),
        limits: Limits::default(),
        range: Range::Hour,
        from: noon() - Duration::from_hours(1),
        until: noon(),
        samples,
    }
}

fn said(view: &StatisticsView) -> Vec<String> {
    let figures = figure::all(view);
    let said =
        |it: &Figure| format!("{}: {} {} ({}) {}", it.label, it.value, it.unit, it.aside, it.told);
    figures.iter().map(said).collect()
}

#[test]
fn figures_are_said_as_people_read_them() {
    let samples = (0..=5).rev().map(sample).collect();

    insta::assert_snapshot!(said(&view(samples)).join("\n"), @"
    CPU: 0.2 cores (limit 1 core) Least 0.2 cores, most 0.25 cores, last 0.2 cores.
    Memory: 512 MiB (limit 1 GiB) Least 512 MiB, most 512 MiB, last 512 MiB.
    Requests: 0.5 per second (most 0.5/s) Least 0.5 per second, most 0.5 per second, last 0.5 per second.
    p95 latency: 250 ms (most 250 ms) Least 250 ms, most 250 ms, last 250 ms.
    Failed requests: 2  (12 in all) Least 2, most 2, last 2.
    Database: 60 MiB (+5 MiB) Least 55 MiB, most 60 MiB, last 60 MiB.
    ");
}

#[test]
fn what_was_known_some_time_ago_is_not_how_it_is_now() {
    let samples = (10..=15).rev().map(sample).collect();

    let said = said(&view(samples));

    assert!(said[0].starts_with("CPU: –  (limit 1 core) Least 0.3 cores"), "{said:?}");
}

#[test]
fn what_nobody_knows_is_drawn_nowhere() {
    let view = view(vec![]);

    for figure in figure::all(&view) {
        assert!(figure.curve.line.is_empty(), "{figure:?}");
        assert_eq!(figure.told, "Nothing is known of this time.");
    }
}

#[test]
fn the_axis_ends_now() {
    let of = |range: Range| {
        let from = noon() - range.span();
        figure::all(&StatisticsView { range, from, ..view(vec![]) }).remove(0).axis
    };

    assert_eq!(of(Range::Hour), ["11:00", "11:20", "11:40", "now"]);
    assert_eq!(of(Range::Day), ["12:00", "20:00", "04:00", "now"]);
    assert_eq!(of(Range::Week), ["27 Apr", "29 Apr", "2 May", "now"]);
}

/// A site with a tenant of which something is known.
async fn lived_in() -> Site {
    let site = Site::start().await;
    let request = CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() };
    site.running(request).await;
    let now = site.process.engine.now();
    let tenant = site.process.engine.tenant(&ACTOR, ORG, "acme").await.unwrap().tenant;
    let samples: Vec<Sample> =
        (0..30).map(|ago| Sample { at: now - Duration::from_mins(ago), ..sample(ago) }).collect();
    site.installation.put_samples(tenant.id, Step::Minute, &samples).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_curves_is_a_block_for_scripts_and_whole_for_everybody_else() {
    let site = lived_in().await;

    let whole = site.get(&format!("{CHARTS}?range=1h")).await;
    let part = site.part(&format!("{CHARTS}?range=1h")).await;

    assert_eq!(whole.status, StatusCode::OK);
    assert!(whole.text.contains("<html") && whole.text.contains("aria-current=\"true\">1 h"));
    assert!(part.text.trim_start().starts_with("<section"), "{}", part.text);
    assert_eq!(part.text.matches("<path class=\"l\" d=\"M").count(), 6, "{}", part.text);
    assert!(!part.text.contains("style="), "{}", part.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_shows_what_each_tenant_uses() {
    let site = lived_in().await;

    let fleet = site.get("/organisations/default/tenants").await;

    assert!(fleet.text.contains("<svg class=\"spark\""), "{}", fleet.text);
    assert!(fleet.text.contains("40%<span class=\"vh\"> of its limit"), "{}", fleet.text);
    assert!(fleet.text.contains("512 MiB"), "{}", fleet.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_never_ran_says_so_and_odd_ranges_are_refused() {
    let site = lived_in().await;

    let nobody = site.get("/organisations/default/tenants/nobody/charts").await;
    let odd = site.get(&format!("{CHARTS}?range=%3Cb%3E30d")).await;
    let empty = site.get(&format!("{CHARTS}?range=")).await;

    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", odd.text);
    odd.harmless();
    assert!(empty.text.contains("Last 24 hours"), "{}", empty.text);
}
