//! Goes to apples that it reaches first, and never to where it would not have room.
//!
//! Each way is judged by the ground that would be its own: the cells that it reaches before any
//! other snake, or at the same time where it would win them. There must be more of them than it is
//! long; of ways with so much room, the one that is nearest to an apple is taken, and without an
//! apple of its own the roomiest.

use nets_agent_sdk::Observation;
use nets_agent_sdk::snake::Direction;
use nets_agent_sdk::snake_arena::{Arena, Packed};

use crate::ground::{Arrivals, CELLS, Ground, NEVER};

/// The way to go.
pub fn decide(seen: Observation<'_>) -> Direction {
    let packed = Packed::new(seen.packed);
    let arena = Arena::new(seen);
    let ground = Ground::new(&arena);
    let deadline = deadline(&arena, &ground, packed);
    let worth = |way: &Direction| {
        let Some(cell) = packed.size().neighbour(packed.head(), *way) else {
            return (false, false, 0, 0, 0);
        };
        let own = ground.arrivals([cell].into_iter(), 1, &deadline);
        let room = own.iter().filter(|&&step| step != NEVER).count();
        let is_roomy = room > usize::from(packed.length());
        let apple = steps_to_apple(&arena, &own);
        let enough = if is_roomy { usize::MAX } else { room };
        (!packed.is_blocked(*way), !packed.is_contested(*way), enough, NEVER - apple, room)
    };
    Direction::ALL.into_iter().max_by_key(worth).unwrap_or(Direction::Up)
}

/// The step from which on each cell is another snake's: a longer snake wins cells that it reaches
/// at the same time.
fn deadline(arena: &Arena<'_>, ground: &Ground, packed: Packed) -> Arrivals {
    let others = arena.snakes().filter(|(seat, _)| *seat != arena.seat());
    let heads = others.filter_map(|(_, snake)| snake.cells.last().copied());
    let heads = heads.map(|head| arena.size().cell(head.into()));
    let mut steps = ground.arrivals(heads, 0, &[NEVER; CELLS]);
    if packed.length() > packed.longest_other() {
        steps.iter_mut().for_each(|step| *step = step.saturating_add(1));
    }
    steps
}

/// How far it is to the nearest apple that is reached in time.
fn steps_to_apple(arena: &Arena<'_>, own: &Arrivals) -> u16 {
    let apples = (0..arena.size().cells()).filter(|&index| arena.has_apple(index));
    apples.map(|index| own[index]).min().unwrap_or(NEVER)
}
