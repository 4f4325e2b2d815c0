//! The door: connections come in, show whose they are, and are heard.
//!
//! Until somebody has shown a key that is seated in the round it costs a thread for some seconds and
//! nothing else, and only so many may try at once. Afterwards it may be slow or talk nonsense only to
//! its own harm: it is heard by a thread of its own and spoken to by another.

use std::collections::BTreeSet;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nets_core::{Address, Digest, Greeting};

use crate::error::NodeError;
use crate::keys::random_secret;
use crate::table::wire::{FromAgent, FromHost, LineReader, TABLE_PROTOCOL, write_line};

/// How many may be at the door at once, not having shown yet who they are.
const STRANGERS_MAX: usize = 64;

/// How long somebody may take to show who it is.
const GREETING_TIME: Duration = Duration::from_secs(10);

/// How long an agent may be silent: it is pinged three times meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often agents are pinged to whom nothing else is said.
const PING: Duration = Duration::from_secs(20);

/// How often it is looked whether somebody comes, or the door is to be shut.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// How many messages wait for an agent that does not take them; one more, and it has to come again.
const UNREAD_MAX: usize = 4096;

/// How many messages of all agents wait to be heard.
const UNHEARD_MAX: usize = 1024;

/// Which agents are let in, and where they are told to be.
#[derive(Debug)]
pub(super) struct House {
    pub(super) chain_id: u64,
    pub(super) arena: Address,
    /// The keys that are seated in the round.
    pub(super) keys: Mutex<BTreeSet<Address>>,
}

/// What happens at the door.
#[derive(Debug)]
pub(super) enum DoorEvent {
    /// An agent is in.
    Came(u64, Guest),
    /// It says something.
    Said(u64, FromAgent),
    /// It is gone, or to be gone.
    Left(u64),
}

/// An agent that is in.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) key: Address,
    pub(super) place: SocketAddr,
    unread: SyncSender<FromHost>,
    stream: TcpStream,
    is_dismissed: Arc<AtomicBool>,
}

impl Guest {
    /// Has something said to it; an error says that it must come again.
    pub(super) fn tell(&self, message: FromHost) -> Result<(), ()> {
        self.unread.try_send(message).map_err(|_| ())
    }

    /// Ends the connection: what waits is not said any more, only why it ends.
    pub(super) fn dismiss(&self, reason: &str) {
        self.is_dismissed.store(true, Ordering::Relaxed);
        // Whoever does not listen misses the reason only, and one that is gone is no worse.
        self.tell(FromHost::Bye { reason: reason.to_owned() }).ok();
        self.stream.shutdown(Shutdown::Read).ok();
    }
}

/// The open door; it is shut when this is dropped.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
    pub(super) events: Receiver<DoorEvent>,
    is_shut: Arc<AtomicBool>,
}

/// What all threads at the door share.
#[derive(Debug)]
struct Shared {
    house: Arc<House>,
    events: SyncSender<DoorEvent>,
    strangers: AtomicUsize,
    numbers: AtomicU64,
}

