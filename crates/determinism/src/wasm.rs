//! The exports of the module: text goes in and out through one buffer.
//!
//! The host asks for [`room`], writes the scripts there, calls [`play`], and reads [`size`] bytes
//! from where that says.
#![allow(unsafe_code, reason = "an export has a name that another export could have")]

use std::sync::{Mutex, MutexGuard, PoisonError};

static TEXT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn text() -> MutexGuard<'static, Vec<u8>> {
    TEXT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the host writes scripts of so many bytes.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize) -> *mut u8 {
    let mut text = text();
    *text = vec![0; bytes];
    text.as_mut_ptr()
}

/// Plays the scripts; where the answers are.
#[unsafe(no_mangle)]
extern "C" fn play() -> *const u8 {
    let mut text = text();
    *text = crate::answers(&String::from_utf8_lossy(&text)).into_bytes();
    text.as_ptr()
}

/// How many bytes there are.
#[unsafe(no_mangle)]
extern "C" fn size() -> usize {
    text().len()
}
