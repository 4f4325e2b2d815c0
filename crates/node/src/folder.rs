//! The folder of an arena: what is where.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::chosen::ChosenChain;
use crate::error::NodeError;

/// Where an arena keeps its files, and where its user keeps compiled code.
#[derive(Clone, Debug)]
pub struct ArenaFolder {
    root: PathBuf,
    compiled: Option<PathBuf>,
    ask_password: AskPassword,
    sources: Vec<String>,
    chain: Option<ChosenChain>,
}

/// Where the password of an account's key file comes from, given the account's name and whether the
/// file is about to be made; an error says in words why there is none.
pub type AskPassword = fn(&str, bool) -> Result<String, String>;

impl<P: AsRef<Path> + ?Sized> From<&P> for ArenaFolder {
    fn from(root: &P) -> Self {
        Self::new(root.as_ref())
    }
}

impl ArenaFolder {
    /// The arena in `root`, which need not exist; compiled code is not kept.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            compiled: None,
            ask_password: password_from_environment,
            sources: Vec::new(),
            chain: None,
        }
    }

    /// The same arena, with compiled code kept in a folder of the user's.
    ///
    /// Compiled code is executed as it is, so that folder must never come from somebody else, as an
    /// arena may: nothing inside an arena is ever read as compiled code.
    #[must_use]
    pub fn with_compiled_code(self, folder: Option<PathBuf>) -> Self {
        Self { compiled: folder, ..self }
    }

    /// The same arena, with passwords of key files asked for in this way, and not only taken from
    /// the environment.
    #[must_use]
    pub fn with_passwords(self, ask_password: AskPassword) -> Self {
        Self { ask_password, ..self }
    }

    /// The same arena, with sources of missing artifacts beside those that its settings name.
    #[must_use]
    pub fn with_sources(self, sources: Vec<String>) -> Self {
        Self { sources, ..self }
    }

    /// The same arena, which must be on this chain; a node that is named so is asked instead of the
    /// one in its settings.
    #[must_use]
    pub fn with_chain(self, chain: Option<ChosenChain>) -> Self {
        Self { chain, ..self }
    }

    /// The chain that the user named for now.
    pub(crate) fn chosen_chain(&self) -> Option<&ChosenChain> {
        self.chain.as_ref()
    }

    /// The sources that the user named for now.
    pub(crate) fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Who is asked for passwords.
    pub(crate) fn ask_password(&self) -> AskPassword {
        self.ask_password
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What local users call the leagues and agents.
    pub fn settings(&self) -> PathBuf {
        self.root.join("arena.toml")
    }

    /// The terms of leagues, for a user to edit before they are created.
    pub fn league_file(&self) -> PathBuf {
        self.root.join("leagues.toml")
    }

    /// What local users call agents, one JSON object a line.
    pub fn agent_names(&self) -> PathBuf {
        self.root.join("agents.jsonl")
    }

    /// The secret keys of local accounts, one file each.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The operator's secret behind the beacon's values.
    pub fn beacon_secret(&self) -> PathBuf {
        self.root.join("keys").join("beacon.secret")
    }

    /// The secret behind the seals of this node's own records.
    pub fn seal_secret(&self) -> PathBuf {
        self.root.join("keys").join("seals.secret")
    }

    /// The embedded chain: its log, which is the truth, and a cache of its state. For a chain
    /// elsewhere: what was sent to it, and where its contracts are.
    pub fn chain(&self) -> PathBuf {
        self.root.join("chain")
    }

    /// Every transaction ever sent to a chain elsewhere, and what became of it.
    pub fn outbox(&self) -> PathBuf {
        self.chain().join("outbox.log")
    }

    /// Where the contracts are on a chain elsewhere.
    pub fn deployment(&self) -> PathBuf {
        self.chain().join("deployment.json")
    }

    /// Agents' modules, by their SHA-256.
    pub fn modules(&self) -> PathBuf {
        self.root.join("artifacts").join("modules")
    }

    /// Leagues' rules, by the SHA-256 of their bytes.
    pub fn rules(&self) -> PathBuf {
        self.root.join("artifacts").join("rules")
    }

    /// Registrations of batches, by their root; there from the first batch on.
    pub fn batches(&self) -> PathBuf {
        self.root.join("artifacts").join("batches")
    }

    /// Data sets that were shown, by their SHA-256; there from the first one on.
    pub fn data(&self) -> PathBuf {
        self.root.join("artifacts").join("data")
    }

    /// Match records, by match id.
    pub fn records(&self) -> PathBuf {
        self.root.join("artifacts").join("records")
    }

    /// What was played of signed matches that are under way, by match id.
    pub fn plays(&self) -> PathBuf {
        self.root.join("plays")
    }

    /// Why seats forfeited, by match id: for people, and part of no hash.
    pub fn diagnostics(&self) -> PathBuf {
        self.root.join("diagnostics")
    }

    /// Which records this node made itself, by match id: without its seal a match is played again.
    pub fn seals(&self) -> PathBuf {
        self.root.join("seals")
    }

    /// Compiled modules: a cache outside of the arena, if there is one.
    pub fn compiled(&self) -> Option<PathBuf> {
        self.compiled.clone()
    }

    /// What says that this folder's arena is being founded, or was and has never been opened.
    pub(crate) fn founding_mark(&self) -> PathBuf {
        self.root.join(format!("{PART}founding"))
    }

    /// What a founding makes, `arena.toml` aside.
    pub(crate) fn founded(&self) -> [PathBuf; 5] {
        let artifacts = self.root.join("artifacts");
        [self.keys(), self.chain(), artifacts, self.diagnostics(), self.league_file()]
    }

    /// Removes what killed processes left half written. Only for who has the arena to itself.
    pub(crate) fn remove_parts(&self) -> Result<(), NodeError> {
        let artifacts = [self.modules(), self.rules(), self.batches(), self.records()];
        let others =
            [self.root.clone(), self.keys(), self.diagnostics(), self.seals(), self.data()];
        // Seals are there from the first record on, batches and data from the first of them.
        let folders = artifacts.into_iter().chain(others).filter(|folder| folder.exists());
        for folder in folders {
            let entries = fs::read_dir(&folder).map_err(|e| NodeError::io("read", &folder, e))?;
            for entry in entries.flatten() {
                if is_part(&entry.file_name().to_string_lossy()) {
                    let path = entry.path();
                    fs::remove_file(&path).map_err(|e| NodeError::io("remove", &path, e))?;
                }
            }
        }
        Ok(())
    }

    /// Makes the folder of batches.
    pub(crate) fn create_batches(&self) -> Result<(), NodeError> {
        create_folder(&self.batches())
    }

    /// Makes the folder of data sets.
    pub(crate) fn create_data(&self) -> Result<(), NodeError> {
        create_folder(&self.data())
    }

    pub(crate) fn create(&self) -> Result<(), NodeError> {
        let truth = [self.keys(), self.chain(), self.modules(), self.rules(), self.records()];
        for folder in truth.into_iter().chain([self.diagnostics()]) {
            fs::create_dir_all(&folder).map_err(|e| NodeError::io("create", &folder, e))?;
        }
        Ok(())
    }
}