impl Door {
    /// Opens the door at an address, as `0.0.0.0:8550`; port 0 is any that is free.
    ///
    /// # Errors
    /// When it cannot be listened on.
    pub(super) fn open(address: &str, house: Arc<House>) -> Result<Self, NodeError> {
        let failed = |source| NodeError::Listen { address: address.to_owned(), source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let (sender, events) = sync_channel(UNHEARD_MAX);
        let door = Self {
            address: listener.local_addr().map_err(failed)?,
            events,
            is_shut: Arc::default(),
        };
        let shared = Shared {
            house,
            events: sender,
            strangers: AtomicUsize::new(0),
            numbers: AtomicU64::new(0),
        };
        let (shared, is_shut) = (Arc::new(shared), door.is_shut.clone());
        let accept = move || accept(&listener, &shared, &is_shut);
        thread::Builder::new().spawn(accept).map_err(failed)?;
        Ok(door)
    }

    /// Where it is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.is_shut.store(true, Ordering::Relaxed);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, is_shut: &AtomicBool) {
    while !is_shut.load(Ordering::Relaxed) {
        // Whoever went away before it was accepted wants nothing.
        let Ok((stream, place)) = listener.accept() else {
            thread::sleep(ACCEPT_PAUSE);
            continue;
        };
        if shared.strangers.fetch_add(1, Ordering::Relaxed) >= STRANGERS_MAX {
            shared.strangers.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let theirs = shared.clone();
        let attend = move || theirs.attend(stream, place);
        if thread::Builder::new().spawn(attend).is_err() {
            shared.strangers.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Shared {
    fn attend(&self, stream: TcpStream, place: SocketAddr) {
        let greeted = self.greet(stream);
        self.strangers.fetch_sub(1, Ordering::Relaxed);
        let Ok((key, mut ear, stream)) = greeted else { return };
        let (unread, messages) = sync_channel(UNREAD_MAX);
        let Ok(mouth) = stream.try_clone() else { return };
        let is_dismissed = Arc::<AtomicBool>::default();
        let is_over = is_dismissed.clone();
        let speak = move || {
            let is_said = |message: &FromHost| {
                matches!(message, FromHost::Bye { .. }) || !is_over.load(Ordering::Relaxed)
            };
            // Whoever has the table may be busy with a chain for long, so nobody else pings.
            loop {
                let message = match messages.recv_timeout(PING) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Timeout) => FromHost::Ping {},
                    Err(RecvTimeoutError::Disconnected) => break,
                };
                if is_said(&message) && write_line(&mouth, &message).is_err() {
                    break;
                }
            }
            mouth.shutdown(Shutdown::Both).ok();
        };
        if thread::Builder::new().spawn(speak).is_err() {
            return;
        }
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let guest = Guest { key, place, unread, stream, is_dismissed };
        if self.events.send(DoorEvent::Came(number, guest)).is_err() {
            return;
        }
        while let Ok(said) = ear.read(PATIENCE) {
            if self.events.send(DoorEvent::Said(number, said)).is_err() {
                return;
            }
        }
        // Where nobody hears it, nobody is left.
        self.events.send(DoorEvent::Left(number)).ok();
    }

    /// Asks somebody who it is, and lets it in if its key is seated.
    fn greet(&self, stream: TcpStream) -> io::Result<(Address, LineReader, TcpStream)> {
        let mut ear = LineReader::new(stream.try_clone()?)?;
        stream.set_nodelay(true)?;
        let challenge = random_secret().map_err(io::Error::other)?;
        let (challenge, protocol) = (Digest(challenge), TABLE_PROTOCOL);
        let House { chain_id, arena, .. } = *self.house;
        write_line(&stream, &FromHost::Challenge { protocol, chain_id, arena, challenge })?;
        let said = ear.read(GREETING_TIME)?;
        let reason = match said {
            FromAgent::Greeting { protocol: theirs, .. } if theirs != protocol => {
                format!("this host speaks version {protocol}")
            }
            FromAgent::Greeting { key, signature, .. } => {
                let greeting = Greeting { chain_id, arena, protocol, key, challenge };
                let keys = self.house.keys.lock().unwrap_or_else(PoisonError::into_inner);
                if signature.signer(&greeting.digest()) != Some(key) {
                    format!("the greeting is not signed by {key}")
                } else if !keys.contains(&key) {
                    format!("{key} is in no seat of this round")
                } else {
                    drop(keys);
                    write_line(&stream, &FromHost::Welcome {})?;
                    return Ok((key, ear, stream));
                }
            }
            _ => "a greeting comes first".to_owned(),
        };
        write_line(&stream, &FromHost::Bye { reason })?;
        Err(io::ErrorKind::PermissionDenied.into())
    }
}
