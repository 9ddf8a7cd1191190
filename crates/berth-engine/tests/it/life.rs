//! A tenant's life beyond its operations: time that comes, names that are kept, what owners may have.
//! What each operation leaves, whatever goes wrong in it, is in [`crate::harness`].

mod broken;
mod names;
mod notes;
mod quotas;
mod stage;
mod time;
