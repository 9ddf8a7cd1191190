//! The pages in a browser: the router, the engine, the store and PostgreSQL are the real ones,
//! containers are in memory.
#![expect(clippy::unwrap_used, reason = "everything here is a test or a part of one")]

#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../api/app.rs"]
mod app;
mod keyboard;
mod live;
mod looks;
mod site;
#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../api/tcp.rs"]
mod tcp;
#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../api/providers/world.rs"]
mod world;
