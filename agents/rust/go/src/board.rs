//! A board of Go that can be played on fast: groups with their contacts, and a list of free points.
//!
//! A contact is a free point beside a stone, counted for each of the group's stones that it touches;
//! a point that touches a group as often as it has contacts is its last liberty. Only the simplest
//! repetition, taking a single stone back at once, is known here. Invariant: every group has a
//! contact, except inside of `put`.

use nets_agent_sdk::scatter;

/// Room for the points of the largest board, 21 rows of 20 with an edge that neighbouring rows
/// share; the next power of two, because a number that is cut to it needs no check.
pub(crate) const ROOM: usize = 512;

/// The number of a point, the edge counted.
pub(crate) type Point = u16;

/// No stone.
pub(crate) const FREE: u8 = 0;

/// Outside.
const EDGE: u8 = 1;

/// The stone of seat 0; that of seat 1 is one more, so that the lowest bit tells them apart.
pub(crate) const BLACK: u8 = 2;

/// The stones on a board.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    stride: u16,
    content: [u8; ROOM],
    head: [Point; ROOM],
    next: [Point; ROOM],
    contacts: [u16; ROOM],
    /// The free points, in no order, and where each is in that list.
    free: [Point; ROOM],
    place: [u16; ROOM],
    free_count: u16,
    /// Where a single stone was taken that could take the last one back; 0 for nowhere.
    ko: Point,
    /// The exclusive or of a number for each stone: positions that differ have different ones, but
    /// for a chance so small that an agent can live with it.
    key: u64,
}

fn stone_key(stone: u8, point: Point) -> u64 {
    scatter(u64::from(point) << 2 | u64::from(stone))
}

fn at(point: Point) -> usize {
    usize::from(point) & (ROOM - 1)
}

impl Board {
    /// A board without stones.
    pub(crate) fn new(size: u8) -> Self {
        let stride = u16::from(size) + 1;
        let mut board = Self {
            stride,
            content: [EDGE; ROOM],
            head: [0; ROOM],
            next: [0; ROOM],
            contacts: [0; ROOM],
            free: [0; ROOM],
            place: [0; ROOM],
            free_count: 0,
            ko: 0,
            key: 0,
        };
        for row in 1..stride {
            for column in 1..stride {
                board.add_free(row * stride + column);
            }
        }
        board
    }

    /// The point of an action that puts a stone.
    pub(crate) fn point(&self, action: u16) -> Point {
        let size = self.stride - 1;
        (action / size + 1) * self.stride + action % size + 1
    }

    /// The action that puts a stone on a point.
    pub(crate) fn action(&self, point: Point) -> u16 {
        (point / self.stride - 1) * (self.stride - 1) + point % self.stride - 1
    }

    /// The free points, in no order.
    pub(crate) fn free(&self) -> &[Point] {
        &self.free[..at(self.free_count)]
    }

    /// All numbers of points are below this.
    pub(crate) fn points_end(&self) -> usize {
        at(self.stride * (self.stride + 1))
    }

    /// The key of the position.
    pub(crate) fn key(&self) -> u64 {
        self.key
    }

    /// How many stones a stone of `own` on a playable point takes.
    pub(crate) fn count_taken(&self, own: u8, point: Point) -> u16 {
        let around = self.neighbours(point);
        let takes = around.iter().any(|&neighbour| {
            let head = self.head[at(neighbour)];
            self.content[at(neighbour)] == own ^ 1 && self.has_one_liberty(head, around)
        });
        if takes { self.clone().put(own, point) } else { 0 }
    }

    fn neighbours(&self, point: Point) -> [Point; 4] {
        [point - self.stride, point - 1, point + 1, point + self.stride]
    }

    /// Whether a free point is an eye of `own`: surrounded by it, and not to be made false.
    pub(crate) fn is_eye(&self, own: u8, point: Point) -> bool {
        let around = self.neighbours(point).map(|n| self.content[at(n)]);
        if around.iter().any(|&content| content != own && content != EDGE) {
            return false;
        }
        let [above, below] = [point + self.stride, point - self.stride];
        let corners = [above - 1, above + 1, below - 1, below + 1].map(|n| self.content[at(n)]);
        let hostile = corners.iter().filter(|&&content| content == own ^ 1).count();
        let is_inside = !around.contains(&EDGE);
        hostile <= usize::from(is_inside)
    }

