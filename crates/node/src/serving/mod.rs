//! Serving: an arena's modules, rules and data sets over HTTP, to whoever wants to check it.
//!
//! A module is shown only once the entries of a round that its agent plays are frozen: before, rivals
//! could read it and enter against it. Records of signed matches are given, too, since nobody can play
//! those again. Nothing is written, nothing is locked, and what is asked for
//! is never a path: only the hash in it is looked up.
//!
//! Whoever asks is bounded in time and number, so that slow or many askers cost themselves.

mod connection;
mod metrics;
mod shelf;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use self::connection::{Asked, Status, Wish};
pub use self::metrics::MetricsServer;
use self::shelf::{Found, Shelf};
use crate::error::NodeError;
use crate::folder::ArenaFolder;

/// How many are answered at once; more are told to come again.
const CONNECTIONS_MAX: usize = 64;

/// How often it is looked whether somebody asks, or asks to stop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// What a server did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServeCounts {
    /// The artifacts that were given.
    pub served: u64,
    /// The bytes of these.
    pub bytes: u64,
    /// How often a module was asked for whose agent's entries are not frozen.
    pub early: u64,
    /// How often something was asked for that is not there.
    pub missing: u64,
    /// The requests that are none, or took too long.
    pub bad: u64,
    /// Those who were told to come again.
    pub busy: u64,
}

#[derive(Debug, Default)]
struct Counts {
    served: AtomicU64,
    bytes: AtomicU64,
    early: AtomicU64,
    missing: AtomicU64,
    bad: AtomicU64,
    busy: AtomicU64,
}

/// A server of an arena's artifacts.
#[derive(Debug)]
pub struct ArtifactServer {
    listener: TcpListener,
    shelf: Shelf,
    counts: Counts,
    open: AtomicUsize,
}

impl ArtifactServer {
    /// Listens at an address, as `127.0.0.1:8547`; port 0 is any that is free.
    ///
    /// # Errors
    /// When there is no such arena, or the address cannot be listened on.
    pub fn bind(folder: impl Into<ArenaFolder>, address: &str) -> Result<Self, NodeError> {
        let shelf = Shelf::of(folder.into())?;
        let failed = |source| NodeError::Listen { address: address.to_owned(), source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(Self { listener, shelf, counts: Counts::default(), open: AtomicUsize::new(0) })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> Result<SocketAddr, NodeError> {
        let failed = |source| NodeError::Listen { address: "the server".to_owned(), source };
        self.listener.local_addr().map_err(failed)
    }

    /// What it did so far.
    pub fn counts(&self) -> ServeCounts {
        let Counts { served, bytes, early, missing, bad, busy } = &self.counts;
        let [served, bytes, early, missing, bad, busy] =
            [served, bytes, early, missing, bad, busy].map(|count| count.load(Ordering::Relaxed));
        ServeCounts { served, bytes, early, missing, bad, busy }
    }

    /// Answers until `stop` is set, and then ends what is under way; `look` is called again and again
    /// meanwhile.
    pub fn run(&self, stop: &AtomicBool, mut look: impl FnMut(&Self)) {
        thread::scope(|scope| {
            while !stop.load(Ordering::Relaxed) {
                look(self);
                // Whoever went away before it was accepted wants nothing.
                let Ok((stream, _)) = self.listener.accept() else {
                    thread::sleep(ACCEPT_PAUSE);
                    continue;
                };
                if self.open.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS_MAX {
                    self.open.fetch_sub(1, Ordering::Relaxed);
                    add(&self.counts.busy, 1);
                    connection::refuse(stream);
                    continue;
                }
                scope.spawn(move || {
                    self.answer(stream);
                    self.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
    }

    fn answer(&self, stream: TcpStream) {
        let Ok(mut asked) = Asked::read(stream) else { return add(&self.counts.bad, 1) };
        let wish = match asked.wish() {
            Ok(wish) => wish,
            Err(status) => {
                asked.refuse(&status);
                return add(&self.counts.bad, 1);
            }
        };
        let found = match &wish {
            Wish::Artifact(hash) => self.shelf.find(hash),
            Wish::Record(id) => self.shelf.record(id),
        };
        match found {
            Found::File(file) => match asked.send(file, &wish) {
                Ok(bytes) => {
                    add(&self.counts.served, 1);
                    add(&self.counts.bytes, bytes);
                }
                Err(_) => add(&self.counts.bad, 1),
            },
            Found::Early => {
                asked.refuse(&Status::EARLY);
                add(&self.counts.early, 1);
            }
            Found::Missing => {
                asked.refuse(&Status::MISSING);
                add(&self.counts.missing, 1);
            }
            Found::Unknown => {
                asked.refuse(&Status::UNKNOWN);
                add(&self.counts.busy, 1);
            }
        }
    }
}

fn add(count: &AtomicU64, amount: u64) {
    count.fetch_add(amount, Ordering::Relaxed);
}
