//! Route tables of any size.

use std::io;
use std::net::SocketAddr;

use berth_edge::{Route, RouteState, Upstream};

/// Makes the routes `t00000.bench.localhost` and following, all to one upstream.
pub(crate) fn routes(count: u32, upstream: SocketAddr) -> io::Result<Vec<Route>> {
    (0..count).map(|number| route(number, upstream)).collect()
}

/// The name of the route with this number.
pub(crate) fn host(number: u32) -> String {
    format!("t{number:05}.bench.localhost")
}

pub(crate) fn route(number: u32, upstream: SocketAddr) -> io::Result<Route> {
    Ok(Route {
        host: host(number).parse().map_err(io::Error::other)?,
        tenant: format!("tnt_{number:032x}").parse().map_err(io::Error::other)?,
        name: format!("t{number:05}").parse().map_err(io::Error::other)?,
        database: format!("t_{number:010x}").parse().map_err(io::Error::other)?,
        state: RouteState::Open,
        upstream: Some(Upstream { http: upstream, websocket: None }),
        language: None,
    })
}
