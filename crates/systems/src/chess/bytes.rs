//! The canonical bytes of a state of chess, which are also its observation.
//!
//! They say what stands where and by which moves it came there since no position can repeat an
//! earlier one; reading takes these moves back and plays them again, so that nothing needs to be
//! believed. Invariant: bytes that are read are written again as they were.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use cozy_chess::{Board, BoardBuilder, CastleRights, Color, File, Piece, Rank, Square};
use nets_core::{Action, DecodeError, Reader, RestoreError};

use super::position::{Outcome, Placement, Position, QUIET_PLIES_MAX};

/// Bytes before the moves of the past.
const HEAD_BYTES: usize = 40;

/// No state has more bytes than this.
pub(super) const BYTES_MAX: usize = HEAD_BYTES + 2 * QUIET_PLIES_MAX as usize;

/// The byte for no file.
const NO_FILE: u8 = 8;

/// The castling rights in the order of their bits.
const RIGHTS: [(Color, File); 4] = [
    (Color::White, File::H),
    (Color::White, File::A),
    (Color::Black, File::H),
    (Color::Black, File::A),
];

/// Appends the bytes of `position`, where the match stands at `outcome`.
pub(super) fn write(position: &Position, outcome: Outcome, bytes: &mut Vec<u8>) {
    let file = |file: Option<File>| file.map_or(NO_FILE, |file| file as u8);
    bytes.reserve(HEAD_BYTES + 2 * position.past().len());
    bytes.extend(position.ply.to_le_bytes());
    bytes.extend([outcome as u8, position.board.halfmove_clock(), rights_of(&position.board)]);
    bytes.extend([file(position.en_passant()), file(position.first_en_passant)]);
    bytes.push(position.past().len() as u8);
    bytes.extend(position.placement().chunks(2).map(|pair| pair[0] | pair[1] << 4));
    bytes.extend(position.past().flat_map(u16::to_le_bytes));
}

/// The castling rights as bits, in the order of [`RIGHTS`].
pub(super) fn rights_of(board: &Board) -> u8 {
    let has = |(color, file): (Color, File)| {
        let rights = board.castle_rights(color);
        Some(file) == if file == File::H { rights.short } else { rights.long }
    };
    RIGHTS.iter().enumerate().map(|(bit, &right)| u8::from(has(right)) << bit).sum()
}

/// What the bytes say before anything is checked.
struct Fields {
    ply: u16,
    halfmove_clock: u8,
    rights: u8,
    first_en_passant: Option<File>,
    placement: Placement,
    past: Vec<u16>,
}

/// The position and outcome in `bytes`.
pub(super) fn read(bytes: &[u8], ply_limit: u16) -> Result<(Position, Outcome), RestoreError> {
    let inconsistent = RestoreError::Inconsistent;
    let (fields, outcome) = fields_of(bytes)?;
    let position = replayed(&fields).map_err(inconsistent)?;
    if position.ply > ply_limit {
        return Err(inconsistent(format!("ply {} of at most {ply_limit}", position.ply)));
    }
    let shown = position.outcome(ply_limit);
    if outcome != shown {
        return Err(inconsistent(format!("status {outcome:?}, the position shows {shown:?}")));
    }
    let mut again = Vec::with_capacity(bytes.len());
    write(&position, outcome, &mut again);
    match again.iter().zip(bytes).position(|(ours, given)| ours != given) {
        Some(offset) => Err(inconsistent(format!(
            "byte {offset} is {}, the moves make it {}",
            bytes[offset], again[offset]
        ))),
        None if again.len() != bytes.len() => {
            Err(inconsistent(format!("{} moves cannot be taken back", fields.past.len())))
        }
        None => Ok((position, outcome)),
    }
}

