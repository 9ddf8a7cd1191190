//! What drifts, and what becomes of it.

mod asks;
mod heals;
mod site;
mod starts;
