//! Matches of two agents over many seeds, from both seats of each.

use nets_core::Score;
use trial::{Player, play, score_sum};

use crate::module;

/// How many seeds a pair of agents plays on.
const SEEDS: u64 = 100;

/// A player of an agent's function, with a memory of its own.
pub(crate) type Source = fn() -> Player<'static>;

/// Agents by the ends of their names, the weakest first.
pub(crate) type Agents = [(&'static str, Source)];

/// Checks that each agent beats each weaker one on all seeds and from both seats: that its mean
/// score is above `even`, what equals have.
pub(crate) fn each_beats_the_weaker_ones(system: &str, even: Score, agents: &Agents) {
    for (rank, (name, own)) in agents.iter().enumerate() {
        for (weaker, theirs) in &agents[..rank] {
            let sum = score_sum(SEEDS, 0, (system, &[]), *own, *theirs);
            let above = sum - even * 2 * SEEDS as Score;
            println!("{system}: {name} against {weaker} {above:+} over {SEEDS} seeds");
            assert!(above > 0, "{system}: {name} against {weaker} {above:+}");
        }
    }
}

/// Checks that the committed module of each agent does what its function does, in a match of each
/// two.
pub(crate) fn modules_agree(system: &str, agents: &Agents) {
    for (first, first_source) in agents {
        for (second, second_source) in agents {
            let modules = [first, second].map(|name| module(&format!("{system}-{name}")));
            let committed = play(system, &[], 1, &mut { modules });
            let source = play(system, &[], 1, &mut [first_source(), second_source()]);
            assert!(source.forfeits.is_empty(), "{first} against {second}");
            assert_eq!(source, committed, "{first} against {second}");
        }
    }
}
