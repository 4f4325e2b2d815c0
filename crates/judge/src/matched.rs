//! The match that a question is about: its spec and its System, found by their hashes.

use alloc::sync::Arc;
use alloc::vec::Vec;

use nets_core::{
    AgentId, DecodeError, Digest, MAX_SEATS, MatchId, MatchSpec, PROTOCOL_VERSION, Reader, Rules,
    RulesId, SIGNED_METERING_VERSION, Seed, System, Tag,
};
use nets_interpreter::METERING_VERSION;
use nets_systems::Blueprint;
use nets_systems::forecast::DATA_BYTES_MAX;

use crate::hashes::{Hashes, read};
use crate::judging::Halt;
use crate::verdict::Beyond;

/// No rules are longer, in bytes: lengths and numbers, a name of 32, parameters of 65,535.
const RULES_BYTES_MAX: u64 = 1 << 17;

/// No match is longer, in bytes: tag, rules id, seed, seat count, agents.
const MATCH_BYTES_MAX: u64 = 1 + 32 + 32 + 1 + 32 * MAX_SEATS as u64;

/// The spec of a match.
pub(crate) fn spec<H: Hashes>(
    hashes: &mut H,
    match_id: &MatchId,
) -> Result<MatchSpec, Halt<H::Unknown>> {
    let bytes = read(hashes, &Digest(match_id.0), MATCH_BYTES_MAX).map_err(Halt::Unknown)?;
    let bytes = bytes.or(Beyond::Match)?;
    let (rules_id, seed, agents) = read_match(&bytes).map_err(|_| Beyond::Match)?;
    let bytes = read(hashes, &Digest(rules_id.0), RULES_BYTES_MAX).map_err(Halt::Unknown)?;
    let bytes = bytes.or(Beyond::Rules)?;
    let rules = read_rules(&bytes).map_err(|_| Beyond::Rules)?;
    if rules.protocol_version != PROTOCOL_VERSION {
        return Err(Beyond::Rules.into());
    }
    match rules.metering_version {
        METERING_VERSION => Ok(MatchSpec { rules, seed, agents }),
        SIGNED_METERING_VERSION => Err(Beyond::Signed.into()),
        _ => Err(Beyond::Metering.into()),
    }
}

/// What a match id is the hash of.
fn read_match(bytes: &[u8]) -> Result<(RulesId, Seed, Vec<AgentId>), DecodeError> {
    let mut reader = Reader::new(bytes);
    expect_tag(&mut reader, Tag::Match)?;
    let rules_id = RulesId(reader.array("rules id")?);
    let seed = Seed(reader.array("seed")?);
    let seat_count = reader.u8("seat count")?;
    let agents = (0..seat_count).map(|_| reader.array("agent id").map(AgentId));
    let agents = agents.collect::<Result<_, _>>()?;
    reader.finish()?;
    Ok((rules_id, seed, agents))
}

fn read_rules(bytes: &[u8]) -> Result<Rules, DecodeError> {
    let mut reader = Reader::new(bytes);
    expect_tag(&mut reader, Tag::Rules)?;
    let rules = Rules::read(&mut reader)?;
    reader.finish()?;
    Ok(rules)
}

/// Reads the tag that a message begins with.
pub(crate) fn expect_tag(reader: &mut Reader<'_>, expected: Tag) -> Result<(), DecodeError> {
    match reader.u8("tag")? {
        tag if tag == expected as u8 => Ok(()),
        tag => Err(DecodeError::value("tag", expected as u8, tag)),
    }
}

/// The System of a match, on its data set where it has one.
pub(crate) fn system<H: Hashes>(
    hashes: &mut H,
    spec: &MatchSpec,
) -> Result<Arc<dyn System>, Halt<H::Unknown>> {
    let MatchSpec { rules, agents, .. } = spec;
    let blueprint = Blueprint::canonical(&rules.system, &rules.parameters);
    let blueprint = blueprint.map_err(|_| Beyond::System)?;
    let data = match blueprint.parameters().data() {
        None => Vec::new(),
        Some(digest) => {
            // No System takes more; positions of chess are fewer by far.
            let data = read(hashes, digest, DATA_BYTES_MAX).map_err(Halt::Unknown)?;
            data.or(Beyond::DataSet)?
        }
    };
    let system = blueprint.build_on(&data).map_err(|_| Beyond::DataSet)?;
    match usize::from(system.seat_count()) == agents.len() {
        true => Ok(system),
        false => Err(Beyond::SeatCount.into()),
    }
}
