//! A person at a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;

use berth_api::v1::exec::{ClientMessage, Exit, STDIN, STDOUT, ServerMessage, Start, TerminalSize};
use berth_api::v1::{List, TenantDifference, examples};
use futures_util::{SinkExt as _, StreamExt as _};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use tokio::net::{UnixListener, UnixStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::fake::{Canned, Fake};
use crate::run::command;

/// Both ends of a terminal: where the person sits, and what the program sees.
fn terminal(columns: u16, rows: u16) -> (OwnedFd, OwnedFd) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let program = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    resize(&person, columns, rows);
    (person, program)
}

fn resize(terminal: &OwnedFd, columns: u16, rows: u16) {
    let size = Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(terminal, size).unwrap();
}

/// What the person sees until `text` is there.
fn see(person: &OwnedFd, text: &str) -> String {
    let mut screen = File::from(person.try_clone().unwrap());
    let (mut seen, mut piece) = (String::new(), [0; 1024]);
    while !seen.contains(text) {
        let count = screen.read(&mut piece).unwrap();
        seen.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
    seen
}

fn type_in(person: &OwnedFd, text: &str) {
    File::from(person.try_clone().unwrap()).write_all(text.as_bytes()).unwrap();
}

async fn keys(socket: &mut WebSocketStream<UnixStream>, count: usize) -> Vec<u8> {
    let mut keys = Vec::new();
    while keys.len() < count {
        let Message::Binary(frame) = socket.next().await.unwrap().unwrap() else {
            panic!("keys come in binary frames");
        };
        assert_eq!(frame[0], STDIN);
        keys.extend_from_slice(&frame[1..]);
    }
    keys
}

#[tokio::test]
async fn a_session_hands_on_keys_and_sizes_and_leaves_the_terminal_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(home.path().join("berth.sock")).unwrap();
    let (person, program) = terminal(100, 40);
    let is_cooked =
        || tcgetattr(&person).unwrap().local_modes.contains(LocalModes::ICANON | LocalModes::ECHO);
    let mut child = command(home.path(), &["tenant", "shell", "acme"])
        .stdin(program.try_clone().unwrap())
        .stdout(program)
        .spawn()
        .unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();

    let start = socket.next().await.unwrap().unwrap();
    let start: Start = serde_json::from_str(start.to_text().unwrap()).unwrap();
    assert_eq!(start.terminal, Some(TerminalSize { columns: 100, rows: 40 }));

    berth_testkit::wait::until(std::time::Duration::from_secs(30), async || !is_cooked()).await;
    // Ctrl-C is a key like any other for whoever runs inside.
    type_in(&person, "a\u{3}");
    assert_eq!(keys(&mut socket, 2).await, b"a\x03");

    let output: Vec<u8> = std::iter::once(STDOUT).chain(*b">>> \xc3\xa4").collect();
    socket.send(Message::binary(output)).await.unwrap();
    see(&person, ">>> ä");

    resize(&person, 120, 50);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::WINCH).unwrap();
    let resized = socket.next().await.unwrap().unwrap();
    let resized: ClientMessage = serde_json::from_str(resized.to_text().unwrap()).unwrap();
    assert_eq!(resized, ClientMessage::Resize(TerminalSize { columns: 120, rows: 50 }));

    let exit = ServerMessage::Exit(Exit { code: 3, out_of_memory: false });
    socket.send(Message::text(serde_json::to_string(&exit).unwrap())).await.unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert!(is_cooked());
}

#[test]
fn a_deletion_goes_on_only_when_the_name_is_typed() {
    let show = "GET /api/v1/organisations/default/tenants/acme";
    let delete = "DELETE /api/v1/organisations/default/tenants/acme";
    let plan = "DELETE /api/v1/organisations/default/tenants/acme?dry_run=true";
    let mut done = examples::operation();
    "done".clone_into(&mut done.state);
    "tenant.purge".clone_into(&mut done.kind);
    let fake = Fake::new([
        (show, Canned::json(200, &examples::tenant())),
        (plan, Canned::json(200, &examples::plan())),
        (delete, Canned::json(202, &done)),
    ]);

    for (typed, code, requests) in [("acne\n", 1, 2), ("acme\n", 0, 5)] {
        let (person, program) = terminal(80, 24);
        let mut child = command(fake.home(), &["tenant", "delete", "acme"])
            .stdin(program.try_clone().unwrap())
            .stderr(program)
            .spawn()
            .unwrap();

        let asked = see(&person, "Type its name to go on: ");
        type_in(&person, typed);

        assert!(
            asked.contains("the production tenant acme (http://acme.localhost:8069)"),
            "{asked}"
        );
        for action in examples::plan().actions {
            assert!(asked.contains(&action.text), "{asked}");
        }
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(fake.seen().len(), requests);
    }
}

#[test]
fn a_tenant_that_is_in_no_file_goes_only_when_somebody_says_yes() {
    let compare = "POST /api/v1/organisations/default/comparisons";
    let delete = "DELETE /api/v1/organisations/default/tenants/beta";
    let plan = "DELETE /api/v1/organisations/default/tenants/beta?dry_run=true";
    let difference = |name: &str, action: &str| TenantDifference {
        name: name.to_owned(),
        etag: None,
        action: action.to_owned(),
        fields: Vec::new(),
        problems: Vec::new(),
        set: None,
    };
    let items = vec![difference("acme", "none"), difference("beta", "delete")];
    let mut done = examples::operation();
    "done".clone_into(&mut done.state);
    let fake = Fake::new([
        (compare, Canned::json(200, &List { items, next: None })),
        (plan, Canned::json(200, &examples::plan())),
        (delete, Canned::json(202, &done)),
    ]);
    std::fs::write(fake.home().join("acme.toml"), "[[tenant]]\nname = \"acme\"\n").unwrap();

    for (typed, code, requests) in [("beta\n", 1, 2), ("yes\n", 0, 5)] {
        let (person, program) = terminal(80, 24);
        let mut child = command(fake.home(), &["apply", "acme.toml", "--prune"])
            .stdin(program.try_clone().unwrap())
            .stderr(program)
            .spawn()
            .unwrap();

        let asked = see(&person, "Type `yes` to go on: ");
        type_in(&person, typed);

        for action in examples::plan().actions {
            assert!(asked.contains(&action.text), "{asked}");
        }
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(fake.seen().len(), requests);
    }
}
