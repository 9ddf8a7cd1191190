//! One file, the environment and flags become one validated [`Config`].
//!
//! # Invariants
//!
//! * The environment is read here and nowhere else, once, into an [`Environment`].
//! * A flag beats the environment, which beats the file, which beats the default.
//! * Everything that is wrong is reported at once, each with its place.
//! * A field's documentation, default, name and place in the sample are written once, in
//!   [`sections`]. The sample file and `berth config sample` cannot disagree with the code.
//! * A secret is read from a file that only its owner can read; never from the configuration file,
//!   the environment or a flag.

mod config;
mod environment;
mod mistake;
mod nearest;
mod providers;
mod reader;
mod sample;
mod secret_file;
pub mod sections;
pub mod setting;

pub use config::{Cluster, Config, Effective, check_file, check_text, explain, load, socket};
pub use environment::{Environment, Sources};
pub use mistake::{Invalid, Mistake, Place};
pub use nearest::nearest;
pub use providers::Provider;
pub use sample::sample;
