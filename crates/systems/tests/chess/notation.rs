//! FEN that is read and written, and records as PGN.

use std::collections::BTreeMap;

use nets_core::{
    Address, DATA, Digest, FuelClock, MatchRecord, MatchSpec, Outcome, RecordedStep, Rules,
    SeatIdentity, SeatSet, Seed, Status, System, Termination, sha256,
};
use nets_systems::chess::{FenError, PgnError, bytes_from_fen, fen_from_bytes, openings, pgn};
use nets_systems::{Blueprint, Given};

use super::{chance, chess, fen_of, play, state_of};

#[test]
fn a_fen_is_written_as_it_was_read() {
    for fen in [
        "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1",
        "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1",
        "rnbqkbnr/ppp1p1pp/8/3pPp2/8/8/PPPP1PPP/RNBQKBNR w KQkq f6 0 3",
        "r3k2r/8/8/8/8/8/8/R3K2R b Kq - 13 37",
        "8/8/8/8/8/4k3/4p3/4K3 w - - 99 512",
        "8/8/8/8/8/4k3/4p3/4K3 w - - 0 5001",
    ] {
        assert_eq!(fen_of(&*state_of(fen)), fen);
    }
}

#[test]
fn an_en_passant_square_is_written_only_where_the_capture_is_legal() {
    let given = "rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1";
    let written = "rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1";
    assert_eq!(fen_of(&*state_of(given)), written);
    let pinned = "8/8/8/8/k2pP2R/8/8/4K3 b - e3 0 60";
    assert_eq!(fen_of(&*state_of(pinned)), "8/8/8/8/k2pP2R/8/8/4K3 b - - 0 60");
}

#[test]
fn a_text_that_is_no_position_is_refused() {
    let parse = |fen: &str| bytes_from_fen(fen).unwrap_err();
    for fen in [
        "",
        "8/8/8/8/8/8/8/8 w - - 0 1",
        "4k3/8/8/8/8/8/8/4K3 w - - 0",
        "4k3/8/8/8/8/8/8/4K2R w Q - 0 1",
        "4k3/8/8/8/8/8/4r3/4K3 b - - 0 1",
        "4k3/8/8/8/8/8/8/P3K3 w - - 0 1",
        "4k3/8/8/8/8/8/8/4K3 w - e3 0 1",
        "4k3/3p4/8/4P3/8/8/8/4K3 w - d6 0 1",
        "4k3/8/8/3pP3/8/8/8/4K3 w - d6 3 9",
    ] {
        assert!(matches!(parse(fen), FenError::Parse(_)), "{fen}");
    }
    assert_eq!(parse("3k4/8/8/8/8/8/8/3K3R w K - 0 1"), FenError::Castling);
    let clocks = parse("4k3/8/8/8/8/8/8/R3K3 w - - 9 3");
    assert_eq!(clocks, FenError::Clocks { halfmove_clock: 9, ply: 4 });
    let late = parse("4k3/8/8/8/8/8/8/R3K3 w - - 9 5002");
    assert_eq!(late, FenError::Clocks { halfmove_clock: 9, ply: 10_002 });
    assert!(fen_from_bytes(&[0; 40]).is_err());
}

#[test]
fn the_position_of_a_state_at_its_limit_is_written_too() {
    let mut state = crate::system("chess", &[("ply-limit", 16)]).start(chance());
    let moves = "e2e3 e7e6 d2d3 d7d6 c2c3 c7c6 b2b3 b7b6 a2a3 a7a6 f2f3 f7f6 g2g3 g7g6 h2h3 h7h6";
    play(&mut *state, moves);
    assert!(matches!(state.status(), Status::Terminal(_)));
    assert!(fen_of(&*state).ends_with(" w KQkq - 0 9"));
}

