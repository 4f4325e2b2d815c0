//! Write a nets agent in a dozen lines of Rust.
