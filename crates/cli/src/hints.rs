//! What to do about an arena's errors. There is a hint for each, and the compiler asks for those of
//! new ones: nothing here is matched by `_`.

use nets_node::{ArenaError, ChainError, LogError, NodeError, Refusal};
use nets_systems::BuildError;

const BUG: &str = "please report this with the command that led to it";
const COPY: &str = "get the file back from a copy of the arena";
const DISK: &str = "check the path, its permissions and the room on the disk";
const KEY: &str = "get the key back from a copy; without it nobody can sign for the account";
const MEMBERS: &str =
    "`nets agent list` lists the agents, their numbers and the rounds they are in";
const SIGN_AGAIN: &str =
    "leave the line out, or have its owner sign it again with `nets batch sign`";
const BATCHES: &str = "`nets batch list` says how far each batch is";
const RESUME: &str = "everything done so far is kept; run the same command to go on";
const RELEASE: &str = "use the release of nets that the arena was made with";
const TERMS: &str = "correct it in leagues.toml; `nets systems NAME` lists what a System takes";
const MISSING: &str = "get the file back from a copy of the arena, or name who has it with --source or under \
     sources in arena.toml; `nets fetch` gets all that is missing";
const SMALLER: &str =
    "make it smaller, as with wasm-opt -Oz or fewer weights, or enter a league without code-blocks";
const WORTHLESS: &str = "leave beacon out in leagues.toml, or found the arena on a public chain with \
     `nets init DIR --chain URL`";
const BEACON: &str = "write its address under [beacons] in arena.toml if it is one of nets, or wait until \
     somebody has brought the value";
const DRAND: &str = "run the same command to go on; drand-sources under [beacons] in arena.toml names other \
     sources";
const NO_NEW_COIN: &str = "on a chain elsewhere `nets chain fund` sends an account coin of the operator's, and \
     `nets account deposit` pays it in";
const POOR_INSIDE: &str = "`nets account fund NAME AMOUNT` gives an account coin; on a chain elsewhere \
     `nets account deposit` pays in what it holds outside";
const POOR_OUTSIDE: &str = "`nets chain fund NAME AMOUNT` gives an account coin outside the arena, `nets account \
     withdraw` takes out what it has inside";
const LATE_CLAIM: &str = "claim right after `nets round open`, for several members in one command; a league \
     created with larger claim-blocks takes claims longer";
const NOT_ELSEWHERE: &str =
    "leave out --chain; `nets init DIR --chain URL` makes an arena on a chain elsewhere";
const NO_SHARES: &str = "create another league with beacon = \"offline-shared\" in leagues.toml";
const ACCOUNT_EXISTS: &str = "give the new one another name, or that one coin with `nets account fund NAME AMOUNT`; \
     `nets account list` lists them";
const PASSWORD: &str = "give the right password, by NETS_PASSWORD_FILE or where it is asked for";
const NO_CONTRACTS: &str =
    "send the operator coin for gas, then put them there with `nets chain deploy`";
const NO_BEACON: &str = "`nets chain deploy` puts the beacons there that leagues.toml names";
const MACHINE: &str =
    "the machine lacks memory or processes: free some and run the same command again";
const ENGINES: &str = "please report the modules; `nets round void LEAGUE` gives the round up and pays its \
     entries back";
const ROUNDS: &str = "`nets round list LEAGUE` lists its rounds, `nets round run LEAGUE` runs one";
const HOW_FAR: &str = "`nets round list LEAGUE` says how far its rounds are; `nets round void LEAGUE` gives up \
     one that cannot go on";
const DATA: &str = "once it is shown, `nets data add FILE` puts it there, or --source or sources \
     in arena.toml name who has it; a round whose data never come is given up with `nets round \
     void LEAGUE`";
const UNWANTED: &str = "give the file as it was when the league was made: one changed byte makes \
     it another data set";
const NO_SUCH_SERIES: &str = "no round on it can be played: give it up with `nets round void \
     LEAGUE`, and check the next one with `nets data check FILE` before a league is made on it";
const JOURNAL: &str = "get the journal back from where it was, or enter a new key: a key that signs \
     two actions for one step loses its stake";

