//! A tenant's life beyond its operations: time that comes, names that are kept, what owners may have.
//! What each operation leaves, whatever goes wrong in it, is in [`crate::harness`].

mod audit;
mod broken;
mod disk;
mod hourly;
mod imports;
mod logins;
mod logs;
mod messages;
mod modules;
mod names;
mod networks;
mod notes;
mod organisations;
mod people;
mod queued;
mod quotas;
mod rights;
mod schedules;
mod stage;
mod storage;
mod time;
mod tokens;
