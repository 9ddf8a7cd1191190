//! Who sees what was done.

use http::StatusCode;

use super::Query;
use crate::pages::testing::Site;

const AUDIT: &str = "/organisations/default/audit";

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_some_of_it_and_says_what_it_cannot_read() {
    let site = Site::start().await;

    let none = site.get(&format!("{AUDIT}?action=nothing.such&actor=")).await;
    assert!(none.page().contains("Nothing like that was done"), "{}", none.text);
    let hostile = "since=%3Cb%20onclick%3D%22x%22%3E&actor=%E2%80%AEgnp";
    let wrong = site.get(&format!("{AUDIT}?{hostile}")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.harmless();
    assert!(wrong.text.contains("since: "), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_see_it_does_not() {
    let site = Site::start().await.by_member("member").await;

    assert_eq!(site.get(AUDIT).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get("/audit").await.status, StatusCode::FORBIDDEN);
}

#[test]
fn links_say_what_was_asked_for_and_nothing_that_was_not() {
    let query = Query {
        actor: Some("person:jo@example.com".to_owned()),
        action: Some(String::new()),
        object: Some("a&b".to_owned()),
        before: Some("aud_1".to_owned()),
        ..Query::default()
    };

    assert_eq!(
        query.link("/audit", &[("before", Some("aud_2"))]),
        "/audit?actor=person%3Ajo%40example.com&object=a%26b&before=aud_2"
    );
    assert_eq!(Query::default().link("/audit", &[]), "/audit");
    assert!(query.is_narrowed());
    assert!(!Query { before: Some("aud_1".to_owned()), ..Query::default() }.is_narrowed());
}
