//! Local accounts: a secret key for each, in a file that only its user may read.
//!
//! Where keys are worth something, as on a chain elsewhere, the file is one that only a password
//! opens. A key can also come from an environment variable and from no file at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nets_chain::Account;
use nets_core::{Address, AgentKey, Digest};

use crate::error::NodeError;
use crate::folder::{ArenaFolder, AskPassword, PART};
use crate::settings::Settings;

/// How the name of a variable begins that holds a key; the account's name follows in capitals.
const VARIABLE: &str = "NETS_KEY_";

/// The most bytes of a key file; one of a wallet is a tenth of that.
const KEY_FILE_BYTES_MAX: u64 = 16 << 10;

/// The keys in an arena's folder.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    folder: PathBuf,
    #[cfg_attr(not(feature = "evm"), expect(dead_code, reason = "it opens encrypted keys only"))]
    ask_password: AskPassword,
    /// Whether the arena is on a chain elsewhere: then new keys are encrypted, and some may come from
    /// the environment.
    is_elsewhere: bool,
    /// Those that a password has opened: that takes about a second each time.
    opened: Arc<Mutex<BTreeMap<String, Account>>>,
}

impl Keys {
    pub(crate) fn new(folder: &ArenaFolder) -> Self {
        Self {
            folder: folder.keys(),
            ask_password: folder.ask_password(),
            is_elsewhere: false,
            opened: Arc::default(),
        }
    }

