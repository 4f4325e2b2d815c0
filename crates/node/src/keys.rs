//! Local accounts: a secret key for each, in a file that only its user may read.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use nets_chain::Account;
use nets_core::{Address, Digest};

use crate::error::NodeError;
use crate::folder::{ArenaFolder, PART};

/// The keys in an arena's folder.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    folder: PathBuf,
}

impl Keys {
    pub(crate) fn new(folder: &ArenaFolder) -> Self {
        Self { folder: folder.keys() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }

    /// Makes an account from a secret, or from the machine's randomness.
    pub(crate) fn create(&self, name: &str, secret: [u8; 32]) -> Result<Account, NodeError> {
        if !is_name(name) {
            return Err(NodeError::Name { name: name.to_owned() });
        }
        let path = self.path(name);
        if path.exists() {
            return Err(NodeError::AccountExists { name: name.to_owned() });
        }
        let account =
            Account::from_secret(&secret).map_err(|_| NodeError::Key { path: path.clone() })?;
        write_secret(&path, &Digest(account.secret()))?;
        Ok(account)
    }

    pub(crate) fn account(&self, name: &str) -> Result<Account, NodeError> {
        let path = self.path(name);
        // What is no name could lead to a key of somebody else.
        if !is_name(name) || !path.exists() {
            let known = self.names()?.join(", ");
            return Err(NodeError::UnknownAccount { name: name.to_owned(), known });
        }
        let secret = read_secret(&path)?;
        Account::from_secret(&secret.0).map_err(|_| NodeError::Key { path })
    }

    /// The names of all accounts by their addresses. A key that does not read names nobody.
    pub(crate) fn by_address(&self) -> Result<BTreeMap<Address, String>, NodeError> {
        let account = |name: String| Some((self.account(&name).ok()?.address(), name));
        Ok(self.names()?.into_iter().filter_map(account).collect())
    }

    /// The names of all accounts in ascending order.
    pub(crate) fn names(&self) -> Result<Vec<String>, NodeError> {
        let entries = fs::read_dir(&self.folder);
        let entries = entries.map_err(|e| NodeError::io("read", &self.folder, e))?;
        let names = entries.flatten().filter_map(|entry| {
            entry.file_name().to_str()?.strip_suffix(".key").map(str::to_owned)
        });
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        Ok(names)
    }
}

/// Whether an account or a league may be called that: it can be a file's name and be shown anywhere.
pub(crate) fn is_name(name: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&name.len()) && name.bytes().all(is_allowed)
}

/// 32 bytes from the machine's source of randomness.
pub(crate) fn random_secret() -> Result<[u8; 32], NodeError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| {
        NodeError::io("read", Path::new("the machine's randomness"), std::io::Error::other(error))
    })?;
    Ok(secret)
}

/// Writes a new secret whole or not at all, readable by its user only.
pub(crate) fn write_secret(path: &Path, secret: &Digest) -> Result<(), NodeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // Temporary files are made for their user alone, and keep that when they are renamed.
        let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
        file.write_all(format!("{secret}\n").as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        Ok(())
    };
    write().map_err(|e| NodeError::io("write", path, e))
}

pub(crate) fn read_secret(path: &Path) -> Result<Digest, NodeError> {
    let text = fs::read_to_string(path).map_err(|e| NodeError::io("read", path, e))?;
    Digest::from_hex(text.trim()).map_err(|_| NodeError::Key { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_no_account() {
        let folder = tempfile::tempdir().unwrap();
        let [ours, theirs] = ["ours", "theirs"].map(|name| folder.path().join(name));
        let [ours, theirs] = [&ours, &theirs].map(|root| ArenaFolder::new(root));
        for arena in [&ours, &theirs] {
            fs::create_dir_all(arena.keys()).unwrap();
        }
        Keys::new(&theirs).create("ada", [7; 32]).unwrap();
        assert!(Keys::new(&theirs).account("ada").is_ok());
        let named = Keys::new(&ours).account("../../theirs/keys/ada");
        assert!(matches!(named, Err(NodeError::UnknownAccount { .. })), "{named:?}");
    }
}
