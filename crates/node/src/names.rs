//! What local users call agents: the names of the files they came from.
//!
//! A convenience and never the truth: whoever loses it still has the agents' ids. The file only
//! grows, one JSON object a line, so that entering an agent costs the same however many there are.
//! A line that a killed process left unfinished names nobody; the next one starts on a new line.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nets_core::AgentId;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;

/// The names in an arena's folder.
#[derive(Clone, Debug)]
pub(crate) struct AgentNames {
    path: PathBuf,
    names: BTreeMap<AgentId, String>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct NameLine {
    agent: String,
    name: String,
}

impl AgentNames {
    /// Reads the file, which need not be there; it overrules the `older` names by id.
    pub(crate) fn read(path: PathBuf, older: &BTreeMap<String, String>) -> Result<Self, NodeError> {
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            bytes => bytes.map_err(|e| NodeError::io("read", &path, e))?,
        };
        let named = |line: &[u8]| {
            let line: NameLine = serde_json::from_slice(line).ok()?;
            Some((line.agent.parse().ok()?, line.name))
        };
        let older =
            older.iter().filter_map(|(agent, name)| Some((agent.parse().ok()?, name.clone())));
        let mut names: BTreeMap<_, _> = older.collect();
        names.extend(bytes.split(|&byte| byte == b'\n').filter_map(named));
        Ok(Self { path, names })
    }

    pub(crate) fn name(&self, agent: &AgentId) -> Option<&str> {
        self.names.get(agent).map(String::as_str)
    }

    /// All names, in no order that matters.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }

    /// Gives agents names; those that have these names already cost nothing.
    pub(crate) fn add(&mut self, named: &[(AgentId, String)]) -> Result<(), NodeError> {
        let mut lines = Vec::new();
        for (agent, name) in
            named.iter().filter(|(agent, name)| self.name(agent) != Some(name.as_str()))
        {
            let line = NameLine { agent: agent.to_string(), name: name.clone() };
            // Strings always serialise.
            lines.extend(serde_json::to_vec(&line).unwrap_or_default());
            lines.push(b'\n');
        }
        if !lines.is_empty() {
            append_lines(&self.path, lines)
                .map_err(|e| NodeError::io("append to", &self.path, e))?;
        }
        self.names.extend(named.iter().cloned());
        Ok(())
    }
}

fn append_lines(path: &Path, mut lines: Vec<u8>) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        lines.insert(0, b'\n');
    }
    file.write_all(&lines)?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(byte: u8) -> AgentId {
        AgentId([byte; 32])
    }

    fn read(path: &Path) -> Result<AgentNames, NodeError> {
        AgentNames::read(path.to_owned(), &BTreeMap::new())
    }

    #[test]
    fn names_are_there_after_reading_again_and_the_last_one_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names");
        let mut names = read(&path).unwrap();
        names.add(&[(agent(1), "a \"b\"\n".to_owned()), (agent(2), "c".to_owned())]).unwrap();
        names.add(&[(agent(1), "d".to_owned())]).unwrap();
        let size = fs::metadata(&path).unwrap().len();
        names.add(&[(agent(1), "d".to_owned())]).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), size);
        let read = read(&path).unwrap();
        assert_eq!((read.name(&agent(1)), read.name(&agent(2))), (Some("d"), Some("c")));
        assert_eq!(read.name(&agent(3)), None);
    }

    #[test]
    fn a_file_cut_anywhere_keeps_its_whole_lines_and_takes_new_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names");
        let two = [(agent(1), "first".to_owned()), (agent(2), "second".to_owned())];
        read(&path).unwrap().add(&two).unwrap();
        let whole = fs::read(&path).unwrap();
        for size in 0..=whole.len() {
            fs::write(&path, &whole[..size]).unwrap();
            let mut names = read(&path).unwrap();
            let kept = names.all().count();
            assert!(kept <= 2 && kept >= size / (whole.len() / 2), "{kept} after {size} bytes");
            names.add(&[(agent(3), "third".to_owned())]).unwrap();
            let read = read(&path).unwrap();
            assert_eq!((read.name(&agent(3)), read.all().count()), (Some("third"), kept + 1));
        }
    }
}
