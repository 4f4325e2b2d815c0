//! Leagues as a user writes them: a TOML file with a default ladder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nets_chain::BeaconKind;
use nets_core::{
    Chance, DATA, FuelClock, Information, PROTOCOL_VERSION, Rules, Seed, Status, System,
};
use nets_league::SEATS_MAX;
use nets_runner::sandbox::METERING_VERSION;
use nets_systems::{Blueprint, Given};
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::keys::is_name;
use crate::reading::read_text;

/// The ladder that a new arena comes with.
pub const DEFAULT_LEAGUES: &str = include_str!("default_leagues.toml");

/// How a league's parameters may be written, and what a reader of TOML trips over then.
const TABLE: &str = "[league.parameters]";
const TABLE_ENDS_A_LEAGUE: &str = "every line after [league.parameters] is a parameter of the \
     System: put that table last in its league, or write parameters = { name = value } on one line";

/// The longest window in blocks: the embedded chain makes each block of it, and waits for the disk.
const WINDOW_BLOCKS_MAX: u32 = 100_000;

/// The largest amount, so that no sum of the contract overflows: 16 payouts times a multiplier of
/// 16 bits still fit. It is a thousand million ether.
const AMOUNT_MAX: u128 = 10u128.pow(27);

/// `leagues.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeagueFile {
    /// The leagues in their order.
    #[serde(rename = "league")]
    pub leagues: Vec<LeagueSettings>,
}

