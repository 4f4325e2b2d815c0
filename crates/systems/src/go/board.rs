//! A board of Go: stones, the groups they form, and what a further stone would do.
//!
//! Groups are kept up to date with each stone instead of being searched for. A group knows its
//! **contacts**, how often one of its stones touches a free point: a point that touches it as often
//! as it has contacts is its last liberty. Points are numbered with an edge around the board, so
//! that each has four neighbours. Nothing here knows the past. Invariant: every group on the board
//! has a contact, and the key is that of the stones on it.

use alloc::vec::Vec;

use nets_core::Seat;

use super::cell_set::{CellSet, Shape};
use super::keys;

/// The largest board there is.
pub(super) const SIZE_MAX: u8 = 19;

/// Points of the largest board, its edge included.
pub(super) const POINTS_MAX: usize = (SIZE_MAX as usize + 2) * (SIZE_MAX as usize + 1);

/// The number of a point; row 0 and the columns to the left and right of the board are the edge.
pub(super) type Point = u16;

/// What is on a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Free,
    Edge,
    First,
    Second,
}

impl Content {
    /// The stone of a seat.
    pub(super) fn stone(seat: Seat) -> Self {
        if seat == Seat(0) { Self::First } else { Self::Second }
    }

    /// Whose stone it is, if it is one.
    pub(super) fn seat(self) -> Option<Seat> {
        match self {
            Self::First => Some(Seat(0)),
            Self::Second => Some(Seat(1)),
            Self::Free | Self::Edge => None,
        }
    }
}

/// A point, and the group whose head it is.
#[derive(Clone, Copy, Debug)]
struct Vertex {
    /// The exclusive or of the keys of the group's stones.
    group_key: u64,
    /// The stone that stands for the group; the point itself where there is no stone.
    head: Point,
    /// The next stone of the group, the first again after the last.
    next: Point,
    contacts: u16,
    content: Content,
}

/// The stones on a board.
#[derive(Clone, Debug)]
pub(super) struct Board {
    size: u8,
    shape: Shape,
    key: u64,
    /// The stones of each seat.
    stones: [CellSet; 2],
    /// Where stones of each seat were ever taken.
    lost: [CellSet; 2],
    vertices: Vec<Vertex>,
}

impl Board {
    /// A board without stones.
    pub(super) fn new(size: u8) -> Self {
        let stride = Point::from(size) + 1;
        let vertex = |point: Point| {
            let (row, column) = (point / stride, point % stride);
            let is_inside = (1..stride).contains(&row) && column != 0;
            let content = if is_inside { Content::Free } else { Content::Edge };
            Vertex { group_key: 0, head: point, next: point, contacts: 0, content }
        };
        let vertices = (0..stride * (stride + 1)).map(vertex).collect();
        let (shape, none) = (Shape::new(size), [CellSet::default(); 2]);
        Self { size, shape, key: 0, stones: none, lost: none, vertices }
    }

    /// How many points there are, the edge not counted.
    pub(super) fn cell_count(&self) -> u16 {
        u16::from(self.size) * u16::from(self.size)
    }

    /// Points in a row of numbers, one of the edge included.
    fn stride(&self) -> Point {
        Point::from(self.size) + 1
    }

    /// The point of a cell.
    pub(super) fn point(&self, cell: u16) -> Point {
        let size = u16::from(self.size);
        (cell / size + 1) * self.stride() + cell % size + 1
    }

    /// The cell of a point.
    pub(super) fn cell(&self, point: Point) -> u16 {
        let stride = self.stride();
        (point / stride - 1) * u16::from(self.size) + point % stride - 1
    }

    /// The points of all cells in ascending order.
    pub(super) fn points(&self) -> impl Iterator<Item = Point> + use<> {
        let stride = self.stride();
        (1..stride).flat_map(move |row| (1..stride).map(move |column| row * stride + column))
    }

    fn neighbours(&self, point: Point) -> [Point; 4] {
        let stride = self.stride();
        [point - stride, point - 1, point + 1, point + stride]
    }

    fn vertex(&self, point: Point) -> &Vertex {
        &self.vertices[usize::from(point)]
    }