fn create_folder(folder: &Path) -> Result<(), NodeError> {
    fs::create_dir_all(folder).map_err(|e| NodeError::io("create", folder, e))
}

/// The password in `NETS_PASSWORD`, or in the file that `NETS_PASSWORD_FILE` names.
///
/// # Errors
/// When neither is set, or the file cannot be read.
pub fn password_from_environment(account: &str, _is_new: bool) -> Result<String, String> {
    if let Ok(password) = std::env::var("NETS_PASSWORD") {
        return Ok(password);
    }
    let Some(path) = std::env::var_os("NETS_PASSWORD_FILE") else {
        return Err(format!(
            "no password for the key file of {account}; name a file that holds it in \
             NETS_PASSWORD_FILE"
        ));
    };
    let text = fs::read_to_string(&path);
    let text = text.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// How the name of a file begins that is still being written.
pub(crate) const PART: &str = ".part-";

/// Whether a file is one that a process was writing when it was killed.
pub(crate) fn is_part(name: &str) -> bool {
    name.starts_with(PART)
}

/// Writes a file whole or not at all: under another name first, then renamed.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    write_with(path, bytes, |file| file.as_file().sync_all())
}

/// As [`write_whole`], without waiting for the disk: for what can be computed again. So can its
/// folder, which somebody may have removed to have room.
pub(crate) fn write_recomputable(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::create_dir_all(folder).map_err(|e| NodeError::io("create", folder, e))?;
    }
    write_with(path, bytes, |_| Ok(()))
}

fn write_with(
    path: &Path,
    bytes: &[u8],
    finish: impl Fn(&tempfile::NamedTempFile) -> std::io::Result<()>,
) -> Result<(), NodeError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
        file.write_all(bytes)?;
        finish(&file)?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|e| NodeError::io("write", path, e))
}
