//! The actions of one round of betting, read from the number that holds them.

/// What was done in one round, in the order in which it was done.
///
/// `BASE` is how many actions the game has. The number is a 1 followed by a digit for each action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Betting<const BASE: u8>(u8);

impl<const BASE: u8> Betting<BASE> {
    /// The betting with this number.
    pub const fn new(number: u8) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Whether nothing was done.
    pub const fn is_empty(self) -> bool {
        self.0 < BASE
    }

    /// The last action's digit; none before the first.
    pub const fn last(self) -> Option<u8> {
        if self.is_empty() { None } else { Some(self.0 % BASE) }
    }

    /// How many actions there were.
    pub fn count(self) -> usize {
        self.backwards().count()
    }

    /// The digits from the last action back to the first.
    pub fn backwards(self) -> impl Iterator<Item = u8> {
        let before = |round: &Self| Some(Self(round.0 / BASE));
        core::iter::successors(Some(self), before).map_while(Self::last)
    }
}