    fn vertex_mut(&mut self, point: Point) -> &mut Vertex {
        &mut self.vertices[usize::from(point)]
    }

    /// What is on a point.
    pub(super) fn content(&self, point: Point) -> Content {
        self.vertex(point).content
    }

    /// The key of the position: equal positions have equal keys, others hardly ever.
    pub(super) fn key(&self) -> u64 {
        self.key
    }

    /// The stones of `seat`.
    pub(super) fn stones(&self, seat: Seat) -> CellSet {
        self.stones[seat.index()]
    }

    /// Where stones of `seat` were ever taken.
    pub(super) fn lost(&self, seat: Seat) -> CellSet {
        self.lost[seat.index()]
    }

    /// The cells without a stone.
    pub(super) fn free(&self) -> CellSet {
        self.shape.all().without(self.stones[0]).without(self.stones[1])
    }

    /// The cells that touch one of a set.
    pub(super) fn beside(&self, set: CellSet) -> CellSet {
        self.shape.beside(set)
    }

    /// The cells that touch one which has no stone of `seat`.
    pub(super) fn not_surrounded(&self, seat: Seat) -> CellSet {
        self.shape.beside(self.shape.all().without(self.stones(seat)))
    }

    /// How often the group with this head touches the point whose neighbours these are.
    fn touches(&self, around: [Point; 4], head: Point) -> u16 {
        around.into_iter().map(|n| u16::from(self.vertex(n).head == head)).sum()
    }

    /// The heads of the opponent's groups that a stone of `seat` on a free point would take; 0 for
    /// none, the same head never twice.
    fn taken_by(&self, seat: Seat, point: Point) -> [Point; 4] {
        let (around, other) = (self.neighbours(point), Content::stone(Seat(1 - seat.0)));
        let mut heads = [0; 4];
        for (index, neighbour) in around.into_iter().enumerate() {
            let Vertex { content, head, .. } = *self.vertex(neighbour);
            if content == other
                && !heads.contains(&head)
                && self.vertex(head).contacts == self.touches(around, head)
            {
                heads[index] = head;
            }
        }
        heads
    }

    /// The key of the position after a stone of `seat` on a free point; none where the stone's own
    /// group would have no liberty.
    pub(super) fn key_after(&self, seat: Seat, point: Point) -> Option<u64> {
        let (around, own) = (self.neighbours(point), Content::stone(seat));
        let heads = self.taken_by(seat, point);
        let lives = |neighbour: Point| {
            let Vertex { content, head, .. } = *self.vertex(neighbour);
            content == Content::Free
                || content == own && self.vertex(head).contacts > self.touches(around, head)
        };
        if heads == [0; 4] && !around.into_iter().any(lives) {
            return None;
        }
        let taken = heads.into_iter().filter(|head| *head != 0);
        let taken = taken.fold(0, |key, head| key ^ self.vertex(head).group_key);
        Some(self.key ^ keys::of(seat, point) ^ taken)
    }

    /// How many stones a stone of `seat` on a free point would take.
    pub(super) fn count_taken(&self, seat: Seat, point: Point) -> usize {
        let heads = self.taken_by(seat, point).into_iter().filter(|head| *head != 0);
        heads.map(|head| self.group(head).count()).sum()
    }

    /// The stones of the group of the stone on `first`.
    fn group(&self, first: Point) -> impl Iterator<Item = Point> {
        let rest = core::iter::successors(Some(self.vertex(first).next), |stone| {
            Some(self.vertex(*stone).next)
        });
        core::iter::once(first).chain(rest.take_while(move |stone| *stone != first))
    }

    /// What is on each point after a stone of `seat` on a free one.
    pub(super) fn contents_after(&self, seat: Seat, point: Point) -> [Content; POINTS_MAX] {
        let mut contents = self.contents();
        contents[usize::from(point)] = Content::stone(seat);
        for head in self.taken_by(seat, point).into_iter().filter(|head| *head != 0) {
            self.group(head).for_each(|stone| contents[usize::from(stone)] = Content::Free);
        }
        contents
    }

    /// What is on each point.
    pub(super) fn contents(&self) -> [Content; POINTS_MAX] {
        let mut contents = [Content::Edge; POINTS_MAX];
        for (content, vertex) in contents.iter_mut().zip(&self.vertices) {
            *content = vertex.content;
        }
        contents
    }

