//! How long nginx takes from a signal to reload until a new connection sees a changed host.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::nginx::{self, Nginx};
use super::server::Server;
use super::{host, hot};

const RUNS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(30);

/// Leads one host back and forth between two upstreams. The configuration is written before the time
/// begins, as the edge is given a list of routes that is ready.
pub(super) fn reload(nginx: &Nginx, directory: &Path, routes: u32, one: &Server) -> Result<u64> {
    let two = Server::upstream(directory, "two")?;
    let changed = hot(routes).last().context("some host is asked")?;
    let address = nginx.server.address;
    let mut times = Vec::new();
    for run in 0..RUNS {
        let (name, upstream) = [("two", two.address), ("one", one.address)][run % 2];
        let leads = |number| if number == changed { upstream } else { one.address };
        nginx::write(directory, address, routes, &leads)?;
        let began = Instant::now();
        nginx.server.signal("HUP")?;
        while who(address, &host(changed))? != name {
            if began.elapsed() > PATIENCE {
                bail!("nginx does not see the change");
            }
        }
        times.push(u64::try_from(began.elapsed().as_millis()).context("measure")?);
    }
    times.sort_unstable();
    Ok(times[RUNS / 2])
}

/// Asks on a new connection who answers.
fn who(address: std::net::SocketAddr, host: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).context("connect to nginx")?;
    stream.set_read_timeout(Some(PATIENCE)).context("set a limit")?;
    let request = format!("GET /who HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).context("ask nginx")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("read nginx's answer")?;
    let (_, body) = answer.split_once("\r\n\r\n").context("nginx answers with HTTP")?;
    Ok(body.to_owned())
}
