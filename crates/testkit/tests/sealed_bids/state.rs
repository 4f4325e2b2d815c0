//! One moment of a match of sealed bids, and where each fault strikes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use nets_core::{
    Action, Chance, DecodeError, Ending, Reader, RestoreError, Score, Seat, SeatSet, State, Status,
    StepError,
};

use super::{BIDS, Fault, svg};

const BOTH: SeatSet = SeatSet(0b11);
const COINS: u8 = 6;

#[derive(Clone, Debug)]
pub(super) struct Table {
    fault: Fault,
    serial: u64,
    rounds: u8,
    chance: Chance,
    round: u8,
    prize: u8,
    cards: [u8; 2],
    coins: [u8; 2],
    points: [u16; 2],
    /// Not in the bytes; matters to [`Fault::RestoreLosesHiddenStreak`] alone.
    streak: u8,
    /// Shared by all copies; matters to faults alone.
    shared: Arc<AtomicU32>,
}

impl Table {
    pub(super) fn start(fault: Fault, serial: u64, rounds: u8, chance: Chance) -> Self {
        let cards = [0, 1].map(|event| chance.draw(event, 8) as u8);
        let shared = Arc::new(AtomicU32::new(0));
        let (coins, points) = ([COINS; 2], [0; 2]);
        Self {
            fault,
            serial,
            rounds,
            chance,
            round: 0,
            prize: 0,
            cards,
            coins,
            points,
            streak: 0,
            shared,
        }
    }

    pub(super) fn decode(
        fault: Fault,
        serial: u64,
        rounds: u8,
        chance: Chance,
        bytes: &[u8],
    ) -> Result<Self, RestoreError> {
        if fault == Fault::RestorePanicsOnShortBytes {
            assert!(bytes.len() >= 4, "too short");
        }
        let mut table = Self::start(fault, serial, rounds, chance);
        let mut reader = Reader::new(bytes);
        table.round = reader.u8("round")?;
        table.prize = reader.u8("prize")?;
        table.cards = reader.array("cards")?;
        table.coins = reader.array("coins")?;
        table.points = [reader.u16("points of seat 0")?, reader.u16("points of seat 1")?];
        match fault {
            Fault::LeftOverBytesAccepted => {}
            Fault::StateLeaksChance => drop(reader.raw("leak", 1)?),
            _ => reader.finish()?,
        }
        let in_range = table.round <= rounds
            && table.prize <= 4
            && table.cards.iter().all(|&card| card < 8)
            && table.coins.iter().all(|&coins| coins <= COINS)
            && table.points.iter().all(|&points| points <= 11 * u16::from(table.round));
        match fault {
            Fault::RestoreLosesPoints => table.points = [0; 2],
            Fault::RestoreRefusesLastState if !table.is_running() => {
                return Err(RestoreError::Inconsistent("over".to_owned()));
            }
            Fault::OneByteIgnored => table.prize = table.prize.min(4),
            Fault::EndlessWhenRestoredDamaged if table.cards[0] >= 8 => return Ok(table),
            _ if in_range => {}
            _ => return Err(DecodeError::value("a field", "in range", "not").into()),
        }
        Ok(table)
    }

    fn is_running(&self) -> bool {
        let endless = self.fault == Fault::EndlessWhenRestoredDamaged && self.cards[0] >= 8;
        self.round < self.rounds && self.coins != [0, 0] || endless
    }

    /// The prize that is drawn after the next bids: what nobody may see before.
    fn next_prize(&self) -> u8 {
        1 + self.chance.draw(2 + u32::from(self.round), 4) as u8
    }

    fn may_bid(&self, seat: Seat, bid: u64) -> bool {
        let affordable = bid < BIDS && bid <= u64::from(self.coins[seat.index()]);
        let kept_back = bid > 0 && u64::from(self.next_prize()) == bid;
        let is_warned = bid == 3 && self.cards[1 - (seat.index() & 1)] == 7;
        affordable
            && !(self.fault == Fault::ActionsLeakPrize && kept_back)
            && !(self.fault == Fault::ActionsLeakCard && is_warned)
    }

    fn check(&self, actions: &[Action]) -> Result<[u8; 2], StepError> {
        let sloppy = self.fault == Fault::WrongCountAccepted && actions.len() > 2;
        if actions.len() != 2 && !sloppy {
            return Err(StepError::Count { expected: 2, got: actions.len() });
        }
        for (seat, &action) in BOTH.iter().zip(actions) {
            let taken = match self.fault {
                Fault::StepTruncates => Action(action.0 & 0xffff_ffff),
                _ => action,
            };
            let legal = match self.fault {
                Fault::StepPanicsOnHugeActions => self.may_bid(seat, action.0 * 2 / 2),
                Fault::StepAcceptsUnaffordable => taken.0 < BIDS,
                Fault::LegalActionRefused => taken.0 != 2 && self.is_legal(seat, taken),
                Fault::IsLegalTooWide | Fault::IsLegalTruncates => self.may_bid(seat, taken.0),
                _ => self.is_legal(seat, taken),
            };
            if !legal {
                return Err(StepError::Illegal { seat, action });
            }
        }
        Ok([actions[0].0 as u8, actions[1].0 as u8])
    }

    fn settle(&mut self, bids: [u8; 2]) {
        self.prize = self.next_prize();
        if self.fault == Fault::RestoreLosesHiddenStreak && self.streak == 3 {
            self.prize = 4;
        }
        self.streak += 1;
        for seat in [0, 1] {
            self.coins[seat] = self.coins[seat].saturating_sub(bids[seat]);
            if bids[seat] > bids[1 - seat] {
                self.points[seat] += u16::from(self.prize + self.cards[seat]);
            }
        }
        if self.fault == Fault::NeverEndsWithoutBids && bids == [0, 0] {
            return;
        }
        self.round += 1;
        self.shared.fetch_add(1, Ordering::Relaxed);
    }
}

