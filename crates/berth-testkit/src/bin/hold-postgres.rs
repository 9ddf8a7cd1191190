//! Starts a server, says its process id, and waits to be killed: the test of what happens then.

use std::io::{Write as _, stdout};

use berth_testkit::postgres::Server;

fn main() -> std::io::Result<()> {
    let server = Server::start().map_err(std::io::Error::other)?;
    writeln!(stdout(), "{} {}", server.pid(), server.socket_folder().display())?;
    loop {
        std::thread::park();
    }
}
