//! Sets of cells of a board of Go, as bits of a few words, and the cells beside those of a set.
//!
//! A cell is its number, row by row from the lowest. Nothing here knows a rule. Invariant: a set of
//! a board has no bit beyond its cells.

use alloc::vec::Vec;

/// Enough bits for the largest board.
const WORDS: usize = 6;

/// A set of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CellSet {
    words: [u64; WORDS],
}

impl CellSet {
    /// Whether `cell` is in the set.
    pub(super) fn contains(&self, cell: u16) -> bool {
        self.words[usize::from(cell / 64)] >> (cell % 64) & 1 == 1
    }

    /// Puts `cell` into the set.
    pub(super) fn insert(&mut self, cell: u16) {
        self.words[usize::from(cell / 64)] |= 1 << (cell % 64);
    }

    /// Takes `cell` out of the set.
    pub(super) fn remove(&mut self, cell: u16) {
        self.words[usize::from(cell / 64)] &= !(1 << (cell % 64));
    }

    /// The cells in both sets.
    pub(super) fn and(self, other: Self) -> Self {
        Self { words: core::array::from_fn(|i| self.words[i] & other.words[i]) }
    }

    /// The cells in any of both sets.
    pub(super) fn or(self, other: Self) -> Self {
        Self { words: core::array::from_fn(|i| self.words[i] | other.words[i]) }
    }

    /// The cells in this set and not in the other.
    pub(super) fn without(self, other: Self) -> Self {
        Self { words: core::array::from_fn(|i| self.words[i] & !other.words[i]) }
    }

    /// Each cell, in ascending order.
    pub(super) fn iter(self) -> impl Iterator<Item = u16> {
        (0u16..).zip(self.words).flat_map(|(index, word)| {
            let rest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            let words = core::iter::successors(Some(word).filter(|word| *word != 0), rest);
            words.map(move |word| 64 * index + word.trailing_zeros() as u16)
        })
    }

    /// How many cells are in the set.
    pub(super) fn count(self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Appends the first `count` bytes; cell `c` is bit `c % 8` of byte `c / 8`.
    pub(super) fn write(self, count: usize, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.words.map(u64::to_le_bytes).as_flattened()[..count]);
    }

    /// All cells moved up by `by` numbers, less than 64.
    fn up(self, by: u8) -> Self {
        let word = |index: usize| {
            let carried = if index == 0 { 0 } else { self.words[index - 1] >> (64 - by) };
            self.words[index] << by | carried
        };
        Self { words: core::array::from_fn(word) }
    }

    /// All cells moved down by `by` numbers, less than 64.
    fn down(self, by: u8) -> Self {
        let word = |index: usize| {
            let carried = self.words.get(index + 1).map_or(0, |next| next << (64 - by));
            self.words[index] >> by | carried
        };
        Self { words: core::array::from_fn(word) }
    }
}

/// Which cells a board has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    size: u8,
    all: CellSet,
    not_first: CellSet,
    not_last: CellSet,
}

impl Shape {
    /// A board of this many lines in each direction.
    pub(super) fn new(size: u8) -> Self {
        let lines = u16::from(size);
        let set = |is_in: &dyn Fn(u16) -> bool| {
            let mut set = CellSet::default();
            (0..lines * lines).filter(|cell| is_in(cell % lines)).for_each(|cell| set.insert(cell));
            set
        };
        Self {
            size,
            all: set(&|_| true),
            not_first: set(&|column| column != 0),
            not_last: set(&|column| column != lines - 1),
        }
    }

    /// All cells.
    pub(super) fn all(&self) -> CellSet {
        self.all
    }

    /// The cells that touch one of a set.
    pub(super) fn beside(&self, set: CellSet) -> CellSet {
        let sideways = set.and(self.not_first).down(1).or(set.and(self.not_last).up(1));
        sideways.or(set.down(self.size)).or(set.up(self.size)).and(self.all)
    }
}
