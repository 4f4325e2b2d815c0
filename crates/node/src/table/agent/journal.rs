//! The journal: what an agent's key has signed, on disk before anybody hears of it.
//!
//! Two actions signed for one step cost an agent its stake, so each match has one history here, which
//! only ever grows: the plays that the agent has seen and answered, its own last. A process killed
//! anywhere goes on with it and gives the same answers again. Invariant: whoever signs for a step has
//! the history that leads there in the journal, with the play itself, and synced, before it sends it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nets_core::{Address, MatchSpec, Seat, Venue};
use nets_runner::Play;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::table::wire::{OfferedMatch, WirePlay};

/// A seat of a match: what a history is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    chain_id: u64,
    arena: Address,
    league: u64,
    round: u32,
    match_index: u32,
    seat: u8,
}

impl Place {
    /// The place of a seat at a venue.
    pub(crate) fn new(venue: &Venue, seat: Seat) -> Self {
        let Venue { chain_id, arena, league, round, match_index } = *venue;
        Self { chain_id, arena, league, round, match_index, seat: seat.0 }
    }

    fn of(offered: &OfferedMatch) -> Self {
        Self::new(&offered.venue(), Seat(offered.seat))
    }
}

/// A history: the match, and what was played up to the agent's own last play.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) spec: MatchSpec,
    pub(crate) plays: Vec<Play>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    /// A match in which the agent is about to sign for the first time.
    Match(OfferedMatch),
    /// What was played since the line before of its match, the agent's own play last.
    Plays { match_line: u32, step: u32, plays: Vec<WirePlay> },
}

/// The journal of a key; one process at a time can have it.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// The bytes that are whole lines.
    length: u64,
    /// The matches in the order of their lines.
    places: Vec<Place>,
    histories: BTreeMap<Place, (u32, History)>,
    /// Set where a line may be half written: nothing is signed any more.
    is_torn: bool,
}