/// What to do about an error of an arena.
pub(crate) fn hint(error: &NodeError) -> String {
    use NodeError as Of;
    let hint = match error {
        Of::Refused { refusal, .. } => return of_refusal(refusal),
        Of::Chain { hint, .. } => return hint.clone(),
        Of::Arena(error) => return of_arena(error),
        Of::NotAnArena { .. } => "make one with `nets init DIR`, or name one with --arena DIR",
        Of::Occupied { .. } => "name a folder that is not there yet",
        Of::Io { .. } => DISK,
        Of::Settings { .. } | Of::KeyVariable { .. } => "correct it and try again",
        Of::LeagueEntry { .. } => COPY,
        Of::NoCode { .. } => "ask another node of the chain, one that keeps all logs",
        Of::MissingArtifact { .. } => MISSING,
        Of::NoSource { .. } => "name another source with --source or under sources in arena.toml",
        Of::Registration { .. } => SIGN_AGAIN,
        Of::UnknownBatch { .. } => BATCHES,
        Of::Listen { .. } => "name another address and port; port 0 is any free one",
        Of::WorthlessBeacon { .. } => WORTHLESS,
        Of::BeaconNotDeployed { .. } => NO_BEACON,
        Of::UnknownBeacon { .. } => BEACON,
        Of::NoDrandValue { .. } => DRAND,
        Of::DamagedArtifact { .. } => "replace the file by an intact copy",
        Of::Key { .. } => KEY,
        Of::Keystore { .. } => PASSWORD,
        Of::OutOfReach { .. } => "others check a copy of its folder, with `nets verify DIR`",
        Of::TooPoorOutside { .. } => POOR_OUTSIDE,
        Of::TakesNoShares { .. } => NO_SHARES,
        Of::Source { .. } => "correct it, in --source or under sources in arena.toml",
        Of::SameAgent { .. } => "name each agent once; the same module enters once for each owner",
        Of::TooMuchCoin { .. } => "give less",
        Of::EmbeddedOnly { action: "given new coin", .. } => NO_NEW_COIN,
        Of::EmbeddedOnly { .. } => "use a build of nets with its feature evm",
        Of::NotDeployed { .. } => NO_CONTRACTS,
        Of::NotEmbedded { .. } => "leave out --chain, or name another node of that chain with it",
        Of::NotElsewhere { .. } => NOT_ELSEWHERE,
        Of::HasContracts { .. } => "the arena is ready: `nets league create NAME` is next",
        Of::UnknownAccount { .. } => "make it with `nets account new NAME`",
        Of::Name { .. } => "give it another name",
        Of::AccountExists { .. } => ACCOUNT_EXISTS,
        Of::UnknownLeague { .. } => "create it with `nets league create NAME`",
        Of::LeagueExists { .. } => "give it another name in leagues.toml",
        Of::Terms { .. } | Of::Schedule(_) => TERMS,
        Of::UnknownAgent { .. } | Of::NotInRound { .. } => MEMBERS,
        Of::AmbiguousAgent { .. } => "name it by its member number or its id, or add --owner",
        Of::NotOwner { .. } => "leave out --owner, or name another agent",
        Of::ForeignOwner { .. } => "only who has the owner's key can do that",
        Of::TooLargeToShow { .. } => SMALLER,
        Of::Inadmissible { .. } => "`nets agent check FILE` says more",
        Of::System(error) => of_system(error),
        Of::MissingData { .. } => DATA,
        Of::UnwantedData { .. } => UNWANTED,
        Of::NoDecision { .. } => "name a step and a seat that acts in it",
        Of::Score(_) | Of::Image | Of::Trial(_) | Of::Judge(_) => BUG,
        Of::Load(_) | Of::Play { .. } | Of::Engine(_) => MACHINE,
        Of::EnginesDisagree { .. } => ENGINES,
        Of::JournalInUse { .. }
        | Of::Journal { .. }
        | Of::Model(_)
        | Of::KeysOnly { .. }
        | Of::ModulesOnly { .. }
        | Of::MissingRecord { .. }
        | Of::FalseRecord { .. }
        | Of::NoTable { .. } => of_signed(error),
        Of::Interrupted => RESUME,
        Of::TooLateToClaim { .. } => LATE_CLAIM,
        Of::NotAsserted { .. } => "`nets verify` says what else is not as it should be",
        Of::NoRound { .. } => "`nets round open LEAGUE` opens one, `nets round run` runs it",
        Of::NoFinalRound { .. } => ROUNDS,
        Of::Round { .. } => HOW_FAR,
    };
    hint.to_owned()
}

/// What to do about a System that cannot be built.
fn of_system(error: &BuildError) -> &'static str {
    use BuildError as Of;
    match error {
        Of::UnknownName { .. }
        | Of::UnknownVersion { .. }
        | Of::Parameters { .. }
        | Of::Contradictory { .. } => RELEASE,
        Of::UnknownData { .. } => "`nets data list` lists those that come with nets",
        Of::MissingData { .. } | Of::OtherData { .. } => DATA,
        Of::Data { .. } => NO_SUCH_SERIES,
    }
}

/// What to do about an error of a signed league, or of an agent that is served.
fn of_signed(error: &NodeError) -> &'static str {
    use NodeError as Of;
    match error {
        Of::JournalInUse { .. } => "let the other one play, or end it first",
        Of::Journal { .. } => JOURNAL,
        Of::Model(_) => "run the model by hand: it reads a question a line and answers with a line",
        Of::KeysOnly { .. } => "enter its key with --key ADDRESS; `nets agent key FILE` makes one",
        Of::ModulesOnly { .. } => "enter a module, and serve keys in signed leagues only",
        Of::NoTable { .. } => {
            "host the round with --listen ADDRESS:PORT, or get its records with `nets fetch`"
        }
        _ => "get it with `nets fetch --source SOURCE` from whoever hosted or watched the round",
    }
}

