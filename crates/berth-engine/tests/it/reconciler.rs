//! What drifts, and what becomes of it.

mod asks;
mod heals;
mod orphans;
mod plans;
mod site;
mod starts;
