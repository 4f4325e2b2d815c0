//! Sets of cells and links between them, as bits of a few words.
//!
//! A board has at most 256 cells, so a set is four words and the links of a body eight. Nothing
//! here allocates or loops over cells, and nothing knows the rules. A cell is its number, which
//! fits a byte, so that no cell can be out of range.

use alloc::vec::Vec;

/// The number of a cell, `y * width + x`.
pub(crate) type Cell = u8;

/// A set of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellSet {
    words: [u64; 4],
}

impl CellSet {
    /// Whether `cell` is in the set.
    pub(crate) fn contains(&self, cell: Cell) -> bool {
        self.words[usize::from(cell >> 6)] >> (cell & 63) & 1 == 1
    }

    /// Puts `cell` into the set.
    pub(crate) fn insert(&mut self, cell: Cell) {
        self.words[usize::from(cell >> 6)] |= 1 << (cell & 63);
    }

    /// Takes `cell` out of the set.
    pub(crate) fn remove(&mut self, cell: Cell) {
        self.words[usize::from(cell >> 6)] &= !(1 << (cell & 63));
    }

    /// How many cells are in the set.
    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// The cell that is *not* in the set and has `rank` such cells before it.
    ///
    /// `None` where fewer than `rank + 1` of the 256 cells are missing.
    pub(crate) fn absent(&self, rank: u32) -> Option<Cell> {
        let mut rank = rank;
        for (index, word) in (0u8..).zip(&self.words) {
            let mut absent = !word;
            if rank >= absent.count_ones() {
                rank -= absent.count_ones();
                continue;
            }
            for _ in 0..rank {
                absent &= absent - 1;
            }
            return Some(index << 6 | absent.trailing_zeros() as u8);
        }
        None
    }

    /// Appends the first `count` bytes; cell `c` is bit `c % 8` of byte `c / 8`.
    pub(crate) fn write(&self, count: usize, bytes: &mut Vec<u8>) {
        write_words(self.words, count, bytes);
    }

    /// The set whose first bytes these are, at most 32.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self { words: read_words(bytes) }
    }
}

/// For each cell one of four directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Links {
    words: [u64; 8],
}

impl Links {
    /// The direction of `cell`, 0 to 3.
    pub(crate) fn get(&self, cell: Cell) -> u8 {
        (self.words[usize::from(cell >> 5)] >> (2 * (cell & 31)) & 3) as u8
    }

    /// Gives `cell`, whose direction must be 0, the direction `direction`, 0 to 3.
    pub(crate) fn set(&mut self, cell: Cell, direction: u8) {
        self.words[usize::from(cell >> 5)] |= u64::from(direction) << (2 * (cell & 31));
    }

    /// Gives `cell` the direction 0.
    pub(crate) fn clear(&mut self, cell: Cell) {
        self.words[usize::from(cell >> 5)] &= !(3 << (2 * (cell & 31)));
    }

    /// Appends the first `count` bytes; cell `c` has the bits from `2 * (c % 4)` of byte `c / 4`.
    pub(crate) fn write(&self, count: usize, bytes: &mut Vec<u8>) {
        write_words(self.words, count, bytes);
    }

    /// The links whose first bytes these are, at most 64.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self { words: read_words(bytes) }
    }
}

fn write_words<const N: usize>(words: [u64; N], count: usize, bytes: &mut Vec<u8>) {
    let end = bytes.len() + count;
    // All words are written, a constant count, and those beyond the board cut off again.
    bytes.extend_from_slice(words.map(u64::to_le_bytes).as_flattened());
    bytes.truncate(end);
}

fn read_words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut padded = [0; 8];
        padded[..chunk.len()].copy_from_slice(chunk);
        *word = u64::from_le_bytes(padded);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_lists_the_missing_cells_in_ascending_order() {
        let mut set = CellSet::default();
        for cell in [0, 1, 63, 64, 130, 255] {
            set.insert(cell);
        }
        let missing: Vec<Cell> = (0..=255).filter(|&cell| !set.contains(cell)).collect();
        let listed: Vec<Cell> = (0..250).filter_map(|rank| set.absent(rank)).collect();
        assert_eq!(listed, missing);
        assert_eq!(set.absent(250), None);
    }

    #[test]
    fn bytes_round_trip_and_are_cut_to_length() {
        let mut set = CellSet::default();
        let mut links = Links::default();
        for cell in [3, 66, 99] {
            set.insert(cell);
            links.set(cell, 2);
        }
        let mut bytes = Vec::new();
        set.write(13, &mut bytes);
        links.write(25, &mut bytes);
        assert_eq!(bytes.len(), 38);
        assert_eq!(CellSet::read(&bytes[..13]), set);
        assert_eq!(Links::read(&bytes[13..]), links);
    }
}
