//! Roles that groups bring, and take.

use serde_json::{Value, json};

use super::world::{TRUSTED, World, session_of};
use crate::people::{by, claimed, join};

/// Signs somebody of these groups in, and shows what they are by then.
async fn of(world: &World, groups: &[&str]) -> Value {
    let back = world.come(&json!({ "groups": groups })).await;
    let session = session_of(&back).unwrap_or_else(|| panic!("{}", back.text()));
    by(&world.app, &session, "GET", "/session", &Value::Null).await.json()
}

#[tokio::test]
async fn roles_are_gained_and_lost_with_the_groups() {
    let world = World::new(TRUSTED).await;
    claimed(&world.app).await;
    let member = of(&world, &["staff"]).await;
    let leads = of(&world, &["staff", "leads"]).await;
    let operator = of(&world, &["it"]).await;
    let nothing = of(&world, &["lost"]).await;

    assert_eq!(member["roles"], json!({ "default": "member" }));
    assert_eq!(leads["roles"], json!({ "default": "admin" }));
    assert_eq!((&operator["operator"], &operator["roles"]), (&json!(true), &json!({})));
    assert_eq!((&nothing["operator"], &nothing["roles"]), (&json!(false), &json!({})));
    let told = world.told("").await;
    let of_groups: Vec<_> = told.iter().filter(|line| line.starts_with("system")).collect();
    assert_eq!(
        of_groups,
        ["system person.unmake_operator allowed", "system person.make_operator allowed"]
    );
    let there = world.told("/organisations/default").await;
    let expected =
        ["system member.remove allowed", "system member.set allowed", "system member.set allowed"];
    assert_eq!(there, expected);
    let written = world.app.ours("GET", "/audit", &Value::Null).await.json();
    let (before, after) = (&written["items"][1]["before"], &written["items"][1]["after"]);
    assert_eq!(before, &json!({ "role": "member" }));
    assert_eq!(after, &json!({ "role": "admin", "by_groups_of": "corp" }));
}

#[tokio::test]
async fn what_was_lost_is_lost_in_open_sessions_too() {
    let world = World::new(TRUSTED).await;
    let first = session_of(&world.come(&json!({ "groups": ["leads"] })).await).unwrap();
    let audit = "/organisations/default/audit";
    assert_eq!(by(&world.app, &first, "GET", audit, &Value::Null).await.status, 200);

    of(&world, &["staff"]).await;

    assert_eq!(by(&world.app, &first, "GET", audit, &Value::Null).await.status, 403);
}

#[tokio::test]
async fn the_last_operator_stays_one_and_the_audit_says_so() {
    let world = World::new(TRUSTED).await;
    assert_eq!(of(&world, &["it"]).await["operator"], true);

    assert_eq!(of(&world, &["staff"]).await["operator"], true);
    assert_eq!(world.told("").await[1], "system person.stay_operator allowed");

    // There is another one now.
    claimed(&world.app).await;
    assert_eq!(of(&world, &["staff"]).await["operator"], false);
}

#[tokio::test]
async fn what_was_given_by_hand_stays() {
    let world = World::new(TRUSTED).await;
    join(&world.app, "jo@example.com", "viewer").await;
    assert_eq!(of(&world, &["leads"]).await["roles"], json!({ "default": "viewer" }));
    assert_eq!(of(&world, &[]).await["roles"], json!({ "default": "viewer" }));

    // Taken by hand, it is the groups' to give; changed by hand, it is not any more.
    let member = "/members/jo@example.com";
    assert_eq!(world.app.ours("DELETE", member, &Value::Null).await.status, 204);
    assert_eq!(of(&world, &["leads"]).await["roles"], json!({ "default": "admin" }));
    let set = world.app.ours("PUT", member, &json!({ "role": "member" })).await;
    assert_eq!(set.status, 204, "{}", set.text());
    assert_eq!(of(&world, &["leads"]).await["roles"], json!({ "default": "member" }));
    assert_eq!(of(&world, &[]).await["roles"], json!({ "default": "member" }));
}

#[tokio::test]
async fn what_an_admin_offered_goes_when_the_groups_make_them_less() {
    let world = World::new(TRUSTED).await;
    let admin = session_of(&world.come(&json!({ "groups": ["leads"] })).await).unwrap();
    let offer = json!({ "email": "al@example.com", "role": "admin" });
    let invitations = "/organisations/default/invitations";
    assert_eq!(by(&world.app, &admin, "POST", invitations, &offer).await.status, 201);

    of(&world, &["staff"]).await;

    let left = world.app.ours("GET", "/invitations", &Value::Null).await.json();
    assert_eq!(left["items"], json!([]));
}