impl LeagueFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or does not parse, or a league in it cannot be.
    pub fn read(path: &Path) -> Result<Self, NodeError> {
        let text = read_text(path)?;
        Self::parse(&text).map_err(|reason| NodeError::Settings { path: path.to_owned(), reason })
    }

    /// The leagues that a text describes, or what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: Self = toml::from_str(text).map_err(|error| match text.contains(TABLE) {
            true => format!("{error}({TABLE_ENDS_A_LEAGUE})"),
            false => error.to_string(),
        })?;
        let mut names = BTreeSet::new();
        for league in &file.leagues {
            league.check().map_err(|reason| format!("league {}: {reason}", league.name))?;
            if !names.insert(&league.name) {
                return Err(format!("two leagues are called {:?}: rename one", league.name));
            }
        }
        Ok(file)
    }

    /// The settings of the league of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn league(&self, name: &str) -> Result<&LeagueSettings, NodeError> {
        self.leagues.iter().find(|league| league.name == name).ok_or_else(|| {
            let known: Vec<_> = self.leagues.iter().map(|league| league.name.as_str()).collect();
            NodeError::UnknownLeague { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

/// The terms of a league. Amounts are in the chain's unit, windows in blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LeagueSettings {
    /// Its name in this arena.
    pub name: String,
    /// What is played.
    pub system: String,
    /// Parameters of the System that are not its defaults.
    #[serde(default)]
    pub parameters: BTreeMap<String, u64>,
    /// The data set that is played on, where the System takes one: its SHA-256, or the name of one
    /// that ships. It need not be shown before the first round is played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Where its seeds come from.
    #[serde(default)]
    pub beacon: BeaconKind,
    /// How many matches each agent plays in a round.
    pub matches_per_round: u16,
    /// What an agent's fuel clock holds at the start of a match. A signed league has no fuel.
    #[serde(default)]
    pub fuel_base: u64,
    /// What is added to the clock before each decision.
    #[serde(default)]
    pub fuel_increment: u64,
    /// What the clock holds at most.
    #[serde(default)]
    pub fuel_cap: u64,
    /// What each seat has on its clock in a match whose moves are forced on chain: the league is
    /// signed, its agents are keys and not modules. 0 in a league of modules.
    #[serde(default)]
    pub clock_blocks: u32,
    /// The stake without which an agent may not enter.
    pub minimum_stake: u128,
    /// The least that a false claim costs, where the minimum stake is lower.
    pub claim_bond: u128,
    /// What an agent pays for each round it enters.
    pub entry_price: u128,
    /// The payouts by rank, before multiplication.
    pub payouts: Vec<u128>,
    /// What all payouts are multiplied with.
    pub payout_multiplier: u16,
    /// What an asserter puts up.
    pub assertion_bond: u128,
    /// What the asserter of a final outcome earns out of the purse.
    #[serde(default)]
    pub assertion_payout: u128,
    /// What a demander puts up for each answer that it may get.
    #[serde(default = "default_demand_bond")]
    pub demand_bond: u128,
    /// The capital an owner needs for each of its agents in a round.
    pub slot_capital: u128,
    /// How many agents an owner may have in a round.
    pub slots_per_owner: u16,
    /// How long entries stay open before a round.
    pub entry_blocks: u32,
    /// How long claims are taken after the seed.
    pub claim_blocks: u32,
    /// How long an assertion can be refuted.
    pub challenge_blocks: u32,
    /// What each move of a demand has at least: a demand may hold up a round for 28 of them.
    #[serde(default = "default_demand_blocks")]
    pub demand_blocks: u32,
    /// How long the code of a round's entries may be demanded before its seed exists, and then as long
    /// again shown; where it is 0, the league trusts that sources give its modules.
    #[serde(default)]
    pub code_blocks: u32,
    /// How long a stake stays after its owner leaves.
    pub unbond_blocks: u32,
    /// How long a round waits for a seed or an assertion before it may be voided.
    pub void_blocks: u32,
}

/// The least time that a round waits for a seed that everybody may know before it is drawn. On an L1,
/// the freeze is final after some 75 blocks and the value's own transaction after 75 more; the value
/// is known a minute after the freeze where it is drand's, and after 130 blocks where it is RANDAO's,
/// whose block has to be final as well.
fn void_blocks_min(beacon: BeaconKind) -> u32 {
    match beacon {
        // How long shares take, the beacon says.
        BeaconKind::Offline | BeaconKind::OfflineShared => 0,
        BeaconKind::Drand => 200,
        BeaconKind::Randao => 400,
    }
}

/// What a block of an L1 takes to be final: where code may be demanded, the value is named when the end
/// of that time is.
const FINALITY_BLOCKS: u32 = 75;

/// The demand bond of a league that names none.
fn default_demand_bond() -> u128 {
    1
}

/// The demand blocks of a league that names none.
fn default_demand_blocks() -> u32 {
    1
}

impl LeagueSettings {
    /// The System with the league's parameters.
    ///
    /// # Errors
    /// When there is no such System or it does not accept them.
    pub fn blueprint(&self) -> Result<Blueprint, NodeError> {
        let numbers = self.parameters.iter().map(|(name, &value)| (name.clone(), value.into()));
        let data = self.data.iter().map(|text| (DATA.to_owned(), Given::Text(text.clone())));
        Blueprint::named(&self.system, &numbers.chain(data).collect()).map_err(|error| {
            NodeError::Terms { league: self.name.clone(), reason: error.to_string() }
        })
    }

    /// What is wrong with the terms, before a contract or a System is asked.
    fn check(&self) -> Result<(), String> {
        if !is_name(&self.name) {
            return Err(format!("{:?} is no name: use 1 to 32 of a-z, 0-9 and -", self.name));
        }
        let windows = [
            ("entry-blocks", self.entry_blocks),
            ("claim-blocks", self.claim_blocks),
            ("challenge-blocks", self.challenge_blocks),
            ("demand-blocks", self.demand_blocks),
            ("code-blocks", self.code_blocks),
            ("clock-blocks", self.clock_blocks),
            ("unbond-blocks", self.unbond_blocks),
            ("void-blocks", self.void_blocks),
        ];
        let amounts = [
            ("minimum-stake", self.minimum_stake),
            ("claim-bond", self.claim_bond),
            ("entry-price", self.entry_price),
            ("assertion-bond", self.assertion_bond),
            ("assertion-payout", self.assertion_payout),
            ("demand-bond", self.demand_bond),
            ("slot-capital", self.slot_capital),
        ];
        let amounts = amounts.into_iter().chain(self.payouts.iter().map(|&p| ("payouts", p)));
        let windows =
            windows.map(|(term, blocks)| (term, u128::from(blocks), u128::from(WINDOW_BLOCKS_MAX)));
        let bounded = amounts.map(|(term, amount)| (term, amount, AMOUNT_MAX)).chain(windows);
        for (term, got, most) in bounded {
            if got > most {
                return Err(format!("{term} is {got}, expected at most {most}"));
            }
        }
        let finality = if self.code_blocks == 0 { 0 } else { FINALITY_BLOCKS };
        let least = match void_blocks_min(self.beacon) {
            0 => 0,
            least => least + finality,
        };
        if self.void_blocks < least {
            return Err(format!(
                "void-blocks is {}, expected at least {least} with seeds from {}: a round must not be \
                 given up by who does not like its seed before others can draw it",
                self.void_blocks,
                self.beacon.name()
            ));
        }
        let dispute = self.challenge_blocks + self.void_blocks + 2 * self.code_blocks;
        if self.unbond_blocks < dispute {
            return Err(format!(
                "unbond-blocks is {}, expected at least challenge-blocks + void-blocks + 2 · \
                 code-blocks, {dispute}: a stake must stay until its last round cannot be disputed \
                 any more",
                self.unbond_blocks
            ));
        }
        self.check_sort()?;
        match self.payouts.iter().zip(self.payouts.iter().skip(1)).find(|(rank, next)| rank < next)
        {
            Some((better, worse)) => Err(format!(
                "payouts has {better} before {worse}, expected none above the one before: a worse \
                 rank would earn more"
            )),
            None => Ok(()),
        }
    }

    /// Whether its agents are keys that sign their actions, and not modules.
    pub fn is_signed(&self) -> bool {
        self.clock_blocks != 0
    }

    fn check_sort(&self) -> Result<(), String> {
        let fuel = self.fuel_base | self.fuel_increment | self.fuel_cap;
        if self.is_signed() && fuel != 0 {
            return Err("clock-blocks makes it a signed league, which has no fuel: leave out \
                        fuel-base, fuel-increment and fuel-cap"
                .to_owned());
        }
        if self.is_signed() && self.code_blocks != 0 {
            return Err(
                "clock-blocks makes it a signed league, whose agents are keys and have no \
                        code to show: leave out code-blocks"
                    .to_owned(),
            );
        }
        if !self.is_signed() && fuel == 0 {
            return Err(
                "it has no fuel: give fuel-base, fuel-increment and fuel-cap to a league of \
                        modules, or clock-blocks to a signed one"
                    .to_owned(),
            );
        }
        if self.fuel_base > self.fuel_cap {
            return Err(format!(
                "fuel-base is {}, expected at most fuel-cap, {}: no clock holds more",
                self.fuel_base, self.fuel_cap
            ));
        }
        Ok(())
    }

    /// What the league's matches are played by.
    ///
    /// # Errors
    /// When the terms are out of bounds, there is no such System, it does not accept the parameters,
    /// or no league can play it.
    pub fn rules(&self) -> Result<Rules, NodeError> {
        let refused = |reason| NodeError::Terms { league: self.name.clone(), reason };
        self.check().map_err(refused)?;
        let blueprint = self.blueprint()?;
        let system = blueprint.build_for_trial()?;
        require_seats(&*system).map_err(refused)?;
        if self.is_signed() {
            require_in_turn(&*system).map_err(refused)?;
            return Ok(Rules::signed(&*system));
        }
        Ok(Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: METERING_VERSION,
            system: system.id(),
            parameters: blueprint.parameters().encode(),
            fuel_clock: FuelClock {
                base: self.fuel_base,
                increment: self.fuel_increment,
                cap: self.fuel_cap,
            },
        })
    }
}

/// Says why a System has too many seats for a league, if so.
fn require_seats(system: &dyn System) -> Result<(), String> {
    let (name, seats) = (system.descriptor().name, system.seat_count());
    if seats > SEATS_MAX {
        return Err(format!(
            "{name} has {seats} seats with its parameters, expected at most {SEATS_MAX}: leagues pair \
             their agents; give it parameters with fewer seats, or play it without a league"
        ));
    }
    Ok(())
}

/// Says why a System cannot be played in a signed league, if so: whoever hosts a match sees each
/// action as it comes.
fn require_in_turn(system: &dyn System) -> Result<(), String> {
    let name = system.descriptor().name;
    if system.descriptor().information != Information::Perfect {
        return Err(format!(
            "{name} hides things from seats, and whoever hosts a signed match would see them: use \
             clock-blocks with a System of perfect information"
        ));
    }
    match system.start(Chance::from_seed(&Seed::default())).status() {
        Status::Acting(acting) if acting.count() > 1 => Err(format!(
            "in {name} seats act at the same time, and whoever hosts a signed match would see one \
             action before the other is made: use clock-blocks with a System of turns"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first league of the default ladder with these lines in place of its System and fuel.
    fn league(lines: &str) -> Result<Rules, String> {
        let bronze = DEFAULT_LEAGUES.split("[[league]]").nth(1).unwrap_or_default();
        let kept = bronze.lines().filter(|line| {
            let key = line.split(' ').next().unwrap_or_default();
            key != "system" && !key.starts_with("fuel-")
        });
        let text = format!("[[league]]\n{}\n{lines}\n", kept.collect::<Vec<_>>().join("\n"));
        let file = LeagueFile::parse(&text)?;
        file.leagues[0].rules().map_err(|error| error.to_string())
    }

    #[test]
    fn a_league_plays_an_arena_of_two_snakes_and_none_of_more() {
        let fuel = "fuel-base = 1\nfuel-increment = 1\nfuel-cap = 1";
        let of = |snakes: u8| {
            league(&format!(
                "system = \"snake-arena\"\nparameters = {{ snakes = {snakes} }}\n{fuel}"
            ))
        };
        assert!(of(2).is_ok());
        for seats in [3, 4] {
            let reason = of(seats).map(|_| ()).unwrap_err();
            let expected = format!("snake-arena has {seats} seats with its parameters, expected");
            assert!(reason.contains(&expected), "{reason}");
        }
    }

    #[test]
    fn a_league_of_signed_actions_is_of_turns_and_without_fuel_or_code() {
        for system in ["snake", "connect-four"] {
            let rules = league(&format!("system = \"{system}\"\nclock-blocks = 9"));
            assert!(rules.is_ok_and(|rules| rules.is_signed()), "{system}");
        }
        let refused = |lines: &str| league(lines).map(|_| ()).unwrap_err();
        // Whoever follows its matches has the data, and would answer from them.
        let reason = refused("system = \"forecast\"\nclock-blocks = 9");
        assert!(reason.contains("hides things from seats"), "{reason}");
        let reason = refused("system = \"rps\"\nclock-blocks = 9");
        assert!(reason.contains("seats act at the same time"), "{reason}");
        let reason = refused("system = \"snake\"\nclock-blocks = 9\nfuel-cap = 1");
        assert!(reason.contains("has no fuel"), "{reason}");
        let reason = refused("system = \"snake\"\nclock-blocks = 9\ncode-blocks = 1");
        assert!(reason.contains("have no code to show"), "{reason}");
        let reason = refused("system = \"snake\"");
        assert!(reason.contains("give fuel-base"), "{reason}");
        let fuel = "fuel-base = 1\nfuel-increment = 1\nfuel-cap = 1";
        let rules = league(&format!("system = \"rps\"\n{fuel}"));
        assert!(rules.is_ok_and(|rules| !rules.is_signed()));
    }
}
