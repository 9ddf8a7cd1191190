//! The protocols of systemd: sockets that listen already (`sd_listen_fds(3)`), and news of the service
//! (`sd_notify(3)`).

use std::net::TcpListener;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::time::Duration;

use berth_testkit::http::{Place, request, send};
use command_fds::{CommandFdExt as _, FdMapping};
use rustix::process::Signal;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::server::{Home, SOON, visit};

/// What systemd has heard until one of its lines is this one.
fn hear(systemd: &UnixDatagram, line: &str) -> Vec<String> {
    systemd.set_read_timeout(Some(SOON)).unwrap();
    let mut heard = Vec::new();
    loop {
        let mut text = [0; 256];
        let length = systemd.recv(&mut text).unwrap();
        let text = String::from_utf8_lossy(&text[..length]).into_owned();
        let found = text.lines().any(|said| said.starts_with(line));
        heard.push(text);
        if found {
            return heard;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_of_systemd_are_used_and_left_to_it() {
    let home = Home::new();
    let edge = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = home.path().join("berth.sock");
    let api = UnixListener::bind(&path).unwrap();
    let address = edge.local_addr().unwrap();
    let systemd = UnixDatagram::bind(home.path().join("notify")).unwrap();
    // Somebody comes before the server is there, and waits.
    let mut early = JoinSet::new();
    early.spawn(visit(address, "nobody.localhost"));

    let mut command = home.command(&[]);
    let fds = [edge.try_clone().unwrap().into(), api.try_clone().unwrap().into()];
    let fds = (3..).zip(fds).map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd });
    command.fd_mappings(fds.collect()).unwrap();
    command.env("LISTEN_FDS", "2").env("LISTEN_FDNAMES", "berth.socket:berth.socket");
    command.env("NOTIFY_SOCKET", home.path().join("notify"));
    let mut server = home.spawn("berth", command).until_it_answers().await;

    assert_eq!(early.join_next().await.unwrap().unwrap().unwrap().status, 404);
    assert_eq!(server.status().await["sockets"], "inherited");
    assert_eq!(server.edge().await, address);
    hear(&systemd, "READY=1");
    hear(&systemd, "WATCHDOG=1");

    let (is_done, said) = home.berth(&["service", "upgrade"]).await;
    assert!(is_done, "{said}");
    let pid = server.status().await["pid"].clone();
    hear(&systemd, &format!("MAINPID={pid}"));
    assert!(server.ended().await.success());
    let (is_done, said) = home.berth(&["service", "stop"]).await;
    assert!(is_done, "{said}");
    hear(&systemd, "STOPPING=1");

    // systemd goes on listening: whoever comes now waits for the next start.
    let status = request("GET", "/api/v1/status", &Value::Null);
    let waiting = send(&Place::Socket(path), status, Duration::from_millis(200)).await;
    assert!(matches!(waiting, Err(berth_testkit::http::HttpError::Slow(_))), "{waiting:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_for_the_console_is_used_and_handed_on() {
    let home = Home::new();
    home.configure_console("listen = \"127.0.0.1:1\"\n");
    let edge = TcpListener::bind("127.0.0.1:0").unwrap();
    let console = TcpListener::bind("127.0.0.1:0").unwrap();
    let api = UnixListener::bind(home.path().join("berth.sock")).unwrap();
    let address = console.local_addr().unwrap();
    let health = || request("GET", "/api/v1/health", &Value::Null);
    // Somebody comes before the server is there, and waits.
    let mut early = JoinSet::new();
    let first = health();
    early.spawn(async move { send(&Place::Address(address), first, SOON).await });

    let mut command = home.command(&[]);
    let fds = [edge.try_clone().unwrap().into(), api.into(), console.try_clone().unwrap().into()];
    let fds = (3..).zip(fds).map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd });
    command.fd_mappings(fds.collect()).unwrap();
    // As two units hand them over, only one of which gives its sockets a name.
    command.env("LISTEN_FDS", "3").env("LISTEN_FDNAMES", "berth.socket:berth.socket:console");
    let mut server = home.spawn("berth", command).until_it_answers().await;

    assert_eq!(early.join_next().await.unwrap().unwrap().unwrap().status, 200);
    assert_eq!(server.edge().await, edge.local_addr().unwrap());
    let (is_done, said) = home.berth(&["service", "upgrade"]).await;
    assert!(is_done, "{said}");
    assert!(server.ended().await.success());
    assert_eq!(send(&Place::Address(address), health(), SOON).await.unwrap().status, 200);

    let (is_done, said) = home.berth(&["service", "stop"]).await;
    assert!(is_done, "{said}");
    let waiting = send(&Place::Address(address), health(), Duration::from_millis(200)).await;
    assert!(matches!(waiting, Err(berth_testkit::http::HttpError::Slow(_))), "{waiting:?}");
}

#[tokio::test]
async fn sockets_for_another_process_are_left_alone() {
    let home = Home::new();
    let edge = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = home.command(&[]);
    let mapping = FdMapping { parent_fd: edge.try_clone().unwrap().into(), child_fd: 3 };
    command.fd_mappings(vec![mapping]).unwrap();
    command.env("LISTEN_FDS", "1").env("LISTEN_PID", "1");

    let mut server = home.spawn("berth", command).until_it_answers().await;

    assert_eq!(server.status().await["sockets"], "own");
    assert_ne!(server.edge().await, edge.local_addr().unwrap());
    server.signal(Signal::TERM);
    assert!(server.ended().await.success());
}
