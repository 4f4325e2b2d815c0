//! What the tests of arenas share.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use nets_node::{AgentEntry, ArenaNode, LeagueFile, LeagueSettings, Progress, RoundOptions};

/// Nobody listens.
pub(crate) struct Silent;

impl Progress for Silent {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, _text: &str) {}
}

pub(crate) static GO_ON: AtomicBool = AtomicBool::new(false);

pub(crate) fn two_threads() -> RoundOptions<'static> {
    RoundOptions { threads: 2, stop: &GO_ON }
}

/// The file of an agent of the repository.
pub(crate) fn module(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../agents/wasm/{name}.wasm"))
}

/// Short rock-paper-scissors with short windows, under the name silver.
pub(crate) fn short_league(node: &ArenaNode) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    LeagueSettings {
        parameters: [("throws".to_owned(), 3)].into(),
        matches_per_round: 2,
        claim_blocks: 2,
        challenge_blocks: 1,
        ..file.league("silver").unwrap().clone()
    }
}

/// A new arena with this league and an agent of each of these owners in it.
pub(crate) fn arena(
    root: &Path,
    league: impl FnOnce(&ArenaNode) -> LeagueSettings,
    agents: &[(&str, &str)],
) -> ArenaNode {
    let mut node = ArenaNode::init(root, Some(nets_core::Seed([3; 32]))).unwrap();
    let league = league(&node);
    node.create_league(&league).unwrap();
    node.fund_league(&league.name, 10_000).unwrap();
    for (owner, name) in agents {
        node.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        node.fund_account(owner, 2_000).unwrap();
        let entry = AgentEntry { owner, module: &module(name), stake: None, rounds: 1 };
        node.add_agent(&league.name, &entry).unwrap();
    }
    node
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Leaves the first `blocks` blocks of a chain, as if its process had died right after the last.
pub(crate) fn cut_chain(root: &Path, blocks: u64) {
    let folder = root.join("chain");
    let mut log = fs::read(folder.join("blocks.log")).unwrap();
    let mut end = 16;
    for _ in 0..blocks {
        let size = u32::from_le_bytes(log[end..end + 4].try_into().unwrap());
        // Length and check before the block, its hash and the end after it.
        end += 4 + 8 + size as usize + 32 + 1;
    }
    log.truncate(end);
    fs::write(folder.join("blocks.log"), log).unwrap();
    fs::remove_file(folder.join("state.cache")).ok();
}
