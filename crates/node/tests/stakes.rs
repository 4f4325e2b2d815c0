//! Renewals: what an owner can pay for is bought, and the rest is told.

use std::sync::Mutex;

use nets_node::{
    AgentEntry, ArenaNode, LeagueFile, LeagueSettings, MemberState, Progress, run_round,
};

use crate::support::{module, two_threads};

const LEAGUE: &str = "bronze";

/// What a round has to say.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, text: &str) {
        // Every round says that it is asserted.
        if !text.contains("asserted") {
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
}

fn arena(root: &std::path::Path) -> ArenaNode {
    let mut node = ArenaNode::init(root, None).unwrap();
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let league = LeagueSettings {
        parameters: [("step-limit".to_owned(), 5)].into(),
        slot_capital: 0,
        claim_blocks: 1,
        ..file.league(LEAGUE).unwrap().clone()
    };
    node.create_league(&league).unwrap();
    node.fund_league(LEAGUE, 10_000).unwrap();
    node.create_account("ada", None).unwrap();
    node.fund_account("ada", 100).unwrap();
    node
}

#[test]
fn an_owner_enters_as_many_agents_again_as_it_can_pay() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = arena(&folder.path().join("arena"));
    let modules = ["snake-greedy", "snake-scout"].map(module);
    let entries = modules.each_ref().map(|module| AgentEntry {
        owner: "ada",
        module,
        stake: None,
        rounds: 1,
    });
    let before = node.head().unwrap().number;
    let entered = node.add_agents(LEAGUE, &entries).unwrap();
    assert_eq!(entered.iter().map(|agent| agent.member).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(node.head().unwrap().number, before + 1, "they entered in one block");
    let notes = Notes::default();
    assert_eq!(run_round(&mut node, LEAGUE, two_threads(), &notes).unwrap().standings.len(), 2);
    assert_eq!(notes.0.lock().unwrap().as_slice(), [""; 0]);
    let ada = node.account("ada").unwrap().address();
    let (free, _) = node.capital(&ada).unwrap();
    node.withdraw("ada", free - 1).unwrap();
    assert_eq!(run_round(&mut node, LEAGUE, two_threads(), &notes).unwrap().standings.len(), 1);
    let fades = "agent snake-scout (member 1 of bronze) of ada fades out: its account holds 0 free \
                 coin, 1 are needed";
    assert_eq!(notes.0.lock().unwrap().as_slice(), [fades]);
    let states = node.member_states(LEAGUE).unwrap();
    assert!(states.iter().all(|(_, state)| *state == MemberState::Unpaid), "{states:?}");
}
