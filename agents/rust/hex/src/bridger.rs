//! Links its edges by bridges and is in the way of the opponent's: looks a stone ahead.
//!
//! A cell is good where few stones are missing for the links that go through it, both for its own
//! and for the opponent's. The best of these are tried out. How many, the fuel says that the host
//! tells, never time.

use nets_agent_sdk::Observation;
use nets_agent_sdk::hex::{Board, SIZE_MAX};

use crate::distances::Side;
use crate::{free_cells, from_centre};

/// What trying out a cell costs on the average, in fuel.
const FUEL_PER_CELL: u64 = 160_000;

/// One decision takes this part of the fuel there is: however many follow, some is always left.
const PART_OF_FUEL: u64 = 8;

const CELLS_MAX: usize = SIZE_MAX as usize * SIZE_MAX as usize;

/// A free cell: how many stones are missing for links through it, how far it is from the centre,
/// its line and place. The least is the most promising.
type Candidate = (u16, u8, u8, u8);

/// The cell to play.
///
/// # Panics
/// When the observation is of another System than `hex`.
pub fn decide(seen: Observation<'_>) -> u64 {
    let board = Board::new(seen);
    let (mut own, mut theirs) = (Side::of_agent(board), Side::of_opponent(board));
    let mut candidates = Candidates::new(board, &own, &theirs);
    let tried = (seen.fuel_left / PART_OF_FUEL / FUEL_PER_CELL).max(1);
    let mut best = (i16::MIN, 0);
    for _ in 0..tried {
        let Some((_, _, line, place)) = candidates.next_best() else { break };
        own.own(line, place);
        theirs.close(place, line);
        let ahead = i16::from(theirs.missing()) - i16::from(own.missing());
        own.free(line, place);
        theirs.free(place, line);
        if ahead > best.0 {
            best = (ahead, board.action(line, place));
        }
    }
    best.1.into()
}

/// Candidates that are still to be tried out.
struct Candidates {
    cells: [Candidate; CELLS_MAX],
    count: usize,
}

impl Candidates {
    /// All free cells, seen from both sides.
    fn new(board: Board<'_>, own: &Side, theirs: &Side) -> Self {
        let (own, theirs) = (own.distances_from_edges(), theirs.distances_from_edges());
        let mut candidates = Self { cells: [(0, 0, 0, 0); CELLS_MAX], count: 0 };
        for (line, place) in free_cells(board) {
            let missing: u16 = own.iter().map(|edge| u16::from(edge.of(line, place))).sum();
            let their_missing: u16 =
                theirs.iter().map(|edge| u16::from(edge.of(place, line))).sum();
            let from_centre = from_centre(board, line, place);
            candidates.cells[candidates.count] =
                (missing + their_missing, from_centre, line, place);
            candidates.count += 1;
        }
        candidates
    }

    /// Takes the most promising one out.
    fn next_best(&mut self) -> Option<Candidate> {
        let left = &mut self.cells[..self.count];
        let (place, _) = left.iter().enumerate().min_by_key(|&(_, candidate)| candidate)?;
        self.count -= 1;
        left.swap(place, self.count);
        Some(left[self.count])
    }
}