impl State for Table {
    fn status(&self) -> Status {
        match self.coins {
            _ if self.is_running() => Status::Acting(BOTH),
            [0, 0] => Status::Terminal(Ending::Finished),
            _ => Status::Terminal(Ending::StepLimit),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let mut legal: Vec<_> =
            (0..BIDS).map(Action).filter(|&action| self.is_legal(seat, action)).collect();
        match self.fault {
            Fault::UnsortedActions => legal.reverse(),
            Fault::DuplicateActions => legal.extend(legal.last().copied()),
            Fault::IdleSeatHasActions if !BOTH.contains(seat) => legal.push(Action(0)),
            Fault::IsLegalTooWide => legal.retain(|action| action.0 < 3),
            _ => {}
        }
        actions.append(&mut legal);
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        if !self.is_running() || !BOTH.contains(seat) {
            return false;
        }
        match self.fault {
            Fault::IsLegalTruncates => self.may_bid(seat, action.0 & 0xff),
            Fault::NoActionsWithoutCoins => {
                self.coins[seat.index()] > 0 && self.may_bid(seat, action.0)
            }
            _ => self.may_bid(seat, action.0),
        }
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if !self.is_running() && self.fault != Fault::TerminalAccepts {
            return Err(StepError::Terminal);
        }
        if self.fault == Fault::TerminalAccepts && !self.is_running() {
            return Ok(());
        }
        match self.check(actions) {
            Ok(bids) => {
                self.settle(bids);
                Ok(())
            }
            Err(error) => {
                if self.fault == Fault::RefusedStepChanges {
                    self.prize ^= 1;
                }
                Err(error)
            }
        }
    }

    fn scores(&self) -> Vec<Score> {
        let scores = self.points.map(Score::from);
        match self.fault {
            Fault::ScoreMissing => scores[..1].to_vec(),
            Fault::ScoreTooFar => vec![scores[0] + (1 << 41), scores[1]],
            _ => scores.to_vec(),
        }
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let own = match self.fault {
            Fault::ObservationPanicsForNoSeat => seat.index(),
            _ => seat.index() & 1,
        };
        let packed = u64::from(self.round)
            | u64::from(self.cards[own]) << 8
            | u64::from(self.coins[own]) << 16
            | u64::from(self.prize) << 24;
        match self.fault {
            Fault::PackedLeaksPrize | Fault::LeakHiddenByCount => {
                packed | u64::from(self.next_prize()) << 60
            }
            Fault::PackedLeaksCard => packed | u64::from(self.cards[1 - own] & 1) << 63,
            _ => packed,
        }
    }

    fn write_observation(&self, seat: Seat, bytes: &mut Vec<u8>) {
        let own = seat.index() & 1;
        bytes.extend([self.round, self.prize, self.cards[own]]);
        bytes.extend([self.coins[own], self.coins[1 - own]]);
        if self.fault == Fault::ObservationLeaksCard {
            bytes[1] |= self.cards[1 - own] << 4;
        }
        bytes.extend(self.points[0].to_le_bytes());
        bytes.extend(self.points[1].to_le_bytes());
        if self.fault == Fault::ObservationLeaksPrize {
            bytes.push(self.next_prize());
        }
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        if self.fault == Fault::WriteClears {
            bytes.clear();
        }
        bytes.extend([self.round, self.prize]);
        bytes.extend(self.cards);
        bytes.extend(self.coins);
        bytes.extend(self.points[0].to_le_bytes());
        bytes.extend(self.points[1].to_le_bytes());
        if self.fault == Fault::StateLeaksChance {
            bytes.push(self.chance.draw(1_000, 256) as u8);
        }
    }

    fn chance_event_count(&self) -> u32 {
        let count = 2 + u32::from(self.round);
        match self.fault {
            Fault::LeakHiddenByCount | Fault::CountRunsAhead => count + 1,
            Fault::CountFalls => 50 - count,
            Fault::CountLeaksCard => count + u32::from(self.cards[0] / 4),
            _ => count,
        }
    }

    fn picture(&self) -> String {
        let Self { round, prize, coins, points, .. } = self;
        let extra = match self.fault {
            Fault::PictureEmpty => return String::new(),
            Fault::PictureCountsCalls => u64::from(self.shared.fetch_add(1, Ordering::Relaxed)),
            Fault::ForkSharesRounds => u64::from(self.shared.load(Ordering::Relaxed)),
            Fault::BuildsDiffer => self.serial,
            Fault::PictureLeaksPrize => u64::from(self.next_prize()),
            _ => 0,
        };
        format!("round {round}, prize {prize}, coins {coins:?}, points {points:?}, {extra}\n")
    }

    fn svg(&self) -> String {
        let extra = match self.fault {
            Fault::SvgCountsCalls => u64::from(self.shared.fetch_add(1, Ordering::Relaxed)),
            Fault::SvgLeaksPrize => u64::from(self.next_prize()),
            _ => 0,
        };
        svg::draw(self.fault, &format!("round {}, {extra}", self.round))
    }

    fn fork(&self) -> Box<dyn State> {
        let mut copy = self.clone();
        if self.fault == Fault::ForkLosesCoins {
            copy.coins[0] /= 2;
        }
        if self.fault != Fault::ForkSharesRounds {
            copy.shared = Arc::new(AtomicU32::new(self.shared.load(Ordering::Relaxed)));
        }
        Box::new(copy)
    }
}