fn fields_of(bytes: &[u8]) -> Result<(Fields, Outcome), DecodeError> {
    let mut reader = Reader::new(bytes);
    let ply = reader.u16("ply")?;
    let outcome = Outcome::decode(reader.u8("status")?)?;
    let halfmove_clock = reader.u8("halfmove clock")?;
    let rights = reader.u8("castling rights")?;
    if rights > 0b1111 {
        return Err(DecodeError::value("castling rights", "0 to 15", rights));
    }
    file(reader.u8("en passant file")?)?;
    let first_en_passant = file(reader.u8("first en passant file")?)?;
    let count = reader.u8("count of moves")?;
    let mut placement = [0; 64];
    for (pair, byte) in placement.chunks_mut(2).zip(reader.array::<32>("board")?) {
        pair.copy_from_slice(&[byte & 15, byte >> 4]);
    }
    let past = (0..count).map(|_| reader.u16("move")).collect::<Result<_, _>>()?;
    reader.finish()?;
    Ok((Fields { ply, halfmove_clock, rights, first_en_passant, placement, past }, outcome))
}

fn file(byte: u8) -> Result<Option<File>, DecodeError> {
    match byte {
        NO_FILE => Ok(None),
        _ => match File::try_index(byte.into()) {
            Some(file) => Ok(Some(file)),
            None => Err(DecodeError::value("en passant file", "0 to 8", byte)),
        },
    }
}

/// Takes the moves of the past back, checks what was there, and plays them again.
fn replayed(fields: &Fields) -> Result<Position, String> {
    let Fields { ply, halfmove_clock, past, .. } = fields;
    if u16::from(*halfmove_clock) > *ply || *halfmove_clock > QUIET_PLIES_MAX {
        return Err(format!("halfmove clock {halfmove_clock} at ply {ply}"));
    }
    let count = past.len() as u16;
    let Some(quiet) = u16::from(*halfmove_clock).checked_sub(count) else {
        return Err(format!("{count} moves with the halfmove clock at {halfmove_clock}"));
    };
    if fields.first_en_passant.is_some() && quiet != 0 {
        return Err("a capture en passant with no double step just before".to_owned());
    }
    let first = board_of(fields, placement_before(&fields.placement, past)?, quiet as u8)?;
    let mut position = Position::new(first, ply - count);
    for (index, &number) in past.iter().enumerate() {
        let action = Action(number.into());
        let chosen = position.legal_move(action).ok_or(format!("move {index} is not legal"))?;
        if position.outcome(u16::MAX) != Outcome::Running {
            return Err(format!("the match is over before move {index}"));
        }
        position.play(chosen, action);
        if position.past().len() != index + 1 {
            return Err(format!("move {index} cannot be taken back"));
        }
    }
    Ok(position)
}

fn placement_before(now: &Placement, past: &[u16]) -> Result<Placement, String> {
    let mut placement = *now;
    for (index, action) in past.iter().enumerate().rev() {
        let (from, to) = (usize::from(action & 63), usize::from(action >> 6 & 63));
        if *action >= 1 << 12 || placement[from] != 0 || placement[to] == 0 {
            return Err(format!("move {index} did not lead here"));
        }
        placement.swap(from, to);
    }
    Ok(placement)
}

fn board_of(fields: &Fields, placement: Placement, halfmove_clock: u8) -> Result<Board, String> {
    let mut builder = BoardBuilder::empty();
    for (index, &code) in placement.iter().enumerate().filter(|(_, code)| **code != 0) {
        let color = if code & 8 == 0 { Color::White } else { Color::Black };
        let piece = usize::from(code & 7).checked_sub(1).and_then(Piece::try_index);
        let piece = piece.ok_or(format!("square {index} has {code}, which is no piece"))?;
        builder.board[index] = Some((piece, color));
    }
    let ply = fields.ply - fields.past.len() as u16;
    builder.side_to_move = if ply.is_multiple_of(2) { Color::White } else { Color::Black };
    for (bit, (color, file)) in RIGHTS.into_iter().enumerate() {
        if fields.rights >> bit & 1 == 0 {
            continue;
        }
        let king = Square::new(File::E, Rank::First.relative_to(color));
        if builder.board[king as usize] != Some((Piece::King, color)) {
            return Err(format!("a right to castle for a king that is not on {king}"));
        }
        let rights: &mut CastleRights = builder.castle_rights_mut(color);
        match file {
            File::H => rights.short = Some(file),
            _ => rights.long = Some(file),
        }
    }
    let en_passant_rank = Rank::Third.relative_to(!builder.side_to_move);
    builder.en_passant = fields.first_en_passant.map(|file| Square::new(file, en_passant_rank));
    builder.halfmove_clock = halfmove_clock;
    builder.build().map_err(|error| error.to_string())
}
