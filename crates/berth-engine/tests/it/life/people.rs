//! People: claiming, signing in, being invited, being looked after.

mod clockwork;
mod crew;
mod doors;
mod factors;
mod hooks;
mod invited;
mod letters;
mod looked_after;
mod meanwhile;
mod roles;
mod together;
