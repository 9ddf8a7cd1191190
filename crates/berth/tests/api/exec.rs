//! The WebSocket, without a tenant behind it.

use berth_api::v1::exec::{Run, ServerMessage, Start};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::UnixStream;
use tokio_tungstenite::tungstenite::Message;

use crate::app::{App, problem};

const EXEC: &str = "/api/v1/organisations/default/tenants/acme/exec";

/// What the server says after one frame.
async fn after(app: &App, first: Message) -> ServerMessage {
    let stream = UnixStream::connect(app.socket()).await.unwrap();
    let (mut socket, _) =
        tokio_tungstenite::client_async(format!("ws://localhost{EXEC}"), stream).await.unwrap();
    socket.send(first).await.unwrap();
    let last = socket.next().await.unwrap().unwrap();
    let message = serde_json::from_str(last.to_text().unwrap()).unwrap();
    assert!(matches!(socket.next().await, None | Some(Ok(Message::Close(_)) | Err(_))));
    message
}

fn status(message: &ServerMessage) -> u16 {
    let ServerMessage::Problem(problem) = message else { panic!("{message:?}") };
    assert_eq!(problem.instance, EXEC);
    problem.status
}

#[tokio::test]
async fn a_tenant_that_is_not_there_is_the_last_word() {
    let app = App::start().await;
    let start = Start { run: Run::Shell, terminal: None };

    let message = after(&app, Message::text(serde_json::to_string(&start).unwrap())).await;

    assert_eq!(status(&message), 404);
}

#[tokio::test]
async fn a_first_frame_that_says_nothing_is_refused() {
    let app = App::start().await;

    for first in [Message::text("ls"), Message::binary(vec![0, 1]), Message::text("{}")] {
        assert_eq!(status(&after(&app, first).await), 400);
    }
}

#[tokio::test]
async fn the_path_speaks_nothing_but_websocket() {
    let app = App::start().await;

    let answer = app.ours("GET", "/tenants/acme/exec", &Value::Null).await;

    assert_eq!(problem(&answer).status, 400);
}