    /// The keys of an arena with these settings: encrypted where it is on a chain elsewhere.
    pub(crate) fn of_arena(folder: &ArenaFolder, settings: &Settings) -> Self {
        Self { is_elsewhere: settings.chain.is_some(), ..Self::new(folder) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.key"))
    }

    fn encrypted_path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    /// Makes an account from a secret, or from the machine's randomness.
    pub(crate) fn create(&self, name: &str, secret: [u8; 32]) -> Result<Account, NodeError> {
        if !is_name(name) {
            return Err(NodeError::Name { name: name.to_owned() });
        }
        let path = self.path(name);
        if self.names()?.iter().any(|taken| taken == name) {
            return Err(NodeError::AccountExists { name: name.to_owned() });
        }
        let account =
            Account::from_secret(&secret).map_err(|_| NodeError::Key { path: path.clone() })?;
        match self.is_elsewhere {
            true => {
                self.write_encrypted(name, &account)?;
                let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
                opened.insert(name.to_owned(), account.clone());
            }
            false => write_secret(&path, &Digest(account.secret()))?,
        }
        Ok(account)
    }

    pub(crate) fn account(&self, name: &str) -> Result<Account, NodeError> {
        let unknown = || -> Result<Account, NodeError> {
            let known = self.names()?.join(", ");
            Err(NodeError::UnknownAccount { name: name.to_owned(), known })
        };
        // What is no name could lead to a key of somebody else.
        if !is_name(name) {
            return unknown();
        }
        if let Some(account) = self.account_of_variable(name)? {
            return Ok(account);
        }
        let (path, encrypted) = (self.path(name), self.encrypted_path(name));
        if path.exists() {
            let secret = read_secret(&path)?;
            return Account::from_secret(&secret.0).map_err(|_| NodeError::Key { path });
        }
        if !encrypted.exists() {
            return unknown();
        }
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = opened.get(name) {
            return Ok(account.clone());
        }
        let account = self.read_encrypted(name)?;
        opened.insert(name.to_owned(), account.clone());
        Ok(account)
    }

    /// The account whose key is in its environment variable, if there is one.
    fn account_of_variable(&self, name: &str) -> Result<Option<Account>, NodeError> {
        let variable = format!("{VARIABLE}{}", name.to_ascii_uppercase().replace('-', "_"));
        let text = std::env::var(&variable).ok().filter(|_| self.is_elsewhere);
        let Some(text) = text else { return Ok(None) };
        let secret = Digest::from_hex(text.trim().trim_start_matches("0x")).ok();
        let account = secret.and_then(|secret| Account::from_secret(&secret.0).ok());
        account.map(Some).ok_or(NodeError::KeyVariable { variable })
    }

    /// The address of an account; its key is not opened where its file says it.
    fn address(&self, name: &str) -> Option<Address> {
        let is_plain = self.path(name).exists() || self.account_of_variable(name).ok()?.is_some();
        let said = if is_plain { None } else { self.said_address(name) };
        said.or_else(|| Some(self.account(name).ok()?.address()))
    }

    /// The names of all accounts by their addresses. A key that does not read names nobody.
    pub(crate) fn by_address(&self) -> Result<BTreeMap<Address, String>, NodeError> {
        let account = |name: String| Some((self.address(&name)?, name));
        Ok(self.names()?.into_iter().filter_map(account).collect())
    }

    /// The names of all accounts in ascending order.
    pub(crate) fn names(&self) -> Result<Vec<String>, NodeError> {
        let entries = fs::read_dir(&self.folder);
        let entries = entries.map_err(|e| NodeError::io("read", &self.folder, e))?;
        let files = entries.flatten().filter_map(|entry| {
            let file = entry.file_name();
            let file = file.to_str()?;
            file.strip_suffix(".key").or(file.strip_suffix(".json")).map(str::to_owned)
        });
        let variables = std::env::vars_os().filter_map(|(variable, _)| {
            let name = variable.to_str().filter(|_| self.is_elsewhere)?;
            let name = name.strip_prefix(VARIABLE)?;
            Some(name.to_ascii_lowercase().replace('_', "-"))
        });
        let mut names: Vec<_> = files.chain(variables).filter(|name| is_name(name)).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}

#[cfg(feature = "evm")]
impl Keys {
    fn read_keystore(&self, name: &str) -> Result<nets_chain_evm::Keystore, NodeError> {
        let path = self.encrypted_path(name);
        let text = fs::read_to_string(&path).map_err(|e| NodeError::io("read", &path, e))?;
        nets_chain_evm::Keystore::decode(&text)
            .map_err(|error| NodeError::Keystore { path, reason: error.to_string() })
    }

    fn said_address(&self, name: &str) -> Option<Address> {
        self.read_keystore(name).ok()?.address()
    }

    fn read_encrypted(&self, name: &str) -> Result<Account, NodeError> {
        let failed = |reason| NodeError::Keystore { path: self.encrypted_path(name), reason };
        let keystore = self.read_keystore(name)?;
        let password = (self.ask_password)(name, false).map_err(failed)?;
        keystore.decrypt(&password).map_err(|error| failed(error.to_string()))
    }

    fn write_encrypted(&self, name: &str, account: &Account) -> Result<(), NodeError> {
        let path = self.encrypted_path(name);
        let failed = |reason| NodeError::Keystore { path: path.clone(), reason };
        let password = (self.ask_password)(name, true).map_err(failed)?;
        write_keystore(&path, &account.secret(), &password)
    }
}

#[cfg(not(feature = "evm"))]
impl Keys {
    fn said_address(&self, _: &str) -> Option<Address> {
        None
    }

    fn read_encrypted(&self, name: &str) -> Result<Account, NodeError> {
        let reason = "this program opens no encrypted keys".to_owned();
        Err(NodeError::Keystore { path: self.encrypted_path(name), reason })
    }

    fn write_encrypted(&self, name: &str, _: &Account) -> Result<(), NodeError> {
        self.read_encrypted(name).map(drop)
    }
}

/// Makes the key of an agent of signed leagues, in a new file that only its user may read; a password
/// opens it where one is given.
///
/// # Errors
/// When there is a file already or it cannot be written.
pub fn create_agent_key(path: &Path, password: Option<&str>) -> Result<AgentKey, NodeError> {
    let secret = random_secret()?;
    let key = AgentKey::from_secret(&secret);
    let key = key.map_err(|_| NodeError::Key { path: path.to_owned() })?;
    if path.exists() {
        return Err(NodeError::io("create", path, std::io::ErrorKind::AlreadyExists.into()));
    }
    match password {
        None => write_secret(path, &Digest(secret))?,
        Some(password) => write_keystore(path, &secret, password)?,
    }
    Ok(key)
}

/// The key in a file: 64 hex digits, or a key file that a password opens, which is asked for under the
/// file's name.
///
/// # Errors
/// When it cannot be read, or holds no key that opens.
pub fn read_agent_key(path: &Path, ask_password: AskPassword) -> Result<AgentKey, NodeError> {
    let text = crate::reading::read_bounded(path, KEY_FILE_BYTES_MAX);
    let text = text.map_err(|error| NodeError::io("read", path, error))?;
    let text = String::from_utf8_lossy(&text);
    let digits = text.trim().trim_start_matches("0x");
    let secret = match Digest::from_hex(digits) {
        Ok(secret) => secret.0,
        Err(_) if text.trim_start().starts_with('{') => open_keystore(path, &text, ask_password)?,
        Err(_) => return Err(NodeError::Key { path: path.to_owned() }),
    };
    AgentKey::from_secret(&secret).map_err(|_| NodeError::Key { path: path.to_owned() })
}

#[cfg(feature = "evm")]
fn write_keystore(path: &Path, secret: &[u8; 32], password: &str) -> Result<(), NodeError> {
    let account = Account::from_secret(secret);
    let account = account.map_err(|_| NodeError::Key { path: path.to_owned() })?;
    let failed = |error: nets_chain_evm::KeystoreError| NodeError::Keystore {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let (salt, start) = (random_secret()?, random_secret()?);
    let mut randomness = [0; 48];
    randomness[..32].copy_from_slice(&salt);
    randomness[32..].copy_from_slice(&start[..16]);
    let keystore = nets_chain_evm::Keystore::encrypt(&account, password, &randomness);
    write_new(path, keystore.map_err(failed)?.encode().as_bytes())
}

#[cfg(feature = "evm")]
fn open_keystore(
    path: &Path,
    text: &str,
    ask_password: AskPassword,
) -> Result<[u8; 32], NodeError> {
    let failed = |reason| NodeError::Keystore { path: path.to_owned(), reason };
    let keystore = nets_chain_evm::Keystore::decode(text);
    let keystore = keystore.map_err(|error| failed(error.to_string()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let password = ask_password(&name, false).map_err(failed)?;
    let account = keystore.decrypt(&password);
    Ok(account.map_err(|error| failed(error.to_string()))?.secret())
}

#[cfg(not(feature = "evm"))]
fn write_keystore(path: &Path, _: &[u8; 32], _: &str) -> Result<(), NodeError> {
    let reason = "this program encrypts no keys".to_owned();
    Err(NodeError::Keystore { path: path.to_owned(), reason })
}

#[cfg(not(feature = "evm"))]
fn open_keystore(path: &Path, _: &str, _: AskPassword) -> Result<[u8; 32], NodeError> {
    let reason = "this program opens no encrypted keys".to_owned();
    Err(NodeError::Keystore { path: path.to_owned(), reason })
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
    write_new(path, format!("{secret}\n").as_bytes())
}

/// Writes a new file whole or not at all, readable by its user only.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // Temporary files are made for their user alone, and keep that when they are renamed.
        let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        Ok(())
    };
    write().map_err(|e| NodeError::io("write", path, e))
}

pub(crate) fn read_secret(path: &Path) -> Result<Digest, NodeError> {
    let bytes = fs::read(path).map_err(|e| NodeError::io("read", path, e))?;
    let digest = str::from_utf8(&bytes).ok().and_then(|text| Digest::from_hex(text.trim()).ok());
    digest.ok_or_else(|| NodeError::Key { path: path.to_owned() })
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
