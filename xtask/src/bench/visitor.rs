//! Somebody who reloads a login page until it is there.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long a visitor waits between two looks.
const PAUSE: Duration = Duration::from_millis(5);
const LOOK: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_mins(5);

/// Visits the login page of `host` at `address` until it is served. Returns the time since `began`.
pub(super) fn until_login_page(
    address: SocketAddr,
    host: &str,
    began: Instant,
) -> Result<Duration> {
    loop {
        // Refused connections and broken answers are what a visitor sees of a start.
        if status(address, host).is_ok_and(|status| status == Some(200)) {
            return Ok(began.elapsed());
        }
        if began.elapsed() > PATIENCE {
            bail!("no login page of {host} at {address} after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
}

/// The status of one visit; `None` when the answer is not HTTP.
fn status(address: SocketAddr, host: &str) -> std::io::Result<Option<u16>> {
    let mut stream = TcpStream::connect_timeout(&address, LOOK)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LOOK))?;
    let request = format!("GET /web/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.split(' ').nth(1).and_then(|code| code.parse().ok()))
}
