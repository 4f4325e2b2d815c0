//! Chess's views: the board as FEN spells it, the moves as the rules list them.

use nets_agent_sdk::Observation;
use nets_agent_sdk::chess::{Board, OBSERVATION_BYTES_MAX, Packed, Piece};
use nets_core::{Action, State, Status};
use nets_systems::chess::{bytes_from_fen, fen_from_bytes};
use proptest::prelude::*;

use crate::{buffer, start, visit};

/// The first four fields of FEN, as the view tells them.
fn fen(board: Board<'_>) -> String {
    let rank = |rank: u8| -> String {
        let piece = |file: u8| match board.piece(8 * rank + file) {
            None => '1',
            Some((0, piece)) => letter(piece).to_ascii_uppercase(),
            Some((_, piece)) => letter(piece),
        };
        (0..8).map(piece).collect()
    };
    let ranks: Vec<String> = (0..8).rev().map(rank).collect();
    let right = |(bit, letter): (u8, char)| (board.rights() >> bit & 1 == 1).then_some(letter);
    let rights: String =
        [(0, 'K'), (1, 'Q'), (2, 'k'), (3, 'q')].into_iter().filter_map(right).collect();
    let rights = if rights.is_empty() { "-" } else { &rights };
    let mover = [('w', '6'), ('b', '3')][usize::from(board.mover())];
    let en_passant =
        board.en_passant_file().map(|file| format!("{}{}", (b'a' + file) as char, mover.1));
    let en_passant = en_passant.unwrap_or_else(|| "-".to_owned());
    format!("{} {} {rights} {en_passant}", ranks.join("/"), mover.0)
}

fn letter(piece: Piece) -> char {
    ['p', 'n', 'b', 'r', 'q', 'k'][piece as usize]
}

/// The same fields of the System's FEN, each free square a 1 of its own.
fn spelled(state: &dyn State) -> String {
    let fen = fen_from_bytes(&state.bytes()).expect("a state");
    let mut fields = fen.split(' ');
    let spread = |letter: char| "1".repeat(letter.to_digit(10).unwrap_or(0) as usize);
    let placement = fields.next().expect("a placement").chars();
    let placement: String = placement
        .map(|letter| if letter.is_ascii_digit() { spread(letter) } else { letter.to_string() })
        .collect();
    [placement].into_iter().chain(fields.take(3).map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

fn check_views(state: &dyn State) {
    let Status::Acting(seats) = state.status() else { panic!("visited after its end") };
    let seat = seats.iter().next().expect("a seat to move");
    let packed = Packed::new(state.packed_observation(seat));
    assert_eq!(packed.seat(), seat.0);
    let shown = packed.moves().map(|shown| Action(shown.into()));
    let legal = state.legal_actions(seat);
    assert!(shown[0] == legal[0] && shown.iter().all(|action| legal.contains(action)));

    let buffer = buffer(state, seat, 0);
    let board = Board::new(Observation::new(packed.bits(), &buffer));
    assert_eq!(fen(board), spelled(state));
    assert_eq!(
        (board.ply(), board.quiet_plies()),
        (u16::from_le_bytes([state.bytes()[0], state.bytes()[1]]), state.bytes()[3])
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn views_agree_with_the_state(seed: u8, picks in prop::collection::vec(any::<u8>(), 300)) {
        visit(start("chess", &[("openings", 52)], seed), &picks, check_views);
    }
}

#[test]
fn the_past_is_told_from_its_end() {
    let bytes = bytes_from_fen("k7/8/8/8/8/8/8/K6R w - - 0 1").expect("a position");
    let system = nets_systems::build("chess", &Default::default()).expect("chess");
    let chance = nets_core::Chance::from_seed(&nets_core::Seed([0; 32]));
    let mut state = system.restore(&bytes, chance).expect("a state");
    let played = ["h1h8", "a8b7", "h8h7"].map(|name| system.action_by_name(name).expect("a move"));
    for action in played {
        state.step(&[action]).expect("a legal move");
    }
    let buffer = buffer(&*state, nets_core::Seat(1), 3);
    let seen = Observation::new(state.packed_observation(nets_core::Seat(1)), &buffer);
    assert!(Packed::new(seen.packed).is_in_check());
    let past: Vec<Action> = Board::new(seen).past().map(|made| Action(made.into())).collect();
    assert_eq!(past, played.into_iter().rev().collect::<Vec<_>>());
    assert!(seen.bytes.len() <= OBSERVATION_BYTES_MAX);
    let chess = nets_systems::build("chess", &Default::default()).expect("chess");
    assert_eq!(chess.observation_bytes_max() as usize, OBSERVATION_BYTES_MAX);
}
