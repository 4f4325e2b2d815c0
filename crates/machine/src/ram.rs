//! The machine's memory, its Merkle tree, and copies of it.
//!
//! The tree's leaves are the words of 32 bytes as they are, not their hashes: all are at one depth,
//! so none passes for a node. Memory that is zero costs nothing, since a node over two zeros is zero.
//!
//! Hashing goes by pages. A write marks its page; when the root is wanted, marked pages are hashed
//! and what is above them. The copy of a page is shared by all [`Saved`] memories in which it is the
//! same.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::{Digest, EMPTY_NODE, MerkleTree, parent};

/// Where the RAM begins.
pub const RAM_START: u32 = 0x8000_0000;

/// The size of the RAM, in bytes.
pub const RAM_BYTES: u32 = 256 << 20;

/// The bytes of a word, which is a leaf.
pub const WORD_BYTES: usize = 32;

/// The height of the tree over the RAM.
pub const RAM_WORDS_HEIGHT: usize = 23;

const PAGE_BYTES: usize = 4096;
const PAGE_HEIGHT: usize = 7;
const PAGE_COUNT: usize = RAM_BYTES as usize / PAGE_BYTES;

/// A page as it was when it was hashed last.
#[derive(Debug)]
struct Page {
    bytes: [u8; PAGE_BYTES],
    root: Digest,
}

/// The memory of one moment: its pages that are not zero by their numbers, from lower to higher.
#[derive(Clone, Debug, Default)]
pub(crate) struct Saved {
    pages: BTreeMap<u32, Arc<Page>>,
}

impl Saved {
    /// How many pages it has that `other` has not: what it costs beside it.
    pub(crate) fn pages_beside(&self, other: &Self) -> usize {
        let shared = |(number, page): &(&u32, &Arc<Page>)| {
            other.pages.get(number).is_some_and(|found| Arc::ptr_eq(found, page))
        };
        self.pages.iter().filter(|page| !shared(page)).count()
    }
}

/// The memory.
#[derive(Clone)]
pub(crate) struct Ram {
    bytes: Vec<u8>,
    /// Which pages were written since they were hashed; a byte each, since writes are all there is.
    marks: Vec<u8>,
    saved: Saved,
    /// The levels above the pages: their roots first, the root last.
    levels: Vec<Vec<Digest>>,
}

impl std::fmt::Debug for Ram {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Ram")
            .field("pages", &self.saved.pages.len())
            .finish_non_exhaustive()
    }
}

impl Ram {
    /// Memory that begins with these bytes and is zero from there on.
    pub(crate) fn new(first: &[u8]) -> Self {
        // Zeroed memory is given by the system page by page as it is touched.
        let mut bytes = vec![0; RAM_BYTES as usize];
        bytes[..first.len()].copy_from_slice(first);
        let mut marks = vec![0; PAGE_COUNT];
        marks[..first.len().div_ceil(PAGE_BYTES)].fill(1);
        let widths = (0..=RAM_WORDS_HEIGHT - PAGE_HEIGHT).rev().map(|height| 1 << height);
        let levels = widths.map(|width| vec![EMPTY_NODE; width]).collect();
        Self { bytes, marks, saved: Saved::default(), levels }
    }

    /// The bytes from an address on; none where they are not all in the RAM. The address must be a
    /// multiple of `N`, which is a power of two.
    pub(crate) fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        let start = aligned::<N>(address)?;
        self.bytes.get(start..start + N)?.try_into().ok()
    }

    /// Writes bytes; `None` where that cannot be, as for reading.
    pub(crate) fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        let start = aligned::<N>(address)?;
        self.bytes.get_mut(start..start + N)?.copy_from_slice(&bytes);
        self.marks[start / PAGE_BYTES] = 1;
        Some(())
    }

    /// The tree's root.
    pub(crate) fn root(&mut self) -> Digest {
        self.hash();
        self.levels[RAM_WORDS_HEIGHT - PAGE_HEIGHT][0]
    }

    /// The word at `position` and its siblings, lowest first.
    pub(crate) fn word(&mut self, position: u32) -> (Digest, Vec<Digest>) {
        self.hash();
        let page = position >> PAGE_HEIGHT;
        let (within, start) = (position as usize % (1 << PAGE_HEIGHT), page as usize * PAGE_BYTES);
        let tree = page_tree(&self.bytes[start..start + PAGE_BYTES]);
        let low = (0..PAGE_HEIGHT).map(|height| tree.node(height, within as u32 >> height ^ 1));
        let high = self.levels[..self.levels.len() - 1].iter().enumerate();
        let high = high.map(|(height, level)| level[page as usize >> height ^ 1]);
        (tree.node(0, within as u32), low.chain(high).collect())
    }

    /// The memory as it is now.
    pub(crate) fn save(&mut self) -> Saved {
        self.hash();
        self.saved.clone()
    }

    /// Makes the memory what it was.
    pub(crate) fn restore(&mut self, saved: &Saved) {
        self.hash();
        let was = std::mem::replace(&mut self.saved, saved.clone());
        let mut changed = Vec::new();
        for (&number, page) in &self.saved.pages {
            if was.pages.get(&number).is_none_or(|before| !Arc::ptr_eq(before, page)) {
                page_of(&mut self.bytes, number).copy_from_slice(&page.bytes);
                self.levels[0][number as usize] = page.root;
                changed.push(number as usize);
            }
        }
        for &number in was.pages.keys().filter(|number| !self.saved.pages.contains_key(number)) {
            page_of(&mut self.bytes, number).fill(0);
            self.levels[0][number as usize] = EMPTY_NODE;
            changed.push(number as usize);
        }
        changed.sort_unstable();
        self.hash_above(changed);
    }

    /// Hashes the pages that were written and what is above them.
    fn hash(&mut self) {
        let marked = self.marks.iter().enumerate().filter(|(_, mark)| **mark != 0);
        let marked: Vec<_> = marked.map(|(number, _)| number).collect();
        for &number in &marked {
            self.marks[number] = 0;
            let start = number * PAGE_BYTES;
            let bytes = &self.bytes[start..start + PAGE_BYTES];
            let root = page_tree(bytes).root();
            self.levels[0][number] = root;
            let page = Page { bytes: bytes.try_into().unwrap_or([0; PAGE_BYTES]), root };
            match root {
                EMPTY_NODE => drop(self.saved.pages.remove(&(number as u32))),
                _ => drop(self.saved.pages.insert(number as u32, Arc::new(page))),
            }
        }
        self.hash_above(marked);
    }

    /// Hashes what is above these pages, which are in order.
    fn hash_above(&mut self, mut positions: Vec<usize>) {
        for height in 1..self.levels.len() {
            positions.iter_mut().for_each(|position| *position >>= 1);
            positions.dedup();
            for &position in &positions {
                let below = &self.levels[height - 1][2 * position..];
                self.levels[height][position] = parent(&below[0], &below[1]);
            }
        }
    }
}

/// Where an address of something of `N` bytes is in the RAM; none where it is not aligned or before it.
fn aligned<const N: usize>(address: u32) -> Option<usize> {
    let offset = address.checked_sub(RAM_START)? as usize;
    (offset & (N - 1) == 0).then_some(offset)
}

fn page_of(bytes: &mut [u8], number: u32) -> &mut [u8] {
    let start = number as usize * PAGE_BYTES;
    &mut bytes[start..start + PAGE_BYTES]
}

fn page_tree(bytes: &[u8]) -> MerkleTree {
    MerkleTree::new(bytes.as_chunks().0.iter().map(|word| Digest(*word)).collect())
}