    /// Whether `head`'s group has no liberty but the point whose neighbours these are.
    fn has_one_liberty(&self, head: Point, around: [Point; 4]) -> bool {
        let touching = around.iter().filter(|n| self.head[at(**n)] == head).count();
        at(self.contacts[at(head)]) == touching
    }

    /// Whether a stone of `own` may be put on a free point, but for what came before the last ply.
    pub(crate) fn is_playable(&self, own: u8, point: Point) -> bool {
        let around = self.neighbours(point);
        point != self.ko
            && around.iter().any(|&neighbour| match self.content[at(neighbour)] {
                FREE => true,
                EDGE => false,
                // An own group has to have another liberty, one of the opponent no other.
                content => {
                    (content == own) != self.has_one_liberty(self.head[at(neighbour)], around)
                }
            })
    }

    /// Passes: nothing may not be taken back any more.
    pub(crate) fn pass(&mut self) {
        self.ko = 0;
    }

    /// Puts a stone of `own` on a playable point; says how many it takes.
    pub(crate) fn put(&mut self, own: u8, point: Point) -> u16 {
        let around = self.neighbours(point);
        self.set_stone(own, point);
        let (mut contacts, mut in_enemy_eye) = (0, true);
        for neighbour in around {
            match self.content[at(neighbour)] {
                FREE => {
                    contacts += 1;
                    in_enemy_eye = false;
                }
                EDGE => {}
                content => {
                    self.contacts[at(self.head[at(neighbour)])] -= 1;
                    in_enemy_eye &= content != own;
                }
            }
        }
        self.contacts[at(point)] = contacts;
        let (mut taken, mut last_taken) = (0, 0);
        for neighbour in around {
            let head = self.head[at(neighbour)];
            if self.content[at(neighbour)] == own {
                self.join(head, self.head[at(point)]);
            } else if self.content[at(neighbour)] == own ^ 1 && self.contacts[at(head)] == 0 {
                taken += self.take(head);
                last_taken = neighbour;
            }
        }
        self.ko = if in_enemy_eye && taken == 1 { last_taken } else { 0 };
        taken
    }

    fn set_stone(&mut self, own: u8, point: Point) {
        let i = at(point);
        (self.content[i], self.head[i], self.next[i]) = (own, point, point);
        self.key ^= stone_key(own, point);
        // The last of the list takes its place.
        self.free_count -= 1;
        let last = self.free[at(self.free_count)];
        self.free[at(self.place[i])] = last;
        self.place[at(last)] = self.place[i];
    }

    fn add_free(&mut self, point: Point) {
        (self.content[at(point)], self.head[at(point)]) = (FREE, 0);
        self.place[at(point)] = self.free_count;
        self.free[at(self.free_count)] = point;
        self.free_count += 1;
    }

    /// Makes one group of two, if they are two.
    fn join(&mut self, one: Point, other: Point) {
        if one == other {
            return;
        }
        // Most groups with more contacts have more stones, each of which costs.
        let is_larger = self.contacts[at(one)] > self.contacts[at(other)];
        let (kept, joined) = if is_larger { (one, other) } else { (other, one) };
        self.contacts[at(kept)] += self.contacts[at(joined)];
        let mut stone = joined;
        loop {
            self.head[at(stone)] = kept;
            stone = self.next[at(stone)];
            if stone == joined {
                break;
            }
        }
        self.next.swap(at(kept), at(joined));
    }

    /// Takes a group off the board; says how many stones it had.
    fn take(&mut self, head: Point) -> u16 {
        let other = self.content[at(head)] ^ 1;
        let (mut stone, mut count) = (head, 0);
        loop {
            let next = self.next[at(stone)];
            self.key ^= stone_key(other ^ 1, stone);
            self.add_free(stone);
            for neighbour in self.neighbours(stone) {
                if self.content[at(neighbour)] == other {
                    self.contacts[at(self.head[at(neighbour)])] += 1;
                }
            }
            count += 1;
            stone = next;
            if stone == head {
                return count;
            }
        }
    }

    /// Twice how much more area `own` has, where every free point is an eye or nobody's.
    pub(crate) fn twice_lead(&self, own: u8) -> i32 {
        let of = |content: u8| i32::from(content == own) - i32::from(content == own ^ 1);
        let stones = (self.stride..self.stride * self.stride).map(|p| of(self.content[at(p)]));
        let eyes = self.free().iter().map(|&point| {
            let around = self.neighbours(point).map(|n| of(self.content[at(n)]));
            i32::from(around.contains(&1)) - i32::from(around.contains(&-1))
        });
        2 * stones.chain(eyes).sum::<i32>()
    }
}