    /// Puts a stone of `seat` on a point where [`Board::key_after`] lets it live, and appends the
    /// points of the stones that it takes.
    pub(super) fn put(&mut self, seat: Seat, point: Point, taken: &mut Vec<Point>) {
        let heads = self.taken_by(seat, point);
        let (around, own) = (self.neighbours(point), Content::stone(seat));
        let mut contacts = 0;
        for neighbour in around {
            let head = self.vertex(neighbour).head;
            match self.content(neighbour) {
                Content::Free => contacts += 1,
                Content::Edge => {}
                Content::First | Content::Second => self.vertex_mut(head).contacts -= 1,
            }
        }
        let (key, cell) = (keys::of(seat, point), self.cell(point));
        self.key ^= key;
        self.stones[seat.index()].insert(cell);
        let vertex = self.vertex_mut(point);
        (vertex.content, vertex.contacts, vertex.group_key) = (own, contacts, key);
        for neighbour in around {
            if self.content(neighbour) == own {
                self.join(point, neighbour);
            }
        }
        for head in heads.into_iter().filter(|head| *head != 0) {
            self.take(Seat(1 - seat.0), head, taken);
        }
    }

    /// Makes one group of the groups of two stones.
    fn join(&mut self, one: Point, other: Point) {
        let (kept, joined) = (self.vertex(other).head, self.vertex(one).head);
        if kept == joined {
            return;
        }
        let Vertex { contacts, group_key, .. } = *self.vertex(joined);
        let head = self.vertex_mut(kept);
        head.contacts += contacts;
        head.group_key ^= group_key;
        let mut stone = joined;
        loop {
            self.vertex_mut(stone).head = kept;
            stone = self.vertex(stone).next;
            if stone == joined {
                break;
            }
        }
        let next = self.vertex(kept).next;
        self.vertex_mut(kept).next = self.vertex(joined).next;
        self.vertex_mut(joined).next = next;
    }

    /// Takes the group of `seat` with this head off the board.
    fn take(&mut self, seat: Seat, head: Point, taken: &mut Vec<Point>) {
        self.key ^= self.vertex(head).group_key;
        let first = taken.len();
        taken.extend(self.group(head));
        for &stone in &taken[first..] {
            let vertex = self.vertex_mut(stone);
            (vertex.content, vertex.head, vertex.next) = (Content::Free, stone, stone);
            let cell = self.cell(stone);
            self.stones[seat.index()].remove(cell);
            self.lost[seat.index()].insert(cell);
        }
        let other = Content::stone(Seat(1 - seat.0));
        for &stone in &taken[first..] {
            for neighbour in self.neighbours(stone) {
                if self.content(neighbour) == other {
                    let head = self.vertex(neighbour).head;
                    self.vertex_mut(head).contacts += 1;
                }
            }
        }
    }

    /// How many points are each seat's: its stones, and the free points from which, over free
    /// points, stones of no other seat are reached.
    pub(super) fn area(&self) -> [u16; 2] {
        let mut area = self.stones.map(|stones| stones.count() as u16);
        let mut is_seen = [false; POINTS_MAX];
        let mut region = Vec::with_capacity(self.cell_count().into());
        for point in self.points() {
            if self.content(point) != Content::Free || is_seen[usize::from(point)] {
                continue;
            }
            is_seen[usize::from(point)] = true;
            region.clear();
            region.push(point);
            let (mut reaches, mut next) = ([false; 2], 0);
            while let Some(&from) = region.get(next) {
                next += 1;
                for neighbour in self.neighbours(from) {
                    match self.content(neighbour).seat() {
                        Some(seat) => reaches[seat.index()] = true,
                        None if self.content(neighbour) == Content::Edge => {}
                        None if is_seen[usize::from(neighbour)] => {}
                        None => {
                            is_seen[usize::from(neighbour)] = true;
                            region.push(neighbour);
                        }
                    }
                }
            }
            match reaches {
                [true, false] => area[0] += region.len() as u16,
                [false, true] => area[1] += region.len() as u16,
                _ => {}
            }
        }
        area
    }
}
