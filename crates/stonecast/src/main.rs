//! The `stonecast` command.
fn main() {}
