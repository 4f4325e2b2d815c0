//! What a watcher has seen and done, in numbers.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::WatchTurn;

/// What a watcher has seen and done since it was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WatchCounts {
    /// Looks at the chain.
    pub turns: u64,
    /// The last final block.
    pub block: u64,
    /// What was done, by its kind.
    pub done: BTreeMap<&'static str, u64>,
    /// What was tried and refused.
    pub refused: u64,
    /// Leagues that could not be looked at, in the latest turn.
    pub problems: u64,
    /// Assertions that stand, by how they are seen, in the latest turn.
    pub standing: BTreeMap<&'static str, u64>,
}

impl WatchCounts {
    /// Counts a turn.
    pub fn count(&mut self, turn: &WatchTurn) {
        self.turns += 1;
        self.block = turn.block;
        for deed in &turn.done {
            *self.done.entry(deed.kind.name()).or_default() += 1;
        }
        self.refused += turn.refused.len() as u64;
        self.problems = turn.problems.len() as u64;
        self.standing.clear();
        for one in &turn.standing {
            *self.standing.entry(one.judged.standing.name()).or_default() += 1;
        }
    }

    /// The numbers in the text format that Prometheus reads.
    pub fn to_prometheus(&self) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: Vec<(String, u64)>| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP nets_watch_{name} {help}");
            let _ = writeln!(text, "# TYPE nets_watch_{name} {kind}");
            for (labels, value) in lines {
                let _ = writeln!(text, "nets_watch_{name}{labels} {value}");
            }
        };
        let one = |value| vec![(String::new(), value)];
        let each = |label: &str, values: &BTreeMap<&str, u64>| {
            let line = |(name, value): (&&str, &u64)| (format!("{{{label}=\"{name}\"}}"), *value);
            values.iter().map(line).collect::<Vec<_>>()
        };
        family("turns_total", "counter", "Looks at the chain.", one(self.turns));
        family("last_final_block", "gauge", "The last final block.", one(self.block));
        let done = each("kind", &self.done);
        family("deeds_total", "counter", "What was done, by its kind.", done);
        family("refused_total", "counter", "What was tried and refused.", one(self.refused));
        let problems = "Leagues that could not be looked at in the latest turn.";
        family("problems", "gauge", problems, one(self.problems));
        let standing = each("standing", &self.standing);
        let seen = "Assertions that stand, by how they are seen.";
        family("assertions", "gauge", seen, standing);
        text
    }
}
