//! The host's end: all matches of a round at one table, played with whoever is connected.
//!
//! The table knows nothing of chains. It takes what is signed, has it on disk, tells it to the others,
//! and asks who is to act; who keeps silent is for others to deal with. Agents may come and go, and
//! sit in several connections at once: so nobody can take another's place at the table by keeping a
//! connection that it got by a trick.

mod door;
mod play_file;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nets_core::{Address, MatchId, Seat};
use nets_runner::{Play, PlayRefused, SignedMatch};

use self::door::{Door, DoorEvent, Guest, House};
use self::play_file::PlayFile;
use crate::error::NodeError;
use crate::play::Progress;
use crate::table::wire::{FromAgent, FromHost, OfferedMatch, OfferedSeat, Plays};

/// How many connections of one agent are kept; of more, the oldest is ended.
const CONNECTIONS_OF_A_KEY: usize = 4;

/// How often an agent may say what is not so before its connection is ended.
const FALSE_WORDS_MAX: u32 = 16;

/// How often who is to act is asked again, in case it had no answer before.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// A table with its matches.
#[derive(Debug)]
pub(crate) struct Table {
    door: Door,
    house: Arc<House>,
    guests: BTreeMap<u64, SeatedGuest>,
    matches: BTreeMap<MatchId, HostedMatch>,
    move_time: Duration,
}

#[derive(Debug)]
struct SeatedGuest {
    guest: Guest,
    false_words: u32,
}

/// A match at the table.
#[derive(Debug)]
pub(crate) struct HostedMatch {
    pub(crate) signed: SignedMatch,
    file: PlayFile,
    /// Since when who is to act is waited for.
    waits_since: Instant,
    asked: Instant,
}

impl HostedMatch {
    /// Whether nobody acts any more.
    pub(crate) fn is_over(&self) -> bool {
        self.signed.turn().is_none()
    }
}

impl Table {
    /// Opens a table at an address.
    ///
    /// # Errors
    /// When it cannot be listened on.
    pub(crate) fn open(
        address: &str,
        (chain_id, arena): (u64, Address),
        move_time: Duration,
    ) -> Result<Self, NodeError> {
        let house = Arc::new(House { chain_id, arena, keys: Mutex::default() });
        let door = Door::open(address, house.clone())?;
        let (guests, matches) = Default::default();
        Ok(Self { door, house, guests, matches, move_time })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// Lays out a match; what its file holds was played already.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn lay(&mut self, mut signed: SignedMatch, path: PathBuf) -> Result<(), NodeError> {
        let file = PlayFile::open(path, &mut signed)?;
        let (id, now) = (signed.spec().id(), Instant::now());
        let mut keys = self.house.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.extend(signed.keys());
        drop(keys);
        let hosted = HostedMatch { signed, file, waits_since: now, asked: now };
        self.matches.insert(id, hosted);
        let seated: Vec<_> = self.guests.keys().copied().collect();
        seated.into_iter().for_each(|number| self.offer(number, &id));
        Ok(())
    }

    /// The matches that are laid out.
    pub(crate) fn matches(&self) -> impl Iterator<Item = (&MatchId, &HostedMatch)> {
        self.matches.iter()
    }

    /// Whether who is to act in a match has had its time.
    pub(crate) fn is_silent(&self, id: &MatchId) -> bool {
        let hosted = self.matches.get(id);
        hosted.is_some_and(|it| !it.is_over() && it.waits_since.elapsed() >= self.move_time)
    }

    /// Gives who is to act in a match its time anew, and asks it again.
    pub(crate) fn ask_anew(&mut self, id: &MatchId) {
        if let Some(hosted) = self.matches.get_mut(id) {
            hosted.waits_since = Instant::now();
        }
        self.ask(id);
    }

