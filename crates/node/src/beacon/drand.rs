//! drand's beacon: a round of drand's is waited for, fetched from whoever has it, and published.
//!
//! No source is trusted: the contract verifies the signature, so a source that lies costs a try and
//! the next one is asked. All sources have the same bytes, or wrong ones.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy_primitives::{Address, Bytes, U256, hex};
use alloy_sol_types::SolCall;
use nets_chain::{Arena, ArenaError, Call, ChainAdapter, ChainError, DrandBeacon};
use nets_chain_evm::Source;
use serde_json::Value;

use crate::error::NodeError;
use crate::node::{ArenaNode, OPERATOR};
use crate::play::{Progress, check_stop};

/// Quicknet's name in the paths of drand's servers: the hash of its parameters.
const QUICKNET: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

/// Servers of several members of the league of entropy.
const SOURCES: [&str; 4] = [
    "https://api.drand.sh",
    "https://drand.cloudflare.com",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
];

const SIGNATURE_BYTES: usize = 48;

/// An answer has some 250 bytes.
const ANSWER_BYTES_MAX: u64 = 16 << 10;

/// How long a source may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How often all sources are asked: they may have a round some seconds after it was made, and the
/// clock here may be ahead.
const TRIES: u32 = 10;

/// Publishes the value at `index`, which is drand's round of that number, once it is made.
pub(super) fn publish(
    node: &mut ArenaNode,
    beacon: Address,
    index: u64,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let given = node.settings.beacons.drand_sources.clone();
    let texts = given.unwrap_or_else(|| SOURCES.map(str::to_owned).to_vec());
    let source = |text: &String| Source::parse(text).map_err(ChainError::from);
    let sources = texts.iter().map(source).collect::<Result<Vec<_>, _>>()?;
    wait_until_made(node, beacon, index, stop, progress)?;
    let mut failures: Vec<String> = Vec::new();
    for _ in 0..TRIES {
        failures.clear();
        for source in &sources {
            check_stop(stop)?;
            match publish_from(node, beacon, index, source)? {
                Ok(()) => {
                    failures.iter().for_each(|failure| progress.note(failure));
                    let from = source.text();
                    progress.note(&format!("drand's round {index} is on the chain, from {from}"));
                    return Ok(());
                }
                Err(failure) => failures.push(format!("drand source {}: {failure}", source.text())),
            }
        }
        node.chain.pass()?;
    }
    Err(NodeError::NoDrandValue { round: index, failures })
}

/// Lets time pass until drand has made the round.
fn wait_until_made(
    node: &mut ArenaNode,
    beacon: Address,
    index: u64,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let genesis = Arena::view_of(&node.chain, beacon, &DrandBeacon::GENESISCall {})?;
    let period = Arena::view_of(&node.chain, beacon, &DrandBeacon::PERIODCall {})?;
    let due = genesis + period * U256::from(index.saturating_sub(1));
    let due = u64::try_from(due).unwrap_or(u64::MAX);
    let left = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        due.saturating_sub(now.as_secs())
    };
    if left() > 0 {
        progress.note(&format!("drand makes round {index} in {} seconds", left()));
    }
    while left() > 0 {
        check_stop(stop)?;
        node.chain.pass()?;
    }
    Ok(())
}

/// Publishes what a source has; the inner error says why that is not the round's signature.
fn publish_from(
    node: &mut ArenaNode,
    beacon: Address,
    round: u64,
    source: &Source,
) -> Result<Result<(), String>, NodeError> {
    let path = format!("{QUICKNET}/public/{round}");
    let answer = match source.fetch(&path, ANSWER_BYTES_MAX, TIMEOUT) {
        Ok(answer) => answer,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some(signature) = signature_in(&answer) else {
        return Ok(Err("its answer holds no signature of 48 bytes".to_owned()));
    };
    let signed = DrandBeacon::yOfCall { signature: signature.clone() };
    let y = match Arena::view_of(&node.chain, beacon, &signed) {
        Ok(y) => y,
        Err(error) => return refused(round, error),
    };
    let publish = DrandBeacon::publishCall { round, signature, y };
    let call = Call { to: Some(beacon), value: 0, data: publish.abi_encode().into() };
    let operator = node.keys.account(OPERATOR)?;
    match node.arena.send::<DrandBeacon::publishCall>(&mut node.chain, &operator, call) {
        Ok(_) => Ok(Ok(())),
        Err(error) => refused(round, error),
    }
}

/// What the contract will not have is the source's fault; everything else is not.
fn refused(round: u64, error: ArenaError) -> Result<Result<(), String>, NodeError> {
    match error {
        ArenaError::Refused { .. } => {
            Ok(Err(format!("its signature is not that of round {round}")))
        }
        error => Err(error.into()),
    }
}

fn signature_in(answer: &[u8]) -> Option<Bytes> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let signature = hex::decode(answer["signature"].as_str()?).ok()?;
    (signature.len() == SIGNATURE_BYTES).then(|| signature.into())
}
