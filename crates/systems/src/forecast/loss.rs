//! Losses: what a forecast costs, in whole numbers.
//!
//! The pinball loss of the quantile `k / (n + 1)` is `k / (n + 1)` for each unit that the actual
//! value lies above the forecast, and `1 - k / (n + 1)` for each unit below; its expected value is
//! least at that quantile. Multiplied by `n + 1` it is a whole number, and of the only quantile of
//! one, the median, it is the absolute error.

use nets_core::Score;

/// The most quantiles that are asked for.
pub(super) const QUANTILES_MAX: usize = 9;

/// What the forecasts of all quantiles, the lowest first, cost when `actual` comes.
pub(super) fn pinball(forecasts: &[u16], actual: u16) -> Score {
    let whole = forecasts.len() as Score + 1;
    let losses = forecasts.iter().zip(1..).map(|(&forecast, part)| {
        let above = Score::from(actual) - Score::from(forecast);
        if above >= 0 { part * above } else { (whole - part) * -above }
    });
    losses.sum()
}

/// The most that forecasts of `quantiles` quantiles can cost among so many levels.
pub(super) fn most(quantiles: usize, levels: u32) -> Score {
    let whole = quantiles as Score + 1;
    let parts: Score = (1..whole).map(|part| part.max(whole - part)).sum();
    parts * (Score::from(levels) - 1)
}

/// The most that the same forecast for each quantile can cost.
pub(super) fn most_of_one(quantiles: usize, levels: u32) -> Score {
    let parts: Score = (1..=quantiles as Score).sum();
    parts * (Score::from(levels) - 1)
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn the_loss_of_the_median_is_the_absolute_error() {
        assert_eq!(pinball(&[30], 42), 12);
        assert_eq!(pinball(&[42], 30), 12);
    }

    #[test]
    fn a_low_quantile_costs_little_below_and_much_above() {
        // Of quartiles: 1/4, 2/4, 3/4, times 4.
        assert_eq!(pinball(&[10, 10, 10], 20), 10 + 20 + 30);
        assert_eq!(pinball(&[20, 20, 20], 10), 30 + 20 + 10);
        assert_eq!(pinball(&[5, 10, 17], 10), 5 + 7);
    }

    #[test]
    fn no_forecasts_cost_more_than_the_most() {
        for quantiles in 1..=QUANTILES_MAX {
            let split = (1..=quantiles).map(|k| if 2 * k > quantiles { 0 } else { 9 }).collect();
            let all: [Vec<u16>; 3] = [vec![0; quantiles], vec![9; quantiles], split];
            let costs = all.iter().flat_map(|all| [0, 9].map(|actual| pinball(all, actual)));
            assert!(costs.max() <= Some(most(quantiles, 10)));
            assert_eq!(pinball(&all[0], 9), most_of_one(quantiles, 10));
            assert_eq!(pinball(&all[1], 0), most_of_one(quantiles, 10));
        }
    }
}
