//! The wire between a host and an agent: messages of JSON, one a line (SPEC 11).
//!
//! Lines are bounded in bytes and in time on both ends, so that whoever sends too much or too slowly
//! costs itself its connection and nobody else anything.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nets_core::{
    Action, Address, Digest, MatchId, MatchSpec, Reader, SeatIdentity, Signature, Venue,
};
use nets_runner::Play;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of what is said here.
pub(crate) const TABLE_PROTOCOL: u16 = 1;

/// The most bytes of a line, its end included.
pub(crate) const LINE_BYTES_MAX: usize = 64 << 10;

/// How many plays a message has at most, so that it fits a line.
pub(crate) const PLAYS_MAX: usize = 256;

/// How long a line may take from its first byte to its end.
const LINE_TIME: Duration = Duration::from_secs(10);

/// How long the other end may take to take a line.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// What a host says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum FromHost {
    /// The first line: where this is, and what to sign to be let in.
    #[serde(rename_all = "kebab-case")]
    Challenge {
        protocol: u16,
        chain_id: u64,
        #[serde(with = "hex")]
        arena: Address,
        #[serde(with = "hex")]
        challenge: Digest,
    },
    /// The agent is let in.
    Welcome {},
    /// A match that the agent is seated in.
    Match(OfferedMatch),
    /// What was played in a match from a step on.
    Plays(Plays),
    /// The agent is asked for the play of a step.
    Turn {
        #[serde(rename = "match", with = "hex")]
        id: MatchId,
        step: u32,
    },
    /// The match is over for the table, and how.
    Over {
        #[serde(rename = "match", with = "hex")]
        id: MatchId,
        how: String,
    },
    /// To be answered with a pong.
    Ping {},
    /// The last line, and why.
    Bye { reason: String },
}

/// What an agent says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum FromAgent {
    /// The first line: who this is, and the signature that shows it.
    Greeting {
        protocol: u16,
        #[serde(with = "hex")]
        key: Address,
        #[serde(with = "hex")]
        signature: Signature,
    },
    /// What was played in a match from a step on: the agent's own play, or all that a host lacks.
    Plays(Plays),
    /// Why the agent does not play a match, for people.
    Refused {
        #[serde(rename = "match", with = "hex")]
        id: MatchId,
        reason: String,
    },
    /// The answer to a ping.
    Pong {},
}

/// A match as a host offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct OfferedMatch {
    /// The canonical bytes of its spec.
    #[serde(with = "spec_hex")]
    pub(crate) spec: MatchSpec,
    /// Who sits in each seat.
    pub(crate) seats: Vec<OfferedSeat>,
    pub(crate) chain_id: u64,
    #[serde(with = "hex")]
    pub(crate) arena: Address,
    pub(crate) league: u64,
    pub(crate) round: u32,
    pub(crate) match_index: u32,
    /// The agent's own.
    pub(crate) seat: u8,
    /// How long the host waits for a play before it has the chain's clock run.
    pub(crate) move_seconds: u64,
}

/// Who sits in a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferedSeat {
    #[serde(with = "hex")]
    pub(crate) owner: Address,
    #[serde(with = "hex")]
    pub(crate) key: Address,
}

/// Plays of a match from a step on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plays {
    #[serde(rename = "match", with = "hex")]
    pub(crate) id: MatchId,
    pub(crate) step: u32,
    pub(crate) plays: Vec<WirePlay>,
}

/// A play as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WirePlay {
    action: u64,
    #[serde(with = "hex")]
    signature: Signature,
}

impl From<Play> for WirePlay {
    fn from(Play { action, signature }: Play) -> Self {
        Self { action: action.0, signature }
    }
}

impl From<WirePlay> for Play {
    fn from(WirePlay { action, signature }: WirePlay) -> Self {
        Self { action: Action(action), signature }
    }
}

impl Plays {
    /// All of a match's plays from a step on, in as many messages as that takes.
    pub(crate) fn since(id: MatchId, step: u32, all: &[Play]) -> Vec<Self> {
        let rest = all.get(step as usize..).unwrap_or_default();
        let chunk = |(number, plays): (usize, &[Play])| Self {
            id,
            step: step + (number * PLAYS_MAX) as u32,
            plays: plays.iter().copied().map(WirePlay::from).collect(),
        };
        rest.chunks(PLAYS_MAX).enumerate().map(chunk).collect()
    }
}

impl OfferedMatch {
    /// Where it is played.
    pub(crate) fn venue(&self) -> Venue {
        let Self { chain_id, arena, league, round, match_index, .. } = *self;
        Venue { chain_id, arena, league, round, match_index }
    }

