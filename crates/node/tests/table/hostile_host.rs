//! Hosts that lie to an honest agent: it may be kept from playing, and never signs twice.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;

use nets_core::{Address, AgentKey, MatchSpec, Rules, SeatIdentity, Seed, Venue};
use nets_node::{ArenaFolder, Referee};
use nets_runner::{Play, SignedMatch};
use serde_json::Value;

use super::raw::{Line, greet, let_in, offer, plays, sign, turn};
use super::stage::{Agent, Host, PATIENT, key, owner, signed_arena};

const ARENA: Address = Address([0xaa; 20]);
const OWNER: Address = Address([1; 20]);

fn venue() -> Venue {
    Venue { chain_id: 7, arena: ARENA, league: 1, round: 2, match_index: 3 }
}

/// A match of Connect Four, in which ada sits second.
fn a_match(opponent: &AgentKey, owner: Address) -> SignedMatch {
    let system = nets_systems::build("connect-four", &Default::default()).unwrap();
    let seats = vec![
        SeatIdentity::of_key(Address([2; 20]), opponent.address()),
        SeatIdentity::of_key(owner, key("ada").address()),
    ];
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules: Rules::signed(system.as_ref()), seed: Seed([8; 32]), agents };
    SignedMatch::new(system, spec, seats, venue()).unwrap()
}

fn ada(folder: &Path, listener: &TcpListener) -> Agent {
    let host = listener.local_addr().unwrap();
    Agent::start(folder, ("ada", OWNER), host, "connect-four-search")
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// The one play of a message, as one of the match.
fn play_of(message: &Value) -> Play {
    let play = &message["plays"][0];
    let action = nets_core::Action(play["action"].as_u64().unwrap());
    Play { action, signature: play["signature"].as_str().unwrap().parse().unwrap() }
}

/// What ada signs for step 1, after an opponent's action.
fn answer(line: &mut Line, signed: &SignedMatch, opening: Play) -> Option<Play> {
    line.say(&offer(signed, 1));
    line.say(&plays(signed, 0, &[opening]));
    line.say(&turn(signed, 1));
    loop {
        let message = line.hear()?;
        match message["type"].as_str().unwrap() {
            "plays" => return Some(play_of(&message)),
            "refused" => {}
            other => panic!("{other}"),
        }
    }
}

#[test]
fn an_agent_never_signs_two_actions_for_one_step_whatever_histories_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, bo) = (listener(), key("bo"));
    let signed = a_match(&bo, OWNER);
    let openings = [0, 3, 6].map(|action| sign(&signed, &bo, action));
    let mut signatures = BTreeSet::new();
    // The agent is started anew, too: all that it knows is in its journal then.
    for opening in openings {
        let agent = ada(folder.path(), &listener);
        for opening in [opening, openings[2]] {
            let mut line = let_in(&listener, ARENA);
            let play = answer(&mut line, &signed, opening).unwrap();
            signatures.insert((play.action, play.signature));
        }
        agent.finish();
    }
    assert_eq!(signatures.len(), 1, "{signatures:?}");
    let mut followed = a_match(&bo, OWNER);
    followed.play(openings[0]).unwrap();
    let (action, signature) = signatures.into_iter().next().unwrap();
    followed.play(Play { action, signature }).unwrap();
}

#[test]
fn an_agent_believes_no_play_that_its_opponent_did_not_sign() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, bo) = (listener(), key("bo"));
    let signed = a_match(&bo, OWNER);
    let agent = ada(folder.path(), &listener);
    let mut line = let_in(&listener, ARENA);
    let forged = sign(&signed, &key("cy"), 3);
    line.say(&offer(&signed, 1));
    line.say(&plays(&signed, 0, &[forged]));
    assert_eq!(line.hear().unwrap()["type"], "refused");
    line.say(&turn(&signed, 1));
    line.say(&turn(&signed, 0));
    assert!(line.is_silent(), "it is not its turn by anything that was signed");
    drop(line);
    let counts = agent.finish();
    assert_eq!((counts.signed, counts.false_words), (0, 1));
}

