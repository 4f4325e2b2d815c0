//! Agents that misbehave at an honest table: whatever they do, the others' matches go on, and theirs
//! are lost only by the chain's clock.

use std::net::TcpStream;

use nets_core::{Chance, MatchSpec, Reader, SeatIdentity, Venue};
use nets_runner::{Play, SignedMatch};
use serde_json::{Value, json};

use super::raw::{Line, greet, plays, sign};
use super::stage::{Agent, Host, PATIENT, key, owner, signed_arena, verified};

/// The match of an offer.
fn offered(offer: &Value) -> SignedMatch {
    let bytes = alloy_primitives::hex::decode(offer["spec"].as_str().unwrap()).unwrap();
    let spec = MatchSpec::read(&mut Reader::new(&bytes)).unwrap();
    let system = nets_systems::build("connect-four", &Default::default()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().parse().unwrap();
    let seats = offer["seats"].as_array().unwrap();
    let seats = seats.iter().map(|it| SeatIdentity::of_key(text(&it["owner"]), text(&it["key"])));
    let venue = Venue {
        chain_id: offer["chain-id"].as_u64().unwrap(),
        arena: text(&offer["arena"]),
        league: offer["league"].as_u64().unwrap(),
        round: offer["round"].as_u64().unwrap() as u32,
        match_index: offer["match-index"].as_u64().unwrap() as u32,
    };
    assert_eq!(
        system.start(Chance::from_seed(&spec.seed)).legal_actions(nets_core::Seat(0)).len(),
        7
    );
    SignedMatch::new(system, spec, seats.collect(), venue).unwrap()
}

#[test]
fn a_round_ends_as_it_should_whatever_comes_to_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = signed_arena(&root, "connect-four", &["ada", "bo"]);
    let owners = ["ada", "bo"].map(|name| owner(&node, name));
    let host = Host::run(node, PATIENT);
    let (address, ada, bo) = (host.address, key("ada"), key("bo"));

    // Some say nothing at all, some half a line, to the end.
    let mut slow: Vec<_> = (0..20).map(|_| TcpStream::connect(address).unwrap()).collect();
    slow.extend((0..20).map(|_| {
        let mut stream = TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, b"{\"type\":").unwrap();
        stream
    }));
    // Strangers, impostors and nonsense are shown the door.
    let mut impostor = greet(address, ada.address(), &bo);
    assert!(impostor.hear_a("bye")["reason"].as_str().unwrap().contains("not signed by"));
    let stranger = key("nobody");
    let mut stranger = greet(address, stranger.address(), &stranger);
    assert!(stranger.hear_a("bye")["reason"].as_str().unwrap().contains("in no seat"));
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[b'['; 1 << 20], b"\xff\n", b"{}\n"] {
        let mut line = Line::new(TcpStream::connect(address).unwrap());
        line.send(nonsense);
        line.hear_a("challenge");
        assert!(line.hear().is_none_or(|it| it["type"] == "bye"));
    }

    let running = Agent::start(folder.path(), ("ada", owners[0]), address, "connect-four-search");
    // Its opponent is let in, and cheats.
    let mut cheat = greet(address, bo.address(), &bo);
    let signed = offered(&cheat.hear_a("match"));
    let seat = signed.keys().iter().position(|it| *it == bo.address()).unwrap();
    let own = sign(&signed, &bo, 3);
    let cheats = [
        // An action of ada's that ada did not sign.
        plays(&signed, 0, &[sign(&signed, if seat == 0 { &ada } else { &bo }, 3)]),
        // One that is not legal, rightly signed or not.
        plays(&signed, 0, &[sign(&signed, &bo, 7)]),
        plays(&signed, 40, &[own]),
        plays(&signed, 0, &[Play { signature: nets_core::Signature::NONE, ..own }]),
        json!({"type": "plays", "match": "ff".repeat(32), "step": 0, "plays": []}),
        json!({"type": "refused", "match": "00".repeat(32), "reason": "x".repeat(60_000)}),
    ];
    for message in cheats.iter().cycle().take(60) {
        cheat.say(message);
    }
    // In time it is shown the door, too; and whoever comes again too often is the same agent still.
    while cheat.hear().is_some() {}
    let many: Vec<_> = (0..12).map(|_| greet(address, bo.address(), &bo)).collect();

    let honest = Agent::start(folder.path(), ("bo", owners[1]), address, "connect-four-greedy");
    let (node, report) = host.finish();
    let counts = [running.finish(), honest.finish()];
    drop((slow, many));
    assert!(counts.iter().all(|it| it.false_words == 0 && it.failed == 0), "{counts:?}");
    assert!(report.matches.iter().all(|line| line.faults.is_empty()), "{:?}", report.matches);
    assert_eq!(verified(node).matches, 2);
}