impl Journal {
    /// Opens a key's journal, or begins one.
    ///
    /// # Errors
    /// When another process has it, it cannot be read or written, or it is not as this made it.
    pub(crate) fn open(path: &Path) -> Result<Self, NodeError> {
        let failed = |action| move |error| NodeError::io(action, path, error);
        let is_new = !path.exists();
        let file = OpenOptions::new().read(true).append(true).create(true).open(path);
        let file = file.map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(NodeError::JournalInUse { path: path.to_owned() });
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock")(error)),
        }
        if is_new {
            sync_folder(path).map_err(failed("write"))?;
        }
        let (places, histories) = Default::default();
        let mut journal =
            Self { path: path.to_owned(), file, length: 0, places, histories, is_torn: false };
        journal.read()?;
        Ok(journal)
    }

    fn read(&mut self) -> Result<(), NodeError> {
        let path = self.path.clone();
        let failed = |error| NodeError::io("read", &path, error);
        let mut reader = BufReader::new(self.file.try_clone().map_err(failed)?);
        reader.seek(SeekFrom::Start(0)).map_err(failed)?;
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            let count = reader.read_until(b'\n', &mut line).map_err(failed)?;
            // A last line without its end was never acknowledged, so nothing of it was sent.
            if !line.ends_with(b"\n") {
                break;
            }
            number += 1;
            let read = serde_json::from_slice(&line).map_err(|error| error.to_string());
            read.and_then(|line| self.follow(line)).map_err(|reason| NodeError::Journal {
                path: path.clone(),
                line: number,
                reason,
            })?;
            self.length += count as u64;
        }
        self.file.set_len(self.length).map_err(|error| NodeError::io("write", &self.path, error))
    }

    /// What a line adds to the histories.
    fn follow(&mut self, line: Line) -> Result<(), String> {
        match line {
            Line::Match(offered) => {
                let (place, number) = (Place::of(&offered), self.places.len() as u32);
                let history = History { spec: offered.spec, plays: Vec::new() };
                self.places.push(place);
                match self.histories.insert(place, (number, history)) {
                    None => Ok(()),
                    Some(_) => Err("it begins a match that was begun before".to_owned()),
                }
            }
            Line::Plays { match_line, step, plays } => {
                let place = self.places.get(match_line as usize).ok_or("it is of no match")?;
                let (_, history) = self.histories.get_mut(place).ok_or("it is of no match")?;
                if history.plays.len() != step as usize {
                    let expected = history.plays.len();
                    return Err(format!("it goes on at step {step}, expected step {expected}"));
                }
                history.plays.extend(plays.into_iter().map(Play::from));
                Ok(())
            }
        }
    }

    /// The history of a seat, if it has signed anything.
    pub(crate) fn history(&self, place: &Place) -> Option<&History> {
        self.histories.get(place).map(|(_, history)| history)
    }

    /// Keeps what was played in a match, the agent's own new play last; it may be sent once this
    /// returns.
    ///
    /// # Errors
    /// When it is not on disk, or does not go on where the history ends: it must never be sent then.
    pub(crate) fn keep(&mut self, offered: &OfferedMatch, all: &[Play]) -> Result<(), NodeError> {
        let place = Place::of(offered);
        let mut lines = Vec::new();
        let (match_line, step) = match self.histories.get(&place) {
            Some((number, history)) => (*number, history.plays.len()),
            None => {
                lines.push(Line::Match(offered.clone()));
                (self.places.len() as u32, 0)
            }
        };
        let history = self.history(&place);
        let goes_on = all.len() > step
            && history.is_none_or(|it| it.spec == offered.spec && it.plays == all[..step]);
        if !goes_on {
            let reason = "a play does not go on where its match's history ends".to_owned();
            return Err(NodeError::Journal { path: self.path.clone(), line: 0, reason });
        }
        let plays = all[step..].iter().copied().map(WirePlay::from).collect();
        lines.push(Line::Plays { match_line, step: step as u32, plays });
        self.append(&lines)?;
        for line in lines {
            let followed = self.follow(line);
            followed.map_err(|reason| NodeError::Journal {
                path: self.path.clone(),
                line: 0,
                reason,
            })?;
        }
        Ok(())
    }

    fn append(&mut self, lines: &[Line]) -> Result<(), NodeError> {
        if self.is_torn {
            let error = io::Error::other("an earlier write failed half way");
            return Err(NodeError::io("write", &self.path, error));
        }
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)
                .map_err(|error| NodeError::io("write", &self.path, error.into()))?;
            bytes.push(b'\n');
        }
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // What is on disk is not known any more; a new process finds out.
            self.is_torn = true;
            return Err(NodeError::io("write", &self.path, error));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Has the name of a new file on disk, too.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use nets_core::{Action, AgentId, FuelClock, Rules, Seed, Signature, SystemId};

    use super::*;
    use crate::table::wire::OfferedSeat;

    fn offered(match_index: u32) -> OfferedMatch {
        let system = SystemId { name: "snake".to_owned(), version: 1 };
        let rules = Rules {
            protocol_version: 1,
            metering_version: 0,
            system,
            parameters: Vec::new(),
            fuel_clock: FuelClock::NONE,
        };
        let spec = MatchSpec { rules, seed: Seed([3; 32]), agents: vec![AgentId([1; 32])] };
        OfferedMatch {
            spec,
            seats: vec![OfferedSeat { owner: Address([1; 20]), key: Address([2; 20]) }],
            chain_id: 1,
            arena: Address([5; 20]),
            league: 2,
            round: 3,
            match_index,
            seat: 0,
            move_seconds: 60,
        }
    }

    fn play(action: u64) -> Play {
        Play { action: Action(action), signature: Signature([action as u8; 65]) }
    }

    fn plays(journal: &Journal, match_index: u32) -> Option<&[Play]> {
        Some(&journal.history(&Place::of(&offered(match_index)))?.plays)
    }

    #[test]
    fn a_journal_cut_anywhere_holds_a_beginning_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.keep(&offered(0), &[play(1), play(2)]).unwrap();
        journal.keep(&offered(1), &[play(9)]).unwrap();
        journal.keep(&offered(0), &[play(1), play(2), play(3)]).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            let kept = plays(&journal, 0).unwrap_or_default().to_vec();
            assert!([play(1), play(2), play(3)].starts_with(&kept), "{length}");
            let next = [&kept[..], &[play(7)]].concat();
            journal.keep(&offered(0), &next).unwrap();
            drop(journal);
            assert_eq!(plays(&Journal::open(&path).unwrap(), 0), Some(&next[..]), "{length}");
        }
    }

    #[test]
    fn a_history_only_grows() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(&folder.path().join("key.journal")).unwrap();
        journal.keep(&offered(0), &[play(1), play(2)]).unwrap();
        for other in [&[play(1)][..], &[play(1), play(2)], &[play(1), play(3), play(4)]] {
            assert!(journal.keep(&offered(0), other).is_err(), "{other:?}");
        }
        let mut another = offered(0);
        another.spec.seed = Seed([4; 32]);
        assert!(journal.keep(&another, &[play(1), play(2), play(3)]).is_err());
        assert_eq!(plays(&journal, 0), Some(&[play(1), play(2)][..]));
    }

    #[test]
    fn a_damaged_journal_is_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.keep(&offered(0), &[play(1)]).unwrap();
        journal.keep(&offered(0), &[play(1), play(2)]).unwrap();
        let lost = Journal::open(&path).map(drop);
        assert!(matches!(lost, Err(NodeError::JournalInUse { .. })), "{lost:?}");
        drop(journal);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        std::fs::write(&path, format!("{}\n{}\n", lines[0], lines[2])).unwrap();
        let lost = Journal::open(&path).map(drop);
        assert!(matches!(lost, Err(NodeError::Journal { line: 2, .. })), "{lost:?}");
    }
}
