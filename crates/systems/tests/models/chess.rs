//! Chess on a board of letters: moves are tried and taken back where they leave the king in check,
//! and every position since the start is kept as text.

use nets_core::{Action, Chance, Ending, Score, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

type Board = [[char; 8]; 8];

const KNIGHT: [(i32, i32); 8] =
    [(1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)];
const STRAIGHT: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
const SLANTED: [(i32, i32); 4] = [(1, 1), (1, -1), (-1, 1), (-1, -1)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    from: (i32, i32),
    to: (i32, i32),
    becomes: Option<char>,
}

#[derive(Clone)]
struct Model {
    board: Board,
    rights: String,
    /// The file that a pawn has just crossed by a double step.
    crossed: Option<i32>,
    ply: u16,
    clock: u8,
    ply_limit: u16,
    /// Every position so far, this one last.
    seen: Vec<String>,
    /// The moves since the last that cannot be taken back, and the file of the capture en passant
    /// that was legal before them.
    past: Vec<u16>,
    first_file: u8,
}

fn is_white(piece: char) -> bool {
    piece.is_ascii_uppercase()
}

fn on_board((file, rank): (i32, i32)) -> bool {
    (0..8).contains(&file) && (0..8).contains(&rank)
}

impl Model {
    fn start(ply_limit: u16) -> Self {
        let rows = [
            "RNBQKBNR", "PPPPPPPP", "........", "........", "........", "........", "pppppppp",
            "rnbqkbnr",
        ];
        let board = rows.map(|row| row.chars().collect::<Vec<_>>().try_into().unwrap());
        let rights = "KQkq".to_owned();
        let mut model = Self {
            board,
            rights,
            crossed: None,
            ply: 0,
            clock: 0,
            ply_limit,
            seen: Vec::new(),
            past: Vec::new(),
            first_file: 8,
        };
        model.seen.push(model.as_text());
        model
    }

    fn at(&self, (file, rank): (i32, i32)) -> char {
        self.board[rank as usize][file as usize]
    }

    fn put(&mut self, (file, rank): (i32, i32), piece: char) {
        self.board[rank as usize][file as usize] = piece;
    }

    fn white_moves(&self) -> bool {
        self.ply.is_multiple_of(2)
    }

    fn squares() -> impl Iterator<Item = (i32, i32)> {
        (0..8).flat_map(|rank| (0..8).map(move |file| (file, rank)))
    }

    /// Where a piece that is no pawn could go on an empty or enemy square, castling apart.
    fn reach(&self, from: (i32, i32)) -> Vec<(i32, i32)> {
        let piece = self.at(from);
        let (directions, far): (Vec<_>, bool) = match piece.to_ascii_lowercase() {
            'n' => (KNIGHT.to_vec(), false),
            'b' => (SLANTED.to_vec(), true),
            'r' => (STRAIGHT.to_vec(), true),
            'q' => ([STRAIGHT, SLANTED].concat(), true),
            'k' => ([STRAIGHT, SLANTED].concat(), false),
            _ => (Vec::new(), false),
        };
        let mut reached = Vec::new();
        for (right, up) in directions {
            let mut to = (from.0 + right, from.1 + up);
            while on_board(to) {
                let there = self.at(to);
                if there == '.' || is_white(there) != is_white(piece) {
                    reached.push(to);
                }
                if there != '.' || !far {
                    break;
                }
                to = (to.0 + right, to.1 + up);
            }
        }
        reached
    }

    fn is_attacked(&self, square: (i32, i32), by_white: bool) -> bool {
        Self::squares().any(|from| {
            let piece = self.at(from);
            if piece == '.' || is_white(piece) != by_white {
                return false;
            }
            if piece.eq_ignore_ascii_case(&'p') {
                let up = if by_white { 1 } else { -1 };
                return square.1 == from.1 + up && (square.0 - from.0).abs() == 1;
            }
            // A square of the own piece is not reached but guarded: whoever asks has moved there.
            self.reach(from).contains(&square)
        })
    }

    fn in_check(&self, white: bool) -> bool {
        let king = if white { 'K' } else { 'k' };
        Self::squares().any(|square| self.at(square) == king && self.is_attacked(square, !white))
    }

    fn pawn_steps(&self, from: (i32, i32), steps: &mut Vec<Step>) {
        let white = is_white(self.at(from));
        let (up, first, last, crossing) = if white { (1, 1, 7, 5) } else { (-1, 6, 0, 2) };
        let mut targets = Vec::new();
        let ahead = (from.0, from.1 + up);
        if self.at(ahead) == '.' {
            targets.push(ahead);
            let far = (from.0, from.1 + 2 * up);
            if from.1 == first && self.at(far) == '.' {
                targets.push(far);
            }
        }
        for to in [(from.0 - 1, ahead.1), (from.0 + 1, ahead.1)] {
            let taken = on_board(to) && self.at(to) != '.' && is_white(self.at(to)) != white;
            let passed = on_board(to) && to.1 == crossing && self.crossed == Some(to.0);
            if taken || passed {
                targets.push(to);
            }
        }
        for to in targets {
            if to.1 == last {
                steps.extend("nbrq".chars().map(|c| Step { from, to, becomes: Some(c) }));
            } else {
                steps.push(Step { from, to, becomes: None });
            }
        }
    }

    fn castlings(&self, steps: &mut Vec<Step>) {
        let white = self.white_moves();
        let (rank, short, long) = if white { (0, 'K', 'Q') } else { (7, 'k', 'q') };
        let free = |files: &[i32]| files.iter().all(|&file| self.at((file, rank)) == '.');
        let safe =
            |files: &[i32]| files.iter().all(|&file| !self.is_attacked((file, rank), !white));
        let from = (4, rank);
        if self.rights.contains(short) && free(&[5, 6]) && safe(&[4, 5, 6]) {
            steps.push(Step { from, to: (6, rank), becomes: None });
        }
        if self.rights.contains(long) && free(&[1, 2, 3]) && safe(&[4, 3, 2]) {
            steps.push(Step { from, to: (2, rank), becomes: None });
        }
    }

    fn legal(&self) -> Vec<Step> {
        let white = self.white_moves();
        let mut steps = Vec::new();
        for from in Self::squares() {
            let piece = self.at(from);
            if piece == '.' || is_white(piece) != white {
                continue;
            }
            if piece.eq_ignore_ascii_case(&'p') {
                self.pawn_steps(from, &mut steps);
            } else {
                let reached = self.reach(from).into_iter();
                steps.extend(reached.map(|to| Step { from, to, becomes: None }));
            }
        }
        self.castlings(&mut steps);
        steps.retain(|step| !self.moved(*step).in_check(white));
        steps
    }

    /// The board after a step; nothing but the board changes.
    fn moved(&self, step: Step) -> Self {
        let mut next = self.clone();
        let piece = self.at(step.from);
        let sideways = (step.from.0 - step.to.0).abs();
        if piece.eq_ignore_ascii_case(&'p') && sideways == 1 && self.at(step.to) == '.' {
            next.put((step.to.0, step.from.1), '.');
        }
        if piece.eq_ignore_ascii_case(&'k') && sideways == 2 {
            let (rook, to) = if step.to.0 == 6 { (7, 5) } else { (0, 3) };
            let rank = step.from.1;
            next.put((to, rank), self.at((rook, rank)));
            next.put((rook, rank), '.');
        }
        let promoted =
            step.becomes.map(|c| if is_white(piece) { c.to_ascii_uppercase() } else { c });
        next.put(step.from, '.');
        next.put(step.to, promoted.unwrap_or(piece));
        next
    }

    fn play(&mut self, step: Step) {
        let piece = self.at(step.from);
        let taken = self.moved(step).board.as_flattened().iter().filter(|p| **p == '.').count()
            > self.board.as_flattened().iter().filter(|p| **p == '.').count();
        let mut next = self.moved(step);
        for (square, rights) in [
            ((4, 0), "KQ"),
            ((7, 0), "K"),
            ((0, 0), "Q"),
            ((4, 7), "kq"),
            ((7, 7), "k"),
            ((0, 7), "q"),
        ] {
            if step.from == square || step.to == square {
                next.rights.retain(|right| !rights.contains(right));
            }
        }
        let is_pawn = piece.eq_ignore_ascii_case(&'p');
        let double = is_pawn && (step.from.1 - step.to.1).abs() == 2;
        next.crossed = double.then_some(step.to.0);
        next.ply += 1;
        next.clock = if is_pawn || taken { 0 } else { self.clock + 1 };
        if next.clock == 0 || next.rights != self.rights {
            next.past.clear();
            next.first_file = next.capture_file();
        } else {
            next.past.push(number(step) as u16);
        }
        next.seen.push(next.as_text());
        *self = next;
    }

    /// The file of a legal capture en passant, 8 where there is none.
    fn capture_file(&self) -> u8 {
        let is_capture = |step: &Step| {
            self.at(step.from).eq_ignore_ascii_case(&'p')
                && step.from.0 != step.to.0
                && self.at(step.to) == '.'
        };
        self.legal().iter().find(|step| is_capture(step)).map_or(8, |step| step.to.0 as u8)
    }

    /// What makes positions the same.
    fn as_text(&self) -> String {
        let board: String = self.board.as_flattened().iter().collect();
        format!("{board} {} {} {}", self.white_moves(), self.rights, self.capture_file())
    }

    fn is_dead(&self) -> bool {
        let (mut knights, mut others, mut bishops) = (0, 0, [0; 2]);
        for square in Self::squares() {
            match self.at(square).to_ascii_lowercase() {
                'n' => knights += 1,
                'b' => bishops[((square.0 + square.1) % 2) as usize] += 1,
                'p' | 'r' | 'q' => others += 1,
                _ => {}
            }
        }
        let one_colour = bishops.contains(&0);
        others == 0 && (knights == 0 && one_colour || knights == 1 && bishops == [0, 0])
    }

    fn status(&self) -> u8 {
        let last = self.seen.last();
        if self.legal().is_empty() {
            return match (self.in_check(self.white_moves()), self.white_moves()) {
                (false, _) => 3,
                (true, false) => 1,
                (true, true) => 2,
            };
        }
        if self.is_dead() {
            4
        } else if self.seen.iter().filter(|text| Some(*text) == last).count() >= 3 {
            5
        } else if self.clock >= 100 {
            6
        } else if self.ply >= self.ply_limit {
            7
        } else {
            0
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let bit = |right: char| match right {
            'K' => 1,
            'Q' => 2,
            'k' => 4,
            _ => 8,
        };
        let mut bytes = self.ply.to_le_bytes().to_vec();
        bytes.extend([self.status(), self.clock, self.rights.chars().map(bit).sum()]);
        bytes.extend([self.capture_file(), self.first_file, self.past.len() as u8]);
        let code = |piece: &char| "PNBRQK..pnbrqk".find(*piece).map_or(0, |i| i as u8 + 1);
        let code = |piece: &char| if *piece == '.' { 0 } else { code(piece) };
        let codes: Vec<_> = self.board.as_flattened().iter().map(code).collect();
        bytes.extend(codes.chunks(2).map(|pair| pair[0] + 16 * pair[1]));
        bytes.extend(self.past.iter().flat_map(|number| number.to_le_bytes()));
        bytes
    }

    /// What the seat that moves sees in 64 bits.
    fn packed(&self, legal: &[u64]) -> u64 {
        let mut packed = 0;
        for place in 0..4 {
            packed += legal[legal.len() * place / 4] << (15 * place);
        }
        let white = self.white_moves();
        packed + (u64::from(!white) << 60) + (u64::from(self.in_check(white)) << 61)
    }
}

fn number(step: Step) -> u64 {
    let square = |(file, rank): (i32, i32)| (8 * rank + file) as u64;
    let promotion = step.becomes.map_or(0, |c| 1 + "nbrq".find(c).unwrap() as u64);
    square(step.from) + 64 * square(step.to) + 4096 * promotion
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chess_is_what_its_model_says(
        choices in prop::collection::vec(any::<u32>(), 300),
        ply_limit in prop_oneof![Just(300u16), 16u16..300],
        // Players that shuffle come to repetitions, ones that take and promote to bare endings.
        style in 0u8..4,
    ) {
        let system = crate::system("chess", &[("ply-limit", ply_limit.into())]);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        let mut model = Model::start(ply_limit);
        for choice in choices {
            prop_assert_eq!(state.bytes(), model.bytes());
            let mover = Seat((model.ply % 2) as u8);
            let status = model.status();
            if status != 0 {
                break;
            }
            prop_assert_eq!(state.status(), Status::Acting(SeatSet::only(mover)));
            let mut steps = model.legal();
            steps.sort_by_key(|step| number(*step));
            let numbers: Vec<_> = steps.iter().map(|step| number(*step)).collect();
            let legal: Vec<_> = state.legal_actions(mover).iter().map(|action| action.0).collect();
            prop_assert_eq!(&legal, &numbers);
            prop_assert_eq!(state.packed_observation(mover), model.packed(&numbers));
            let other = Seat(1 - mover.0);
            prop_assert_eq!(state.packed_observation(other), u64::from(other.0) << 60);
            let wanted = |step: &&Step| match style {
                0 => true,
                1 => model.at(step.to) != '.' || step.becomes.is_some(),
                2 => matches!(model.at(step.from), 'N' | 'n' | 'K' | 'k'),
                _ => matches!(model.at(step.from), 'P' | 'p') || (step.from.0 - step.to.0).abs() == 2,
            };
            let mut preferred: Vec<_> = steps.iter().filter(wanted).collect();
            if preferred.is_empty() {
                preferred = steps.iter().collect();
            }
            let step = *preferred[choice as usize % preferred.len()];
            model.play(step);
            state.step(&[Action(number(step))]).unwrap();
        }
        prop_assert_eq!(state.bytes(), model.bytes());
        let status = model.status();
        let expected = [[1, 1], [2, 0], [0, 2]].get(usize::from(status)).copied();
        let expected: [Score; 2] = expected.unwrap_or([1, 1]);
        prop_assert_eq!(state.scores(), expected);
        let ending = match status {
            0 => return Ok(()),
            7 => Ending::StepLimit,
            _ => Ending::Finished,
        };
        prop_assert_eq!(state.status(), Status::Terminal(ending));
    }
}
