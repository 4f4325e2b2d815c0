//! The wire by hand: lines of JSON, as anybody can send them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use nets_core::{Address, AgentKey, Digest, Greeting};
use nets_runner::{Play, SignedMatch};
use serde_json::{Value, json};

/// One end of a connection.
pub(super) struct Line {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Line {
    pub(super) fn new(stream: TcpStream) -> Self {
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { reader: BufReader::new(stream.try_clone().unwrap()), stream }
    }

    pub(super) fn say(&mut self, message: &Value) {
        self.send(format!("{message}\n").as_bytes());
    }

    /// Sends bytes; whoever has hung up does not get them.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).ok();
    }

    /// The next message; none once the other end has hung up.
    pub(super) fn hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(serde_json::from_str(&line).unwrap()),
        }
    }

    /// The next message of a type, others passed over.
    pub(super) fn hear_a(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().unwrap_or_else(|| panic!("hung up instead of {kind}"));
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Whether nothing comes for a moment.
    pub(super) fn is_silent(&mut self) -> bool {
        self.stream.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
        let heard = self.hear();
        self.stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        heard.is_none()
    }
}

/// Connects to a host as the agent of a key, signing with another.
pub(super) fn greet(host: SocketAddr, key: Address, signer: &AgentKey) -> Line {
    let mut line = Line::new(TcpStream::connect(host).unwrap());
    let asked = line.hear_a("challenge");
    let greeting = Greeting {
        chain_id: asked["chain-id"].as_u64().unwrap(),
        arena: asked["arena"].as_str().unwrap().parse().unwrap(),
        protocol: 1,
        key,
        challenge: Digest::from_hex(asked["challenge"].as_str().unwrap()).unwrap(),
    };
    let signature = signer.sign(&greeting.digest()).unwrap().to_string();
    let key = key.to_string();
    line.say(&json!({"type": "greeting", "protocol": 1, "key": key, "signature": signature}));
    line
}

/// Lets an agent in that connects.
pub(super) fn let_in(listener: &TcpListener, arena: Address) -> Line {
    let (stream, _) = listener.accept().unwrap();
    let mut line = Line::new(stream);
    let challenge = Digest([5; 32]).to_string();
    line.say(&json!({
        "type": "challenge", "protocol": 1, "chain-id": 7,
        "arena": arena.to_string(), "challenge": challenge,
    }));
    assert_eq!(line.hear().unwrap()["type"], "greeting");
    line.say(&json!({"type": "welcome"}));
    line
}

/// A match as a host offers it to a seat.
pub(super) fn offer(signed: &SignedMatch, seat: u8) -> Value {
    let venue = signed.venue();
    let seats = signed.seats().iter().zip(signed.keys());
    let seats: Vec<_> = seats
        .map(|(it, key)| json!({"owner": it.owner.to_string(), "key": key.to_string()}))
        .collect();
    json!({
        "type": "match", "spec": alloy_primitives::hex::encode(signed.spec().encode()),
        "seats": seats, "chain-id": venue.chain_id, "arena": venue.arena.to_string(),
        "league": venue.league, "round": venue.round, "match-index": venue.match_index,
        "seat": seat, "move-seconds": 60,
    })
}

pub(super) fn plays(signed: &SignedMatch, step: usize, plays: &[Play]) -> Value {
    let play = |it: &Play| json!({"action": it.action.0, "signature": it.signature.to_string()});
    let plays: Vec<_> = plays.iter().map(play).collect();
    json!({"type": "plays", "match": signed.spec().id().to_string(), "step": step, "plays": plays})
}

pub(super) fn turn(signed: &SignedMatch, step: usize) -> Value {
    json!({"type": "turn", "match": signed.spec().id().to_string(), "step": step})
}

/// A play that a key signs of an action, where a match is.
pub(super) fn sign(signed: &SignedMatch, key: &AgentKey, action: u64) -> Play {
    let action = nets_core::Action(action);
    let digest = signed.statement(&signed.turn().unwrap(), action).digest();
    Play { action, signature: key.sign(&digest).unwrap() }
}
