//! A server that gets stuck ends itself, and the next start is fine.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

#[path = "serve/server.rs"]
#[expect(dead_code, reason = "others use the rest")]
mod server;

use std::time::Duration;

use rustix::process::Signal;
use server::Home;

#[tokio::test]
async fn a_stuck_server_ends_itself_and_the_next_start_goes_on() {
    let home = Home::new();
    let mut server = home.serve().await;
    let operation = server.begin_demo().await;

    server.signal(Signal::USR1);
    let status = server.ended().await;

    assert_eq!(status.code(), Some(70), "{status}");
    assert!(server.log().contains("the runtime does not turn"), "{}", server.log());
    let next = home.serve().await;
    next.becomes("driver").await;
    next.tell(&operation, "release").await;
    next.comes_to(&operation, "done").await;
}

#[tokio::test]
async fn a_server_that_was_stopped_for_a_while_is_not_stuck() {
    let home = Home::new();
    let server = home.serve().await;

    server.signal(Signal::STOP);
    // Longer than the watchdog's patience: that is what is tested.
    tokio::time::sleep(Duration::from_secs(13)).await;
    server.signal(Signal::CONT);

    // It goes on for longer than a watchdog that counted the pause would have let it.
    for _ in 0..5 {
        assert_eq!(server.status().await["role"], "driver");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
