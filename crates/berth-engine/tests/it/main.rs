//! The engine over a real control database and a real PostgreSQL server, with containers in memory.

mod admission;
mod world;
