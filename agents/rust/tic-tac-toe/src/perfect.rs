//! Never loses: searches to the end, and of cells as good as each other takes the one after which
//! the opponent can go wrong most often.

use core::cmp::Ordering;

use nets_agent_sdk::tic_tac_toe::{BOARD, Packed, has_three};

use crate::cells;

/// The stones of the side to move and of the other one.
#[derive(Clone, Copy)]
struct Position {
    own: u16,
    theirs: u16,
}

/// The first stone, without a search: to this corner seven of eight replies are mistakes.
const FIRST: u64 = 0;

/// The cell to play.
pub fn decide(seen: Packed) -> u64 {
    if seen.free() == BOARD {
        return FIRST;
    }
    let position = Position { own: seen.own(), theirs: seen.theirs() };
    let best = cells(position.free()).max_by_key(|&cell| {
        let after = position.after(cell);
        (after.result().reverse(), mistakes(after))
    });
    // A full board is never asked about.
    best.unwrap_or(0).into()
}

/// How many replies end worse for the side to move than its best one.
fn mistakes(position: Position) -> usize {
    let best = position.result();
    let replies = || cells(position.free());
    replies().filter(|&cell| position.after(cell).result().reverse() < best).count()
}

impl Position {
    fn free(self) -> u16 {
        BOARD & !(self.own | self.theirs)
    }

    /// The position after a stone on `cell`, seen by the other side.
    fn after(self, cell: u8) -> Self {
        Self { own: self.theirs, theirs: self.own | 1 << cell }
    }

    /// How the side to move ends when both play perfectly: less is lost, equal drawn.
    fn result(self) -> Ordering {
        if self.reaches(Ordering::Greater) {
            Ordering::Greater
        } else if self.reaches(Ordering::Equal) {
            Ordering::Equal
        } else {
            Ordering::Less
        }
    }

    /// Whether the side to move can win, or at least draw, whatever the other one does.
    fn reaches(self, goal: Ordering) -> bool {
        if has_three(self.theirs) {
            return false;
        }
        if self.free() == 0 {
            return goal == Ordering::Equal;
        }
        // Who is to be kept from a draw must be beaten, who from a win, held to a draw.
        let prevented = if goal == Ordering::Equal { Ordering::Greater } else { Ordering::Equal };
        cells(self.free()).any(|cell| !self.after(cell).reaches(prevented))
    }
}