    /// Who sits in each seat.
    pub(crate) fn identities(&self) -> Vec<SeatIdentity> {
        self.seats.iter().map(|seat| SeatIdentity::of_key(seat.owner, seat.key)).collect()
    }
}

/// What is written as hex digits.
mod hex {
    use super::{Deserialize, Deserializer, Error, Serializer};

    pub(super) fn serialize<T: std::fmt::Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'a, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
        D: Deserializer<'a>,
    {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The canonical bytes of a spec as hex digits.
pub(crate) mod spec_hex {
    use super::{Deserialize, Deserializer, Error, MatchSpec, Reader, Serializer};

    /// Writes them.
    pub(crate) fn serialize<S: Serializer>(
        spec: &MatchSpec,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&alloy_primitives::hex::encode(spec.encode()))
    }

    /// Reads them.
    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(
        deserializer: D,
    ) -> Result<MatchSpec, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = alloy_primitives::hex::decode(&text).map_err(D::Error::custom)?;
        let mut reader = Reader::new(&bytes);
        let spec = MatchSpec::read(&mut reader).map_err(D::Error::custom)?;
        reader.finish().map_err(D::Error::custom)?;
        Ok(spec)
    }
}

/// One end's ear: lines as they come.
#[derive(Debug)]
pub(crate) struct LineReader {
    stream: TcpStream,
    taken: Vec<u8>,
}

impl LineReader {
    /// Listens to a connection.
    ///
    /// # Errors
    /// When the system does not let it wait.
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        // Some systems hand on the listener's way of not waiting.
        stream.set_nonblocking(false)?;
        Ok(Self { stream, taken: Vec::new() })
    }

    /// The next message, which must begin within `patience`.
    ///
    /// # Errors
    /// When none comes in time, it is too long or none of these, or the other end is gone.
    pub(crate) fn read<T: DeserializeOwned>(&mut self, patience: Duration) -> io::Result<T> {
        let line = self.line(patience)?;
        serde_json::from_slice(&line).map_err(|error| invalid(&error.to_string()))
    }

    fn line(&mut self, patience: Duration) -> io::Result<Vec<u8>> {
        let mut deadline =
            Instant::now() + if self.taken.is_empty() { patience } else { LINE_TIME };
        let mut looked = 0;
        let mut chunk = [0; 4096];
        loop {
            if let Some(end) = self.taken[looked..].iter().position(|&byte| byte == b'\n') {
                let rest = self.taken.split_off(looked + end + 1);
                return Ok(std::mem::replace(&mut self.taken, rest));
            }
            looked = self.taken.len();
            if looked >= LINE_BYTES_MAX {
                return Err(invalid(&format!("a line of more than {LINE_BYTES_MAX} bytes")));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.stream.set_read_timeout(Some(left))?;
            let count = match self.stream.read(&mut chunk) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            if looked == 0 {
                deadline = Instant::now() + LINE_TIME;
            }
            self.taken.extend(&chunk[..count]);
        }
    }
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

/// Says one message.
///
/// # Errors
/// When the other end does not take it in time, or is gone.
pub(crate) fn write_line<T: Serialize>(mut stream: &TcpStream, message: &T) -> io::Result<()> {
    let deadline = Instant::now() + WRITE_TIME;
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut rest = line.as_slice();
    while !rest.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
        match stream.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_plays_as_a_message_has_fit_a_line() {
        let play = Play { action: Action(u64::MAX), signature: Signature([0xff; 65]) };
        let messages = Plays::since(MatchId([0xff; 32]), 1, &[play; 2 * PLAYS_MAX]);
        assert_eq!(messages.iter().map(|message| message.step).collect::<Vec<_>>(), [1, 257]);
        assert_eq!(messages.iter().map(|message| message.plays.len()).sum::<usize>(), 511);
        let line = serde_json::to_vec(&FromHost::Plays(messages[0].clone())).unwrap();
        assert!(line.len() < LINE_BYTES_MAX, "{}", line.len());
    }

    #[test]
    fn a_message_reads_as_it_was_written() {
        let id = MatchId([7; 32]);
        let signature = Signature([9; 65]);
        let plays = Plays { id, step: 3, plays: vec![WirePlay { action: 4, signature }] };
        let said = serde_json::to_string(&FromAgent::Plays(plays.clone())).unwrap();
        let expected = format!(
            r#"{{"type":"plays","match":"{id}","step":3,"plays":[{{"action":4,"signature":"{signature}"}}]}}"#
        );
        assert_eq!(said, expected);
        assert_eq!(serde_json::from_str::<FromAgent>(&said).unwrap(), FromAgent::Plays(plays));
        assert!(serde_json::from_str::<FromAgent>(r#"{"type":"pong","more":1}"#).is_err());
    }
}
