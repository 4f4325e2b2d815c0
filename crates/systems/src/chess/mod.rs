//! Chess: two seats, the rules of FIDE, chance only in the choice of an opening.
//!
//! `position` is the rules, `actions` the moves' numbers and names, `bytes` what is hashed,
//! `match_state` the moment of a match, `positions` where one may begin instead. Bytes, packed
//! observation and scores are those of SPEC.md section 8.7. What chess players exchange is here too:
//! positions as FEN, matches as PGN. Invariant: a position is only ever changed by a move that is
//! legal in it.

mod actions;
mod bytes;
mod fen;
mod legal_moves;
mod match_state;
mod openings;
mod pgn;
mod picture;
mod position;
mod positions;
mod san;
mod tensor;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use cozy_chess::Board;
use nets_core::{
    Action, Chance, DataSpec, Descriptor, Information, ParameterSpec, ParameterValues, Planes,
    RestoreError, Score, Seat, SeatSet, State, System,
};

pub use fen::{FenError, bytes_from_fen, fen_from_bytes};
pub use openings::{Opening, openings};
pub use pgn::{PgnError, pgn};
pub(crate) use positions::START;

use match_state::Match;
use openings::OPENINGS;
use position::Position;

/// The facts of chess.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "chess",
    version: 1,
    summary: "Chess: the rules of FIDE, with draws given at once.",
    rules: "\
Chess by the laws of FIDE; seat 0 is White. Castling, en passant and promotion to knight, bishop,
rook or queen are as usual. Mate wins. The match is drawn at once by stalemate; when neither side
could ever mate (bare kings, one knight more, or only bishops that all stand on squares of one
colour); when a position comes up for the third time (same mover, same rights to castle, same legal
captures en passant); and after 100 plies without a capture or a pawn's move. A match that reaches
the ply limit is scored as a draw. Where several of these hold at once, the first of mate,
stalemate, material, repetition, fifty moves and limit counts. With `openings` at n, the first plies
are those of one of the first n lines of a list of balanced openings, drawn by chance; they count as
played. With `data` a match begins at one of the positions in it, drawn by chance. A win scores 2, a
draw 1, a loss 0. A seat that forfeits scores 0 and its opponent 2.

An action is from + 64 * to + 4096 * promotion, named as in UCI: e2e4, e7e8q. Squares count from
a1 = 0 by files, then ranks, to h8 = 63; promotion is 1 knight, 2 bishop, 3 rook, 4 queen, else 0;
castling is the king's move of two squares.

Source: FIDE Laws of Chess, 2023, articles 1 to 5 and 9. By articles 9.2 and 9.3 a player claims a
draw for the third time and for fifty moves, and by 9.6 only the fifth time and 75 moves end a game
by themselves; here nobody claims. OpenSpiel's chess gives the same draws at once. It numbers actions
otherwise, White is its player 1, it has no ply limit, and it takes positions for different ones also
where a pin forbids the capture en passant.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[
        ParameterSpec {
            name: "openings",
            meaning: "openings to choose from, 0 for the start position",
            min: 0,
            max: OPENINGS.len() as u64,
            default: 0,
        },
        ParameterSpec {
            name: "ply-limit",
            meaning: "plies in a match at most, those of the opening included",
            min: 16,
            max: 10_000,
            default: 400,
        },
    ],
    data: Some(DataSpec {
        meaning: "positions to begin at, one of them drawn by chance: a file with a FEN in each \
                  line, by its SHA-256",
        default: None,
    }),
    packed_layout: "\
Sixty-four bits hold no position; these are four moves to choose from, for agents that read nothing
else. Of the n legal actions in ascending order they are those at 0, n/4, 2n/4 and 3n/4, rounded
down.
bits  0-14  the first of them, zero where the seat does not act
bits 15-29  the second
bits 30-44  the third
bits 45-59  the fourth
bit  60     the seat: 0 White, 1 Black
bit  61     1 where the seat is to move and in check
others      zero",
    observation_layout: "\
Squares count from a1 = 0 by files, then ranks, to h8 = 63; files from a = 0.
bytes 0-1   plies since the start position, u16; White moves where it is even
byte  2     status: 0 running, 1 White won, 2 Black won, draws by 3 stalemate, 4 material,
            5 repetition, 6 fifty moves, 7 ply limit
