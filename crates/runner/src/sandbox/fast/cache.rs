//! Compiled code kept on disk, loaded only if this node wrote it.
//!
//! Compiled code is machine code: loading a file that somebody else made would be running their
//! program. So each entry has a tag beside it, made with a key that the cache draws when it is
//! created. An entry without its right tag (cut short, changed, copied from another cache) counts
//! as missing and is compiled again. The key lies in the directory, so whoever made the directory
//! can tag whatever they like: it must be the user's own, and never come with what was downloaded.
//!
//! The name of an entry covers the instrumented bytes, the compiler and its settings, so a change
//! of metering or of wasmtime never meets old code.
//! Invariant: no byte of a file is executed before its tag was checked.

#![allow(unsafe_code)]

use std::fs::{self, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, Module};

/// Why a code cache could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the code cache {} cannot be opened: {source}", path.display())]
pub struct CacheError {
    path: PathBuf,
    source: io::Error,
}

/// A directory of compiled code.
#[derive(Debug)]
pub(super) struct CodeCache {
    directory: PathBuf,
    secret: Secret,
}

/// The key of the tags, kept out of debug output.
struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Returns the name of the entry for instrumented bytes compiled by an engine.
pub(super) fn key(engine: &Engine, instrumented: &[u8]) -> String {
    let mut settings = SettingsHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    let mut hash = settings.0;
    hash.update(instrumented);
    hex(&hash.finalize())
}

impl CodeCache {
    /// Opens the cache in a directory, creating both if need be.
    pub(super) fn open(directory: &Path) -> Result<Self, CacheError> {
        let failed = |source| CacheError { path: directory.to_owned(), source };
        fs::create_dir_all(directory).map_err(failed)?;
        let secret = secret(&directory.join("key")).map_err(failed)?;
        Ok(Self { directory: directory.to_owned(), secret: Secret(secret) })
    }

    /// Returns the compiled module of an entry, or `None` if it must be compiled.
    pub(super) fn load(&self, engine: &Engine, key: &str) -> Option<Module> {
        let mut file = File::open(self.code_path(key)).ok()?;
        let tag = fs::read(self.tag_path(key)).ok()?;
        let mut code = Vec::new();
        file.read_to_end(&mut code).ok()?;
        if tag != self.tag(key, &code) {
            return None;
        }
        // SAFETY: the tag shows that this cache wrote these bytes, from `Module::serialize`; the
        // file is never written again after it was renamed into place, and what is mapped is the
        // file that was read, whatever has the name by now.
        unsafe { Module::deserialize_open_file(engine, file) }.ok()
    }

    /// Keeps the compiled code of an entry; a full disk costs only the time to compile again.
    pub(super) fn store(&self, key: &str, code: &[u8]) {
        let tag = self.tag(key, code);
        let stored = write_whole(&self.code_path(key), code)
            .and_then(|()| write_whole(&self.tag_path(key), &tag));
        if stored.is_err() {
            fs::remove_file(self.code_path(key)).ok();
        }
    }

    /// Returns the tag of an entry. Hashing the code first keeps the keyed hash one block long,
    /// so nothing can be appended to what it covers.
    fn tag(&self, key: &str, code: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.secret.0);
        hash.update(Sha256::digest(key.as_bytes()));
        hash.update(Sha256::digest(code));
        Sha256::digest(hash.finalize()).into()
    }

    fn code_path(&self, key: &str) -> PathBuf {
        self.directory.join(format!("{key}.cwasm"))
    }

    fn tag_path(&self, key: &str) -> PathBuf {
        self.directory.join(format!("{key}.tag"))
    }
}

/// Reads the cache's key, or draws and writes it; only its owner may read it.
fn secret(path: &Path) -> io::Result<[u8; 32]> {
    if !path.exists() {
        let mut drawn = [0; 32];
        getrandom::fill(&mut drawn)?;
        let temporary = temporary_path(path);
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.write(true).create_new(true).open(&temporary)?;
        file.write_all(&drawn)?;
        file.sync_all()?;
        // A link fails if another process was first, whose key then counts.
        fs::hard_link(&temporary, path).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        })?;
        fs::remove_file(&temporary)?;
    }
    let bytes = fs::read(path)?;
    let wrong = |_| io::Error::other("its file `key` is not 32 bytes long: delete the directory");
    <[u8; 32]>::try_from(bytes).map_err(wrong)
}

/// Writes a file so that under its name there is all of it or nothing.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary_path(path);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        fs::remove_file(&temporary).ok();
    }
    written
}

/// Returns a path in the same directory that no other process or thread uses.
fn temporary_path(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_extension(format!("{}-{count}.tmp", std::process::id()))
}

/// Feeds what an engine hashes about its settings to SHA-256.
struct SettingsHasher(Sha256);

impl Hasher for SettingsHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Never called: the digest is taken instead.
    fn finish(&self) -> u64 {
        0
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
