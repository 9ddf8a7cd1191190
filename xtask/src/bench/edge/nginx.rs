//! nginx, set up to do what the edge does as well as it can.
//!
//! # Invariants
//!
//! * Every host that is asked has an upstream of its own with open connections, as each tenant has; the
//!   others share one. An upstream named by a variable would be looked for one by one among all.
//! * What the edge does per request is done here too: forwarded headers, a request id, a line of JSON in
//!   the access log, which is written in batches.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::{Context, Result};

use super::server::Server;
use super::{WORKERS, host, hot};

pub(super) struct Nginx {
    pub(super) server: Server,
}

impl Nginx {
    pub(super) fn start(directory: &Path, routes: u32, upstream: SocketAddr) -> Result<Self> {
        let free = TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
        let address = free.local_addr().context("find a free port")?;
        drop(free);
        write(directory, address, routes, &|_| upstream)?;
        let folder = directory.to_str().context("the directory's path is not UTF-8")?;
        let arguments = ["-p", folder, "-c", "nginx.conf", "-e", "error.log"];
        let server = Server::at(address, &directory.join("nginx.log"), ("nginx", &arguments))?;
        Ok(Self { server })
    }
}

/// Writes a configuration in which `upstream` says where a host leads.
pub(super) fn write(
    directory: &Path,
    address: SocketAddr,
    routes: u32,
    upstream: &dyn Fn(u32) -> SocketAddr,
) -> Result<()> {
    let text = configuration(address, routes, upstream);
    std::fs::write(directory.join("nginx.conf"), text).context("write nginx.conf")
}

fn configuration(address: SocketAddr, routes: u32, upstream: &dyn Fn(u32) -> SocketAddr) -> String {
    let mut text = HEAD.replace("WORKERS", &WORKERS.to_string());
    let hot: Vec<u32> = hot(routes).collect();
    for number in &hot {
        server(&mut text, address, (*number, upstream(*number)), &host(*number));
    }
    let others: Vec<String> =
        (0..routes).filter(|number| !hot.contains(number)).map(host).collect();
    if !others.is_empty() {
        server(&mut text, address, (routes, upstream(routes)), &others.join(" "));
    }
    text.push_str("}\n");
    text
}

fn server(
    text: &mut String,
    address: SocketAddr,
    (number, upstream): (u32, SocketAddr),
    names: &str,
) {
    writeln!(
        text,
        "upstream u{number} {{ server {upstream}; keepalive 64; keepalive_requests 100000000; }}\n\
         server {{\n  listen {address};\n  server_name {names};\n  \
           location / {{ proxy_pass http://u{number}; }}\n  \
           location /websocket {{\n    proxy_pass http://u{number};\n    \
             proxy_set_header Connection upgrade;\n    proxy_set_header Upgrade $http_upgrade;\n    \
             proxy_set_header Host $http_host;\n  }}\n}}"
    )
    .expect("strings take all");
}

const HEAD: &str = r#"worker_processes WORKERS;
daemon off;
pid nginx.pid;
worker_rlimit_nofile 16384;
events { worker_connections 4096; }
http {
client_body_temp_path temp-body;
proxy_temp_path temp-proxy;
fastcgi_temp_path temp-fastcgi;
uwsgi_temp_path temp-uwsgi;
scgi_temp_path temp-scgi;
server_names_hash_max_size 131072;
server_names_hash_bucket_size 128;
keepalive_requests 100000000;
tcp_nodelay on;
log_format json escape=json '{"time":"$time_iso8601","request_id":"$request_id","visitor":"$remote_addr",'
  '"method":"$request_method","host":"$host","path":"$uri","status":$status,"bytes_in":$request_length,'
  '"bytes_out":$body_bytes_sent,"duration":$request_time,"upstream":"$upstream_response_time"}';
access_log nginx-access.log json buffer=64k flush=1s;
proxy_http_version 1.1;
proxy_buffers 16 16k;
proxy_max_temp_file_size 0;
proxy_set_header Connection "";
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Host $http_host;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Request-Id $request_id;
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_stands_in_the_configuration_once() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));

        let text = configuration(address, 40, &|number| {
            SocketAddr::from(([127, 0, 0, 2], u16::try_from(number).unwrap()))
        });

        assert!((0..40).all(|number| text.matches(&host(number)).count() == 1));
        assert_eq!(text.matches("upstream u").count(), 21);
        assert!(text.contains("upstream u38 { server 127.0.0.2:38;"), "{text}");
    }
}