fn of_arena(error: &ArenaError) -> String {
    match error {
        ArenaError::Chain(error) => of_chain(error),
        ArenaError::Refused { .. } => {
            "`nets round list`, `nets agent list` and `nets account list` say how things stand"
                .to_owned()
        }
        ArenaError::Answer { .. } => RELEASE.to_owned(),
    }
}

fn of_chain(error: &ChainError) -> String {
    use ChainError as Of;
    let hint = match error {
        Of::Log(error) => return of_log(error),
        Of::Remote { hint, .. } | Of::Insufficient { hint, .. } => return hint.clone(),
        Of::Locked { .. } => "wait for it to end and run the command again",
        Of::Io { .. } => DISK,
        Of::Deployment { .. } => RELEASE,
        Of::Transaction(_) => KEY,
        Of::Invalid { .. } | Of::Reverted { .. } => BUG,
        Of::Interrupted => RESUME,
    };
    hint.to_owned()
}

fn of_log(error: &LogError) -> String {
    let copy = "get blocks.log back from a copy of the arena";
    match error {
        LogError::Io { .. } => DISK.to_owned(),
        LogError::Missing { .. }
        | LogError::Header { .. }
        | LogError::Record { .. }
        | LogError::Hash { .. }
        | LogError::Chain { .. } => copy.to_owned(),
        LogError::Receipts { .. } | LogError::Execution { .. } => format!("{copy}, or {RELEASE}"),
        LogError::Lost { end, .. } => format!(
            "{copy}, or delete state.cache beside it to go on without the blocks after {end}"
        ),
        LogError::Replaced { .. } => {
            format!("{copy}, or delete state.cache beside it to go on with this log")
        }
    }
}

/// What an owner or operator can do about a refusal of the contract.
fn of_refusal(refusal: &Refusal) -> String {
    use Refusal as Of;
    let hint = match refusal {
        Of::TooEarly { block, earliest } => {
            let left = earliest.saturating_sub(*block);
            return format!("rounds make blocks, and so does `nets chain advance {left}`");
        }
        Of::TooPoor { .. } | Of::CapitalTooLow { .. } => POOR_INSIDE,
        Of::StakeTooLow { .. } => {
            "stake at least that; for an agent that is in, with `nets agent stake`"
        }
        Of::AlreadyMember { .. } => {
            "`nets agent renew` pays for further rounds, `nets agent stake` adds to its stake"
        }
        Of::SlotsExhausted { .. } => {
            "enter it into another round or league, or under another owner with capital of its own"
        }
        Of::RoundsOutOfRange { .. } => "give a number of --rounds in that range",
        Of::Banned => "it never plays in this league again; enter another agent",
        Of::Leaving => {
            "`nets agent list` says when its stake is free, `nets agent withdraw` takes it"
        }
        Of::NotLeaving => "ask for it with `nets agent unbond` first",
        Of::NothingStaked => "`nets agent stake` adds to a stake",
        Of::RoundUnderWay { .. } | Of::AssertionStands | Of::EarlierAssertion { .. } => {
            "`nets round run LEAGUE` brings the round to its end"
        }
        Of::TermOutOfRange { .. } | Of::OddMatches { .. } | Of::NothingToLose => {
            "correct it in leagues.toml"
        }
        Of::NoContract { .. } => "choose a System that the arena's contracts know",
        Of::AmountTooLarge { .. } => "name a smaller amount",
        Of::LeagueFull { .. } => "create another league for further agents",
        Of::UnknownMember { .. } | Of::NotActive { .. } => MEMBERS,
        Of::TooFewEntries { .. } => {
            "`nets agent add` enters agents, `nets agent renew` those that were in"
        }
        Of::TooFewShown { .. } => {
            "`nets round void LEAGUE` gives the round up and pays back those who showed their code"
        }
        Of::TooManyEntries { .. } => "create another league for some of the agents",
        Of::PurseTooLow { .. } => "`nets league fund LEAGUE AMOUNT` pays into it",
        Of::SeedUnknown => {
            "run the command again once the beacon has given it; `nets round void LEAGUE` gives up \
             a round that never gets it"
        }
        Of::WrongStatus { .. } => "`nets round list LEAGUE` says how far its rounds are",
        Of::CodeKnown => "nothing is left to be done: whoever reads the chain has it",
        Of::AlreadyClaimed { .. } => "`nets round run LEAGUE` goes on with the round",
        Of::ScoreCount { .. } => {
            "give --each a score for each match, or leave it out to have them computed"
        }
        Of::TotalNotTaken { .. } => "claim with --each, or with neither to have scores computed",
        Of::PaymentRefused { .. } => "pay another account, or one that is no contract",
        Of::NotOwner { .. } => "only who has its key can do that",
        Of::StakeOfSponsor { .. } => "have the payout in the owner's account",
        Of::NotEnrolled => "`nets batch enroll` gives it a record of its own",
        Of::DemandsOpen { .. } => {
            "`nets watch` gives what is demanded, from a folder that has the batch"
        }
        Of::BatchPaused { .. } => "`nets agent renew` enters single agents of it again",
        Of::WrongBatchStatus { .. } => BATCHES,
        Of::TooLate { .. } => "a league created with longer windows takes more time",
    };
    hint.to_owned()
}
