//! Level D: what happens when the worst happens.
fn main() {}