    /// Takes plays that came another way, as by the chain; those that are known are passed over.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub(crate) fn take(
        &mut self,
        id: &MatchId,
        step: u32,
        plays: &[Play],
    ) -> Result<Option<PlayRefused>, NodeError> {
        let Some(hosted) = self.matches.get_mut(id) else { return Ok(None) };
        let first = hosted.signed.step();
        let mut refused = None;
        for (step, &play) in (step..).zip(plays) {
            let known = hosted.signed.plays().get(step as usize);
            match known {
                Some(known) if known.action == play.action => continue,
                // What comes from another history is none of this match.
                Some(_) => break,
                None if step > hosted.signed.step() => break,
                None => {}
            }
            if let Err(reason) = hosted.signed.play(play) {
                refused = Some(reason);
                break;
            }
        }
        if hosted.signed.step() > first {
            hosted.file.keep(&hosted.signed.plays()[first as usize..])?;
            hosted.waits_since = Instant::now();
            let messages = Plays::since(*id, first, hosted.signed.plays());
            let keys = hosted.signed.keys().to_vec();
            for plays in messages {
                self.tell_keys(&keys, &FromHost::Plays(plays));
            }
            self.ask(id);
        }
        Ok(refused)
    }

    /// Ends a match at the table, and says how it ended.
    pub(crate) fn clear(&mut self, id: &MatchId, how: &str, path: &std::path::Path) {
        let Some(hosted) = self.matches.remove(id) else { return };
        let keys = hosted.signed.keys().to_vec();
        self.tell_keys(&keys, &FromHost::Over { id: *id, how: how.to_owned() });
        play_file::forget(path);
    }

    /// Attends to whoever comes and speaks, for so long at most; returns once something was heard.
    ///
    /// # Errors
    /// When what was played cannot be kept.
    pub(crate) fn attend(
        &mut self,
        patience: Duration,
        progress: &dyn Progress,
    ) -> Result<bool, NodeError> {
        self.remind();
        let mut event = match self.door.events.recv_timeout(patience) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(false),
        };
        loop {
            self.hear(event, progress)?;
            match self.door.events.try_recv() {
                Ok(next) => event = next,
                Err(_) => return Ok(true),
            }
        }
    }

    /// Asks those again who have not answered.
    fn remind(&mut self) {
        let unanswered = self
            .matches
            .iter()
            .filter(|(_, hosted)| !hosted.is_over() && hosted.asked.elapsed() >= ASK_AGAIN);
        let unanswered: Vec<_> = unanswered.map(|(id, _)| *id).collect();
        unanswered.iter().for_each(|id| self.ask(id));
    }

    fn hear(&mut self, event: DoorEvent, progress: &dyn Progress) -> Result<(), NodeError> {
        match event {
            DoorEvent::Came(number, guest) => self.seat(number, guest, progress),
            DoorEvent::Left(number) => drop(self.guests.remove(&number)),
            DoorEvent::Said(number, said) => self.listen(number, said, progress)?,
        }
        Ok(())
    }

    fn seat(&mut self, number: u64, guest: Guest, progress: &dyn Progress) {
        let key = guest.key;
        let of_key = self.guests.iter().filter(|(_, seated)| seated.guest.key == key);
        let of_key: Vec<_> = of_key.map(|(number, _)| *number).collect();
        if of_key.is_empty() {
            progress.note(&format!("agent {key} sits down, from {}", guest.place));
        }
        if of_key.len() >= CONNECTIONS_OF_A_KEY {
            self.dismiss(of_key[0], "the same key came again too often");
        }
        self.guests.insert(number, SeatedGuest { guest, false_words: 0 });
        let ids: Vec<_> = self.matches.keys().copied().collect();
        ids.iter().for_each(|id| self.offer(number, id));
    }

    /// Tells an agent of a match that it is seated in, and what was played.
    fn offer(&mut self, number: u64, id: &MatchId) {
        let (Some(seated), Some(hosted)) = (self.guests.get(&number), self.matches.get(id)) else {
            return;
        };
        let (key, signed) = (seated.guest.key, &hosted.signed);
        let own = (0..).zip(signed.keys()).filter(|(_, of)| **of == key).map(|(seat, _)| seat);
        let own: Vec<u8> = own.collect();
        let mut messages = Vec::new();
        for &seat in &own {
            messages.push(FromHost::Match(offered(signed, seat, self.move_time)));
        }
        if !own.is_empty() {
            messages.extend(Plays::since(*id, 0, signed.plays()).into_iter().map(FromHost::Plays));
            let turn = signed.turn().filter(|turn| own.contains(&turn.seat.0));
            messages.extend(turn.map(|turn| FromHost::Turn { id: *id, step: turn.step }));
        }
        messages.into_iter().for_each(|message| self.tell(number, message));
    }

    fn listen(
        &mut self,
        number: u64,
        said: FromAgent,
        progress: &dyn Progress,
    ) -> Result<(), NodeError> {
        let Some(seated) = self.guests.get(&number) else { return Ok(()) };
        let key = seated.guest.key;
        match said {
            FromAgent::Pong {} => {}
            FromAgent::Plays(said) => {
                let of = self.matches.get(&said.id);
                if !of.is_some_and(|hosted| hosted.signed.keys().contains(&key)) {
                    // A match that is over for the table may still be spoken of.
                    return Ok(());
                }
                let plays: Vec<_> = said.plays.into_iter().map(Play::from).collect();
                if let Some(refused) = self.take(&said.id, said.step, &plays)? {
                    progress.note(&format!("agent {key}, match {}: {refused}", said.id));
                    self.false_word(number);
                }
            }
            FromAgent::Refused { id, reason } => {
                let reason: String = reason.chars().filter(|it| !it.is_control()).collect();
                let reason = reason.get(..200).unwrap_or(&reason);
                progress.note(&format!("agent {key} does not play match {id}: {reason}"));
                self.false_word(number);
            }
            FromAgent::Greeting { .. } => self.dismiss(number, "a greeting comes first, and once"),
        }
        Ok(())
    }

    fn false_word(&mut self, number: u64) {
        let Some(seated) = self.guests.get_mut(&number) else { return };
        seated.false_words += 1;
        if seated.false_words >= FALSE_WORDS_MAX {
            self.dismiss(number, "too much of what was said is not so");
        }
    }

    /// Asks who is to act in a match.
    fn ask(&mut self, id: &MatchId) {
        let Some(hosted) = self.matches.get_mut(id) else { return };
        hosted.asked = Instant::now();
        let Some(turn) = hosted.signed.turn() else { return };
        let key = hosted.signed.keys()[turn.seat.index()];
        self.tell_keys(&[key], &FromHost::Turn { id: *id, step: turn.step });
    }

    fn tell_keys(&mut self, keys: &[Address], message: &FromHost) {
        let seated = self.guests.iter().filter(|(_, seated)| keys.contains(&seated.guest.key));
        let seated: Vec<_> = seated.map(|(number, _)| *number).collect();
        seated.into_iter().for_each(|number| self.tell(number, message.clone()));
    }

    fn tell(&mut self, number: u64, message: FromHost) {
        let told = self.guests.get(&number).map(|seated| seated.guest.tell(message));
        if told == Some(Err(())) {
            self.dismiss(number, "it does not take what is said to it");
        }
    }

    fn dismiss(&mut self, number: u64, reason: &str) {
        let Some(SeatedGuest { guest, .. }) = self.guests.remove(&number) else { return };
        guest.dismiss(reason);
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        for SeatedGuest { guest, .. } in self.guests.values() {
            guest.dismiss("the round's matches are played");
        }
    }
}

fn offered(signed: &SignedMatch, seat: u8, move_time: Duration) -> OfferedMatch {
    let venue = signed.venue();
    let of_seat = |(identity, &key): (&nets_core::SeatIdentity, &Address)| OfferedSeat {
        owner: identity.owner,
        key,
    };
    OfferedMatch {
        spec: signed.spec().clone(),
        seats: signed.seats().iter().zip(signed.keys()).map(of_seat).collect(),
        chain_id: venue.chain_id,
        arena: venue.arena,
        league: venue.league,
        round: venue.round,
        match_index: venue.match_index,
        seat: Seat(seat).0,
        move_seconds: move_time.as_secs(),
    }
}
