//! `matches.json`: rules and specs, their bytes and their ids.

use nets_core::{AgentId, FuelClock, MatchSpec, Reader, Rules, Seed, SystemId};
use serde::{Deserialize, Serialize};

use super::{blessed_file, hex, hex_u64, unhex};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Match {
    protocol_version: u16,
    metering_version: u16,
    system: String,
    system_version: u16,
    parameters: String,
    fuel_base: String,
    fuel_increment: String,
    fuel_cap: String,
    rules: String,
    rules_id: String,
    seed: String,
    agents: Vec<String>,
    spec: String,
    match_id: String,
}

impl Match {
    fn of(spec: &MatchSpec) -> Self {
        let Rules { protocol_version, metering_version, system, parameters, fuel_clock } =
            &spec.rules;
        Self {
            protocol_version: *protocol_version,
            metering_version: *metering_version,
            system: system.name.clone(),
            system_version: system.version,
            parameters: hex(parameters),
            fuel_base: hex_u64(fuel_clock.base),
            fuel_increment: hex_u64(fuel_clock.increment),
            fuel_cap: hex_u64(fuel_clock.cap),
            rules: hex(&spec.rules.encode()),
            rules_id: hex(&spec.rules.id().0),
            seed: hex(&spec.seed.0),
            agents: spec.agents.iter().map(|agent| hex(&agent.0)).collect(),
            spec: hex(&spec.encode()),
            match_id: hex(&spec.id().0),
        }
    }
}

fn spec(system: (&str, u16), parameters: &[u64], fuel: [u64; 3], seats: u8) -> MatchSpec {
    let [base, increment, cap] = fuel;
    let rules = Rules {
        protocol_version: 1,
        metering_version: 1,
        system: SystemId { name: system.0.to_owned(), version: system.1 },
        parameters: parameters.iter().flat_map(|value| value.to_le_bytes()).collect(),
        fuel_clock: FuelClock { base, increment, cap },
    };
    let agents = (1..=seats).map(|seat| AgentId([seat; 32])).collect();
    MatchSpec { rules, seed: Seed([seats.wrapping_mul(17); 32]), agents }
}

#[test]
fn match_vectors_hold() {
    let FuelClock { base, increment, cap } = FuelClock::default();
    let default = [base, increment, cap];
    let longest = "a-system-with-the-longest-name-1";
    let specs = [
        spec(("snake", 1), &[10, 10, 300], default, 1),
        spec(("snake", 1), &[10, 10, 301], default, 1),
        spec(("rps", 1), &[100], default, 2),
        spec(("connect-four", 1), &[], [1, 0, u64::MAX], 2),
        spec(("x", u16::MAX), &[0, u64::MAX], [u64::MAX, 1 << 53, 0], 3),
        spec((longest, 258), &[1], [0, 0, 0], 8),
    ];
    let vectors: Vec<_> = specs.iter().map(Match::of).collect();
    for case in blessed_file("matches", &vectors) {
        let bytes = unhex(&case.spec);
        let mut reader = Reader::new(&bytes);
        let spec = MatchSpec::read(&mut reader).unwrap();
        reader.finish().unwrap();
        assert_eq!(Match::of(&spec), case);
    }
}
