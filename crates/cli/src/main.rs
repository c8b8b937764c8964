//! `exhibit`
fn main() {}