#[test]
fn an_agent_plays_no_match_that_is_not_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, bo) = (listener(), key("bo"));
    let agent = ada(folder.path(), &listener);
    let mut line = let_in(&listener, ARENA);
    let strangers = a_match(&bo, Address([9; 20]));
    line.say(&offer(&strangers, 1));
    assert_eq!(line.hear().unwrap()["type"], "refused");
    // In the right match it is told of the other seat.
    line.say(&offer(&a_match(&bo, OWNER), 0));
    assert_eq!(line.hear().unwrap()["type"], "refused");
    line.say(&plays(&strangers, 0, &[sign(&strangers, &bo, 3)]));
    line.say(&turn(&strangers, 1));
    assert!(line.is_silent());
    drop(line);
    assert_eq!(agent.finish().signed, 0);
}

#[test]
fn another_match_at_the_same_place_is_not_played() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, bo, cy) = (listener(), key("bo"), key("cy"));
    let signed = a_match(&bo, OWNER);
    let agent = ada(folder.path(), &listener);
    let mut line = let_in(&listener, ARENA);
    assert!(answer(&mut line, &signed, sign(&signed, &bo, 3)).is_some());
    let other = a_match(&cy, OWNER);
    line.say(&offer(&other, 1));
    assert_eq!(line.hear().unwrap()["type"], "refused");
    drop(line);
    assert_eq!(agent.finish().signed, 1);
}

#[test]
fn an_agent_hangs_up_on_nonsense_and_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let (listener, bo) = (listener(), key("bo"));
    let signed = a_match(&bo, OWNER);
    let agent = ada(folder.path(), &listener);
    let endless = vec![b'x'; 1 << 20];
    for nonsense in [&b"\n"[..], b"{}\n", b"\xff\xfe\n", b"{\"type\":\"welcome\"}\n", &endless] {
        let mut line = let_in(&listener, ARENA);
        line.send(nonsense);
        assert!(line.hear().is_none(), "it should have hung up");
    }
    let mut line = let_in(&listener, ARENA);
    assert!(answer(&mut line, &signed, sign(&signed, &bo, 3)).is_some());
    drop(line);
    agent.finish();
}

#[test]
fn an_agent_that_reads_the_chain_plays_no_match_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = signed_arena(&root, "connect-four", &["ada", "bo"]);
    let owner = owner(&node, "ada");
    let host = Host::run(node, PATIENT);
    // What an honest host offers to the opponent is the same match, from the other side.
    let mut opponent = greet(host.address, key("bo").address(), &key("bo"));
    let mut real = opponent.hear_a("match");
    real["seat"] = (1 - real["seat"].as_u64().unwrap()).into();
    drop(opponent);

    let listener = listener();
    let address = listener.local_addr().unwrap();
    let referee = Referee::chain(owner, ArenaFolder::new(&root)).unwrap();
    let reader = (referee, None);
    let agent = Agent::with(folder.path(), "ada", address, "connect-four-search", reader);
    let mut line = let_in(&listener, ARENA);
    let mut invented = real.clone();
    invented["match-index"] = 77.into();
    let mut elsewhere = real.clone();
    elsewhere["chain-id"] = 7.into();
    let mut against_nobody = real.clone();
    let other = 1 - real["seat"].as_u64().unwrap() as usize;
    against_nobody["seats"][other]["key"] = key("nobody").address().to_string().into();
    for false_offer in [invented, elsewhere, against_nobody] {
        line.say(&false_offer);
        assert_eq!(line.hear().unwrap()["type"], "refused", "{false_offer}");
    }
    line.say(&real);
    assert!(line.is_silent(), "the real one is taken");
    drop(line);
    assert_eq!(agent.finish().matches, 1);
    // The round is played in the end, by the same keys.
    let journals = tempfile::tempdir().unwrap();
    let both = ["ada", "bo"].map(|name| {
        let owner = AgentKey::from_secret(&nets_core::sha256(name.as_bytes()).0).unwrap();
        let place = (name, owner.address());
        Agent::start(journals.path(), place, host.address, "connect-four-greedy")
    });
    host.finish();
    for agent in both {
        agent.finish();
    }
}
