//! Solves Leduc hold'em: counterfactual regret minimisation, and the best answer to a strategy.
//!
//! Both walk the same tree for one position and one card in its hand, the hero's, against all cards
//! of the other, the villain, at once: a walk carries how likely it is that the villain holds each
//! rank and plays to here. The rules are written out again for that, by ranks instead of cards.
//! Sums, products and quotients alone come in, so the result is the same on every platform.

use std::cmp::Ordering;

use leduc_poker::situations::{self, RANKS};
use nets_agent_sdk::poker::leduc::{Betting, Rank};

const FOLD: usize = 0;
const CALL: usize = 1;
const RAISE: usize = 2;

/// How many raises a round has at most, and what one adds in each round, in chips.
const RAISES_MAX: u8 = 2;
const RAISE_CHIPS: [f64; 2] = [2.0, 4.0];

/// How many cards of each rank there are.
const CARDS_OF_RANK: f64 = 2.0;

/// How often a player folds, calls and raises in each situation.
pub(crate) type Strategy = Vec<[f64; 3]>;

/// How likely it is that the villain holds each rank and plays to here.
type Reach = [f64; RANKS];

/// A hand without the cards in it.
#[derive(Clone, Copy)]
struct Table {
    /// The numbers of the bettings in both rounds.
    bettings: [u8; 2],
    /// The open rank, once the second round has begun.
    open: Option<usize>,
    /// What each position has put in, in chips.
    paid: [f64; 2],
    /// How many raises are in the round.
    raises: u8,
    /// The position that acts, or would act next.
    actor: usize,
}

/// What an action leads to.
enum Next {
    Acts(Table),
    Folded(Table),
    Open(Table),
    Showdown(Table),
}

impl Table {
    const START: Self = Self { bettings: [1; 2], open: None, paid: [1.0; 2], raises: 0, actor: 0 };

    fn round(&self) -> usize {
        usize::from(self.open.is_some())
    }

    fn legal(&self) -> impl Iterator<Item = usize> + use<> {
        let table = *self;
        [FOLD, CALL, RAISE].into_iter().filter(move |&action| match action {
            FOLD => table.paid[table.actor] < table.paid[1 - table.actor],
            RAISE => table.raises < RAISES_MAX,
            _ => true,
        })
    }

    fn after(mut self, action: usize) -> Next {
        let (round, actor) = (self.round(), self.actor);
        let is_first = self.bettings[round] == 1;
        let stakes = self.paid[0].max(self.paid[1]);
        self.bettings[round] = self.bettings[round] * 3 + action as u8;
        self.actor = 1 - actor;
        match action {
            FOLD => return Next::Folded(self),
            CALL => self.paid[actor] = stakes,
            _ => {
                self.paid[actor] = stakes + RAISE_CHIPS[round];
                self.raises += 1;
            }
        }
        match round {
            _ if action == RAISE || is_first => Next::Acts(self),
            0 => Next::Open(Self { raises: 0, actor: 0, ..self }),
            _ => Next::Showdown(self),
        }
    }

    fn situation(&self, own: usize) -> usize {
        let rank = |rank: usize| [Rank::Jack, Rank::Queen, Rank::King][rank];
        situations::number(rank(own), self.open.map(rank), self.bettings.map(Betting::new))
    }

    /// What the hero wins on average if the cards are shown; both have put in as much then.
    fn shown(&self, own: usize, reach: &Reach) -> f64 {
        let strength = |rank: usize| if Some(rank) == self.open { RANKS } else { rank };
        let won = |(rank, share): (usize, &f64)| match strength(own).cmp(&strength(rank)) {
            Ordering::Less => -share * self.paid[0],
            Ordering::Equal => 0.0,
            Ordering::Greater => share * self.paid[0],
        };
        reach.iter().enumerate().map(won).sum()
    }
}

/// How the two play in a walk.
trait Play {
    /// How often each action is taken in a situation, by either player.
    fn shares(&self, situation: usize) -> [f64; 3];

    /// What the situation is worth to the hero when its actions are worth `values`; `reach` is how
    /// likely the hero's own actions lead here.
    fn settle(&mut self, situation: usize, reach: f64, values: &[(usize, f64)]) -> f64;
}

/// Who the walk is for: the position, the rank of the card, and how likely its own actions are.
#[derive(Clone, Copy)]
struct Hero {
    position: usize,
    own: usize,
    reach: f64,
}

