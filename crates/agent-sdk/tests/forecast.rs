//! Forecast's views: the past as it comes to light, and the own answers to the value at hand.

use nets_agent_sdk::Observation;
use nets_agent_sdk::forecast::{Packed, Series};
use nets_core::{Action, Seat, Status};

use crate::{buffer, start};

/// Sunspots of 1900 to 1906, in tenths.
const SUNSPOTS: [u16; 7] = [95, 27, 50, 244, 420, 635, 538];

#[test]
fn views_agree_with_the_values_that_came_to_light() {
    let given = [("from", 203), ("count", 4), ("window", 3), ("season", 2), ("quantiles", 3)];
    let mut state = start("forecast", &given, 1);
    let mut step: usize = 0;
    while let Status::Acting(_) = state.status() {
        let (asked, quantile) = (step / 3, step % 3);
        let past = &SUNSPOTS[asked..asked + 3];
        let packed = Packed::new(state.packed_observation(Seat(0)));
        assert_eq!((packed.before(), packed.last(), packed.naive()), (past[1], past[2], past[1]));
        assert_eq!((packed.quantile(), packed.quantile_count()), (quantile as u8, 3));
        let buffer = buffer(&*state, Seat(0), step as u32);
        let series = Series::new(Observation::new(packed.bits(), &buffer));
        assert_eq!((series.asked(), series.left()), (asked as u16, 4 - asked as u16));
        assert_eq!((series.highest(), series.season()), (3_000, 2));
        assert_eq!((series.quantile(), series.quantile_count()), (quantile as u8, 3));
        assert_eq!([3, 2, 1].map(|back| series.past(back)), *past);
        assert_eq!(series.past_count(), 3);
        for answered in 0..quantile {
            assert_eq!(usize::from(series.answer(answered as u8)), step - quantile + answered);
        }
        state.step(&[Action(step as u64)]).expect("a legal action");
        step += 1;
    }
    assert_eq!(step, 12);
}