/// The record of a match of these moves, as it would be played by two agents.
fn record(system: &dyn System, seed: Seed, moves: &str, forfeits: u8) -> MatchRecord {
    let mut state = system.start(nets_core::Chance::from_seed(&seed));
    let mut steps = Vec::new();
    for name in moves.split_whitespace() {
        let Status::Acting(acting) = state.status() else { panic!("over before {name}") };
        let actions = vec![system.action_by_name(name).unwrap()];
        state.step(&actions).unwrap_or_else(|error| panic!("{name}: {error}"));
        steps.push(RecordedStep { acting, actions, signatures: Vec::new() });
    }
    let (scores, termination) = match state.status() {
        Status::Terminal(ending) => (state.scores(), ending.into()),
        Status::Acting(_) => {
            let forfeits = SeatSet(forfeits);
            (system.forfeit_scores(forfeits), Termination::Forfeit(forfeits))
        }
    };
    let seats: Vec<_> = [1, 2]
        .map(|byte| SeatIdentity { owner: Address([byte; 20]), code_hash: Digest([byte; 32]) })
        .to_vec();
    let rules = Rules { fuel_clock: FuelClock::default(), ..Rules::signed(system) };
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let outcome = Outcome {
        scores,
        termination,
        step_count: steps.len() as u32,
        fuel_used: vec![0; 2],
        trace_root: Digest::default(),
    };
    let spec = MatchSpec { rules, seed, agents };
    MatchRecord { spec, seats, venue: None, steps, outcome, modules: BTreeMap::new() }
}

/// The tag of that name, and the moves on one line.
fn parts(pgn: &str, tag: &str) -> (String, String) {
    let (tags, moves) = pgn.split_once("\n\n").unwrap();
    let start = format!("[{tag} \"");
    let line = tags.lines().find_map(|line| line.strip_prefix(&start));
    let value = line.and_then(|rest| rest.strip_suffix("\"]")).unwrap_or_default();
    (value.to_owned(), moves.replace('\n', " ").trim_end().to_owned())
}

/// Paul Morphy against two allies, Paris 1858.
const OPERA: &str = "e2e4 e7e5 g1f3 d7d6 d2d4 c8g4 d4e5 g4f3 d1f3 d6e5 f1c4 g8f6 f3b3 d8e7 b1c3 c7c6 \
    c1g5 b7b5 c3b5 c6b5 c4b5 b8d7 e1c1 a8d8 d1d7 d8d7 h1d1 e7e6 b5d7 f6d7 b3b8 d7b8 \
    d1d8";

const OPERA_WRITTEN: &str = "1. e4 e5 2. Nf3 d6 3. d4 Bg4 4. dxe5 Bxf3 5. Qxf3 dxe5 6. Bc4 Nf6 7. Qb3 Qe7 8. \
    Nc3 c6 9. Bg5 b5 10. Nxb5 cxb5 11. Bxb5+ Nbd7 12. O-O-O Rd8 13. Rxd7 Rxd7 14. \
    Rd1 Qe6 15. Bxd7+ Nxd7 16. Qb8+ Nxb8 17. Rd8#";

/// A match at random with knights, bishops and rooks that promoted, and a knight that has to say both
/// file and rank; written by python-chess 1.11.
const RANDOM: &str = "c2c3 b7b6 e2e4 h7h5 h2h4 g7g6 b2b3 c8a6 c3c4 b6b5 e1e2 f8g7 e4e5 g8f6 g2g4 e8g8 \
    d2d4 f6e4 f1g2 b8c6 b3b4 h5g4 h4h5 g6h5 g2h3 e4f6 d1b3 f6e8 g1f3 e7e6 b3a3 d7d6 \
    h1e1 g4h3 e1h1 d6d5 a3b2 h5h4 f3g5 d8e7 b1d2 a6c8 h1e1 a7a6 f2f4 e7d6 e2d3 d5c4 \
    d2c4 c6e7 e5d6 f7f6 d3e2 f8f7 d6c7 g7h8 a2a4 a6a5 a1b1 h3h2 f4f5 h2h1n b2d2 a8a7 \
    c4b2 e7d5 e2f1 h4h3 b2d1 f7d7 c1b2 c8a6 c7c8b d5b4 b1c1 b4d3 c1a1 d7d4 g5f3 a7h7 \
    d2h6 h7d7 h6e3 b5b4 f3h4 d4f4 f1g1 e6f5 a1a2 d7f7 b2e5 f4h4 a2g2 h8g7 e3g3 h4h8 \
    e1e3 h3h2 g2h2 h1g3 c8a6 g3e4 e5c3 d3f2 g1f1 e4d6 h2h1 h8h3 e3e5 f6e5 c3a1 g7f6 \
    a6b5 h3h7 f1g1 f6e7 h1h4 f5f4 a1b2 e8f6 b5a6 e7d8 b2a3 f7e7 h4f4 f6e4 a3b2 e7f7 \
    d1f2 e4c3 f4f5 h7h8 a6c4 c3d1 b2a3 d6e4 a3c1 h8h2 f2g4 h2h4 g4h2 g8g7 f5h5 g7f8 \
    c4e2 f7g7 h5g5 g7a7 e2d1 e4d6 g5g7 d6b7 g7h7 h4h5 c1h6 h5h6 h7c7 h6f6 c7c8 b4b3 \
    d1c2 f6h6 c8c4 h6b6 g1h1 b6g6 h2g4 f8f7 c4c3 g6e6 c2h7 e6f6 h7c2 f6f2 c3f3 f7g8 \
    g4h2 e5e4 c2b1 e4e3 b1f5 f2d2 f5c8 d2d4 f3f6 a7a6 f6h6 d8g5 h6c6 e3e2 c6f6 e2e1r \
    h1g2 g5h4 f6f2 h4d8 c8e6 g8h8 f2a2 b7d6 e6c4 d4h4 h2g4 d6e8 g2g3 h4h6 g4f2 b3b2 \
    c4d3 b2b1q";