/// What the hero wins from here on.
fn walk(play: &mut impl Play, table: Table, hero: Hero, reach: Reach) -> f64 {
    if table.actor != hero.position {
        let shares = [0, 1, 2].map(|rank| play.shares(table.situation(rank)));
        let go_on = |action: usize| {
            let reach = std::array::from_fn(|rank| reach[rank] * shares[rank][action]);
            follow(play, table.after(action), hero, reach)
        };
        return table.legal().map(go_on).sum();
    }
    let situation = table.situation(hero.own);
    let shares = play.shares(situation);
    let mut values = Vec::new();
    for action in table.legal() {
        let hero = Hero { reach: hero.reach * shares[action], ..hero };
        values.push((action, follow(play, table.after(action), hero, reach)));
    }
    play.settle(situation, hero.reach, &values)
}

/// What the hero wins from what an action led to.
fn follow(play: &mut impl Play, next: Next, hero: Hero, reach: Reach) -> f64 {
    match next {
        Next::Acts(table) => walk(play, table, hero, reach),
        Next::Folded(table) => {
            // Who acts now has not folded.
            let won = if table.actor == hero.position { 1.0 } else { -1.0 };
            won * table.paid[1 - table.actor] * reach.iter().sum::<f64>()
        }
        Next::Showdown(table) => table.shown(hero.own, &reach),
        Next::Open(table) => {
            let is = |rank: usize, other: usize| f64::from(u8::from(rank == other));
            let open = |open: usize| {
                let left = |rank| CARDS_OF_RANK - is(open, hero.own) - is(open, rank);
                let reach = std::array::from_fn(|rank| reach[rank] * left(rank) / 4.0);
                walk(play, Table { open: Some(open), ..table }, hero, reach)
            };
            (0..RANKS).map(open).sum()
        }
    }
}

/// What a position wins in a hand on average.
fn hand(play: &mut impl Play, position: usize) -> f64 {
    let deal = |own: usize| {
        let left = |rank| if rank == own { CARDS_OF_RANK - 1.0 } else { CARDS_OF_RANK };
        let reach = std::array::from_fn(|rank| left(rank) / 5.0 / 3.0);
        walk(play, Table::START, Hero { position, own, reach: 1.0 }, reach)
    };
    (0..RANKS).map(deal).sum()
}

/// Two players that learn from each other: what each regrets, and what it did so far.
struct Learners {
    regrets: Strategy,
    done: Strategy,
    weight: f64,
}

/// The shares of these weights, all calls where there are none.
fn shares_of(weights: [f64; 3]) -> [f64; 3] {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 { weights.map(|weight| weight / sum) } else { [0.0, 1.0, 0.0] }
}

impl Play for Learners {
    fn shares(&self, situation: usize) -> [f64; 3] {
        shares_of(self.regrets[situation])
    }

    fn settle(&mut self, situation: usize, reach: f64, values: &[(usize, f64)]) -> f64 {
        let shares = self.shares(situation);
        let mean: f64 = values.iter().map(|&(action, value)| shares[action] * value).sum();
        for &(action, value) in values {
            let regret = &mut self.regrets[situation][action];
            // What is regretted less than nothing is forgotten, so that it may be tried again soon.
            *regret = (*regret + value - mean).max(0.0);
            self.done[situation][action] += self.weight * reach * shares[action];
        }
        mean
    }
}

/// The strategy that two learners come to on average, later hands counting more.
pub(crate) fn solve(iterations: u32) -> Strategy {
    let nothing = vec![[0.0; 3]; situations::COUNT];
    let mut learners = Learners { regrets: nothing.clone(), done: nothing, weight: 0.0 };
    for iteration in 1..=iterations {
        learners.weight = f64::from(iteration);
        for position in [0, 1] {
            hand(&mut learners, position);
        }
    }
    learners.done.into_iter().map(shares_of).collect()
}

/// The villain's strategy is known, and the hero does the best there is.
struct Answer<'a>(&'a Strategy);

impl Play for Answer<'_> {
    fn shares(&self, situation: usize) -> [f64; 3] {
        self.0[situation]
    }

    fn settle(&mut self, _situation: usize, _reach: f64, values: &[(usize, f64)]) -> f64 {
        values.iter().map(|&(_, value)| value).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// What the best answer to a strategy wins in a hand on average, in chips, at each position.
pub(crate) fn best_answer(strategy: &Strategy) -> [f64; 2] {
    [0, 1].map(|position| hand(&mut Answer(strategy), position))
}
