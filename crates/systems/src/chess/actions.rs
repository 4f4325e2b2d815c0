//! Moves as numbers and as words: `from | to << 6 | promotion << 12`, and UCI.
//!
//! Squares count from a1 = 0 by files, then ranks, to h8 = 63; castling is the king's step of two
//! squares. Invariant: every number below [`ACTION_COUNT`] is written in one way and read back,
//! whether or not it could ever be legal.

use alloc::format;
use alloc::string::String;

use cozy_chess::{Move, Piece, Square};
use nets_core::Action;

use crate::action_names;

/// Actions are numbers below this.
pub(super) const ACTION_COUNT: u64 = 5 << 12;

/// What a pawn may become, in the order of its numbers from 1.
pub(super) const PROMOTIONS: [Piece; 4] = [Piece::Knight, Piece::Bishop, Piece::Rook, Piece::Queen];

const PROMOTION_LETTERS: [char; 4] = ['n', 'b', 'r', 'q'];

/// The move with this number, castling as the king's step.
pub(super) fn move_of(action: Action) -> Option<Move> {
    if action.0 >= ACTION_COUNT {
        return None;
    }
    let square = |shift: u32| Square::index((action.0 >> shift & 63) as usize);
    let promotion = match (action.0 >> 12) as usize {
        0 => None,
        number => Some(PROMOTIONS[number - 1]),
    };
    Some(Move { from: square(0), to: square(6), promotion })
}

/// The number of a move without promotion.
pub(super) fn number_of(from: Square, to: Square) -> u64 {
    from as u64 | (to as u64) << 6
}

/// The name of `action`, as `e2e4` or `e7e8q`.
pub(super) fn name_of(action: Action) -> String {
    let Some(Move { from, to, .. }) = move_of(action) else {
        return action_names::name_of(&[""; 0], action);
    };
    let mut name = format!("{from}{to}");
    if let Some(index) = (action.0 >> 12).checked_sub(1) {
        name.push(PROMOTION_LETTERS[index as usize]);
    }
    name
}

/// The action of that name; a number is read as itself.
pub(super) fn action_of(name: &str) -> Option<Action> {
    uci(name).or_else(|| action_names::action_of(&[""; 0], name))
}

fn uci(name: &str) -> Option<Action> {
    let from: Square = name.get(0..2)?.parse().ok()?;
    let to: Square = name.get(2..4)?.parse().ok()?;
    let mut rest = name.get(4..)?.chars();
    let promotion = match rest.next() {
        None => 0,
        Some(letter) => 1 + PROMOTION_LETTERS.iter().position(|known| *known == letter)? as u64,
    };
    rest.next().is_none().then_some(Action(number_of(from, to) | promotion << 12))
}
