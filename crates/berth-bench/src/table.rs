//! Route tables of any size.

use std::io;
use std::net::SocketAddr;

use berth_edge::{Route, RouteState, Upstream};

/// Makes the routes `t00000.bench.localhost` and following, all to one upstream.
pub(crate) fn routes(count: u32, upstream: SocketAddr) -> io::Result<Vec<Route>> {
    (0..count).map(|number| route(number, upstream)).collect()
}

/// The name of the tenant with this number.
pub(crate) fn name(number: u32) -> String {
    format!("t{number:05}")
}

/// Under which it is reached.
pub(crate) fn host(number: u32) -> String {
    format!("{}.bench.localhost", name(number))
}

pub(crate) fn route(number: u32, upstream: SocketAddr) -> io::Result<Route> {
    Ok(Route {
        host: host(number).parse().map_err(io::Error::other)?,
        tenant: format!("tnt_{number:032x}").parse().map_err(io::Error::other)?,
        name: name(number).parse().map_err(io::Error::other)?,
        database: format!("t_{number:010x}").parse().map_err(io::Error::other)?,
        state: RouteState::Open,
        upstream: Some(Upstream { http: upstream, websocket: None }),
        language: None,
    })
}
