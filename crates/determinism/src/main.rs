//! Plays the scripts on standard input and writes a line of digests for each.

use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    io::stdout().write_all(nets_determinism::answers(&text).as_bytes())
}