const RANDOM_WRITTEN: &str = "1. c3 b6 2. e4 h5 3. h4 g6 4. b3 Ba6 5. c4 b5 6. Ke2 Bg7 7. e5 Nf6 8. g4 O-O 9. \
    d4 Ne4 10. Bg2 Nc6 11. b4 hxg4 12. h5 gxh5 13. Bh3 Nf6 14. Qb3 Ne8 15. Nf3 e6 \
    16. Qa3 d6 17. Re1 gxh3 18. Rh1 d5 19. Qb2 h4 20. Ng5 Qe7 21. Nd2 Bc8 22. Re1 a6 \
    23. f4 Qd6 24. Kd3 dxc4+ 25. Nxc4 Ne7 26. exd6 f6 27. Ke2 Rf7 28. dxc7 Bh8 29. \
    a4 a5 30. Rb1 h2 31. f5 h1=N 32. Qd2 Ra7 33. Nb2 Nd5 34. Kf1 h3 35. Nd1 Rd7 36. \
    Bb2 Ba6 37. c8=B Nxb4 38. Rc1 Nd3 39. Ra1 Rxd4 40. Nf3 Rh7 41. Qh6 Rhd7 42. Qe3 \
    b4 43. Nh4 Rf4+ 44. Kg1 exf5 45. Ra2 Rf7 46. Be5 Rxh4 47. Rg2+ Bg7 48. Qg3 Rh8 \
    49. Re3 h2+ 50. Rxh2 Nxg3 51. Bxa6 Ne4 52. Bc3 Ndf2 53. Kf1 N4d6 54. Rh1 Rh3 55. \
    Re5 fxe5 56. Ba1 Bf6 57. Bb5 Rhh7 58. Kg1 Be7 59. Rh4 f4 60. Bb2 Nf6 61. Ba6 Bd8 \
    62. Ba3 Re7 63. Rxf4 Nf6e4 64. Bb2 Ref7 65. Nxf2 Nc3 66. Rf5 Rh8 67. Bc4 Nd1 68. \
    Ba3 Ne4 69. Bc1 Rh2 70. Ng4 Rh4 71. Nh2 Kg7 72. Rh5 Kf8 73. Be2 Rg7+ 74. Rg5 Ra7 \
    75. Bxd1 Nd6 76. Rg7 Nb7 77. Rh7 Rh5 78. Bh6+ Rxh6 79. Rc7 Rf6 80. Rc8 b3 81. \
    Bc2 Rh6 82. Rc4 Rb6 83. Kh1 Rg6 84. Ng4 Kf7 85. Rc3 Re6 86. Bh7 Rf6 87. Bc2 Rf2 \
    88. Rf3+ Kg8 89. Nh2 e4 90. Bb1 e3 91. Bf5 Rd2 92. Bc8 Rd4 93. Rf6 Ra6 94. Rh6 \
    Bg5 95. Rc6 e2 96. Rf6 e1=R+ 97. Kg2 Bh4 98. Rf2 Bd8 99. Be6+ Kh8 100. Ra2 Nd6 \
    101. Bc4 Rh4 102. Ng4 Ne8 103. Kg3 Rhh6 104. Nf2 b2 105. Bd3 b1=Q";

