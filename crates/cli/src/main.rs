//! The nets command line.

fn main() {}
