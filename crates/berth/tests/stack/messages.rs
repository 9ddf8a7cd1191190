//! People hear of a tenant that is broken, and that it is well again.

use std::time::Duration;

use berth_testkit::sink::Arrival;
use berth_testkit::wait;
use secrecy::SecretString;
use serde_json::Value;

use crate::world::Stack;

/// A look at everything, two messages and a container that starts take less.
const SOON: Duration = Duration::from_mins(3);

pub(crate) async fn who_wants_to_know_hears_of_a_broken_tenant_and_that_it_is_well_again(
    stack: &Stack,
) {
    let home = &stack.home;
    home.done(&["tenant", "create", "initech"]).await;
    let initech = stack.site("initech").await;
    let url = stack.hooks.url("/berth");
    let made = home.done(&["webhook", "create", &url, "--name", "story"]).await;
    let secret = SecretString::from(made.text().lines().next().unwrap().to_owned());
    home.done(&["webhook", "test", "story"]).await;
    home.done(&["mail", "test"]).await;

    // The disk with its files is missing, and nothing that Berth can do brings it back.
    let files = home.path().join(format!("tenants/{}/data/filestore", initech.object));
    let aside = files.with_extension("aside");
    std::fs::rename(&files, &aside).unwrap();
    home.engine().remove_container(initech.object.as_str()).await;
    let told = heard(stack, "tenant.drifted").await;
    let letter = letter(stack, "initech is not as it should be").await;

    let body = told.body.as_bytes();
    let (id, at) = (told.header("webhook-id"), told.header("webhook-timestamp"));
    let signature = berth_notify::sign(&secret, id, at.parse().unwrap(), body);
    assert_eq!(signature.as_deref(), Some(told.header("webhook-signature")));
    assert!(letter.contains("filestore is gone"), "{letter}");
    assert!(letter.contains("berth tenant show initech"), "{letter}");

    std::fs::rename(&aside, &files).unwrap();
    heard(stack, "tenant.recovered").await;
    self::letter(stack, "initech is well again").await;
    assert_eq!(stack.login_page(&initech).await.status, 200);
    let list = home.done(&["webhook", "deliveries", "story", "-o", "json"]).await.json();
    let states: Vec<&str> =
        list["items"].as_array().unwrap().iter().filter_map(|it| it["state"].as_str()).collect();
    assert!(states.iter().all(|state| *state == "delivered"), "{list}");

    home.done(&["webhook", "delete", "story"]).await;
    home.done(&["tenant", "delete", "initech", "--now", "--yes"]).await;
}

/// Waits for a message of this kind about the tenant of the story.
async fn heard(stack: &Stack, kind: &str) -> Arrival {
    let is_it = |arrival: &Arrival| {
        let body: Value = serde_json::from_str(&arrival.body).unwrap_or_default();
        body["kind"] == kind && body["tenant"] == "initech"
    };
    wait::until_some(SOON, async || stack.hooks.arrivals().into_iter().find(is_it)).await
}

/// Waits for a letter with this subject.
async fn letter(stack: &Stack, subject: &str) -> String {
    let line = format!("Subject: [Berth] {subject}");
    let letters = async || {
        let all = stack.letters.letters().into_iter().map(|letter| letter.text);
        all.into_iter().find(|text| text.lines().any(|it| it == line))
    };
    wait::until_some(SOON, letters).await
}