byte  3     plies since the last capture or pawn's move
byte  4     rights to castle: bit 0 White's with the rook h1, 1 with a1, 2 Black's with h8, 3 with a8
byte  5     file on which a capture en passant is legal, 8 none
byte  6     the same for the position before the moves below
byte  7     how many moves there were since the last capture, pawn's move or change of rights
bytes 8-39  the board, two squares a byte, the first in the lower half: 0 empty, 1 to 6 White's
            pawn, knight, bishop, rook, queen, king, 9 to 14 Black's
bytes 40-   those moves, oldest first, u16 each: from | to << 6",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[plane, rank, file], rank 0 the first, file 0 the a; 1 where it is so, else 0; the same for both
seats
planes 0-11   White's king, Black's king, then so the queens, rooks, bishops, knights and pawns
plane  12     an empty square
The others have one number on all squares:
plane  13     0, 0.5, 1 where the position is on the board for the first, second, third time
plane  14     1 where White is to move
plane  15     plies since the last capture or pawn's move, divided by 101
planes 16-19  rights to castle: White's to the a-file, White's to the h-file, then so Black's
This is the observation tensor of OpenSpiel's chess.",
};

/// The rules with their parameters.
#[derive(Debug)]
pub(crate) struct Chess {
    parameters: ParameterValues,
    opening_count: u64,
    ply_limit: u16,
    start: Position,
    /// Where matches begin instead, if there are any.
    positions: Vec<Position>,
}

/// Whether the parameters go together; an error says in words why not.
pub(crate) fn check(parameters: &ParameterValues) -> Result<(), String> {
    match (parameters.values(), parameters.data()) {
        (&[openings, ..], Some(_)) if openings > 0 => {
            Err(format!("openings is {openings}, expected 0 with data, which says where to begin"))
        }
        _ => Ok(()),
    }
}

impl Chess {
    /// The System with parameters of [`DESCRIPTOR`].
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let &[opening_count, ply_limit] = parameters.values() else {
            unreachable!("parameters are made from the descriptor's specs")
        };
        let start = Position::new(Board::startpos(), 0);
        let (ply_limit, positions) = (ply_limit as u16, Vec::new());
        Self { parameters, opening_count, ply_limit, start, positions }
    }

    /// The System with parameters of [`DESCRIPTOR`], on a data set of positions.
    ///
    /// # Errors
    /// With the reason in words when the data set is none.
    pub(crate) fn on_positions(parameters: ParameterValues, data: &[u8]) -> Result<Self, String> {
        let chess = Self::new(parameters);
        let positions = positions::read(data, chess.ply_limit)?;
        Ok(Self { positions, ..chess })
    }

    /// The opening of the match with this chance, if there is one.
    fn opening(&self, chance: Chance) -> Option<&'static Opening> {
        let drawn = (self.opening_count > 0).then(|| chance.draw(0, self.opening_count));
        drawn.and_then(|index| OPENINGS.get(index as usize))
    }

    /// Where the match with this chance begins, before its opening.
    fn beginning(&self, chance: Chance) -> &Position {
        let count = self.positions.len() as u64;
        let drawn = (count > 0).then(|| chance.draw(0, count));
        drawn.and_then(|index| self.positions.get(index as usize)).unwrap_or(&self.start)
    }

    fn chance_event_count(&self) -> u32 {
        (self.opening_count > 0 || !self.positions.is_empty()).into()
    }
}

impl System for Chess {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        actions::ACTION_COUNT
    }

    fn step_count_max(&self) -> u32 {
        self.ply_limit.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        bytes::BYTES_MAX as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        [Seat(0), Seat(1)].map(|seat| if forfeits.contains(seat) { 0 } else { 2 }).to_vec()
    }

    fn start(&self, chance: Chance) -> Box<dyn State> {
        let mut position = self.beginning(chance).clone();
        for action in self.opening(chance).into_iter().flat_map(Opening::actions) {
            if let Some(chosen) = position.legal_move(action) {
                position.play(chosen, action);
            }
        }
        Box::new(Match::new(position, self.ply_limit, self.chance_event_count()))
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        let (position, _) = bytes::read(bytes, self.ply_limit)?;
        Ok(Box::new(Match::new(position, self.ply_limit, self.chance_event_count())))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        tensor::SHAPE.to_vec()
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let (position, _) = bytes::read(observation, self.ply_limit)?;
        tensor::write(&position, tensor);
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        let (position, _) = bytes::read(observation, self.ply_limit)?;
        let state = Match::new(position, self.ply_limit, self.chance_event_count());
        Ok(state.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        actions::name_of(action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        actions::action_of(name)
    }
}