#[test]
fn a_match_is_written_as_chess_players_write_it() {
    let record = record(&*chess(), Seed([1; 32]), OPERA, 0);
    let text = pgn(&record, &*chess()).unwrap();
    let (result, moves) = parts(&text, "Result");
    assert_eq!(result, "1-0");
    assert_eq!(moves, format!("{OPERA_WRITTEN} 1-0"));
    assert_eq!(parts(&text, "Termination").0, "normal");
    assert_eq!(parts(&text, "White").0, record.spec.agents[0].to_string());
    assert!(text.lines().all(|line| line.len() <= 79), "{text}");
}

#[test]
fn origins_are_told_apart_and_promotions_named() {
    let text = pgn(&record(&*chess(), Seed([1; 32]), RANDOM, 0b01), &*chess()).unwrap();
    let (termination, moves) = parts(&text, "Termination");
    assert_eq!(termination, "rules infraction");
    assert_eq!(moves, format!("{RANDOM_WRITTEN} 0-1"));
    let en_passant = "e2e4 g8f6 e4e5 d7d5 e5d6 b7b6 d6c7 b6b5 c7b8q";
    let text = pgn(&record(&*chess(), Seed([1; 32]), en_passant, 0b11), &*chess()).unwrap();
    let (result, moves) = parts(&text, "Result");
    assert_eq!((&*result, &*moves), ("*", "1. e4 Nf6 2. e5 d5 3. exd6 b6 4. dxc7 b5 5. cxb8=Q *"));
}

#[test]
fn the_moves_of_the_opening_are_written_and_it_is_named() {
    let system = crate::system("chess", &[("openings", 1)]);
    let text = pgn(&record(&*system, Seed([1; 32]), "b5a4", 0b10), &*system).unwrap();
    let (name, moves) = parts(&text, "Opening");
    assert_eq!(name, openings()[0].name);
    assert_eq!(moves, "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 1-0");
}

#[test]
fn a_match_that_begins_elsewhere_says_where() {
    let start = "4k3/4p3/8/8/8/8/8/4K3 b - - 0 12";
    let data = format!("{start}\n").into_bytes();
    let hash = Given::Text(sha256(&data).to_string());
    let given = BTreeMap::from([(DATA.to_owned(), hash)]);
    let system = Blueprint::named("chess", &given).unwrap().build_on(&data).unwrap();
    let text = pgn(&record(&*system, Seed([1; 32]), "e7e5 e1e2 e5e4", 0b10), &*system).unwrap();
    let (fen, moves) = parts(&text, "FEN");
    assert_eq!((&*fen, &*parts(&text, "SetUp").0), (start, "1"));
    assert_eq!(moves, "12... e5 13. Ke2 e4 1-0");
}

#[test]
fn a_draw_that_the_board_does_not_show_is_explained() {
    let moves = "g1f3 g8f6 f3g1 f6g8 g1f3 g8f6 f3g1 f6g8";
    let text = pgn(&record(&*chess(), Seed([1; 32]), moves, 0), &*chess()).unwrap();
    assert!(text.ends_with("4. Ng1 Ng8 {threefold repetition} 1/2-1/2\n"), "{text}");
}

#[test]
fn a_record_of_something_else_is_refused() {
    let mut record = record(&*chess(), Seed([1; 32]), "e2e4 e7e5", 0b01);
    record.steps.swap(0, 1);
    assert_eq!(pgn(&record, &*chess()), Err(PgnError::Step { step: 0 }));
    record.spec.rules.parameters.pop();
    assert!(matches!(pgn(&record, &*chess()), Err(PgnError::Parameters(_))));
    record.spec.rules.system.name = "snake".to_owned();
    let error = pgn(&record, &*chess()).unwrap_err();
    assert_eq!(error.to_string(), "a record of snake v1, expected one of chess v1");
}
