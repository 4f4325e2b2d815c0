//! Forecast over a list of values, with the pinball loss as fractions.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

/// What is played: the parameters of SPEC.md section 8.13.
#[derive(Clone, Debug)]
struct Terms {
    from: usize,
    count: usize,
    window: usize,
    season: usize,
    quantiles: usize,
}

/// Carbon dioxide, in tenths of ppm above 300.
const LEVELS: usize = 1_001;

fn values() -> Vec<i64> {
    let text = include_str!("../../data/co2.csv");
    let digits = |line: &str| line.split(',').next_back().unwrap().replace('.', "");
    text.lines().skip(1).map(|line| digits(line).parse::<i64>().unwrap() - 3_000).collect()
}

struct Model {
    terms: Terms,
    values: Vec<i64>,
    answers: Vec<i64>,
}

impl Model {
    fn over(&self) -> usize {
        self.answers.len() / self.terms.quantiles
    }

    fn is_over(&self) -> bool {
        self.over() == self.terms.count
    }

    fn known(&self) -> usize {
        self.terms.from + self.over()
    }

    /// The loss of a quantile, times the number of quantiles and one.
    fn loss(&self, quantile: usize, forecast: i64, actual: i64) -> i64 {
        let whole = self.terms.quantiles as i64 + 1;
        let weight = quantile as i64 + 1;
        ((actual - forecast) * weight).max((forecast - actual) * (whole - weight))
    }

    fn score(&self) -> i64 {
        let mut score = 0;
        for value in 0..self.over() {
            let place = self.terms.from + value;
            for quantile in 0..self.terms.quantiles {
                let answer = self.answers[value * self.terms.quantiles + quantile];
                let naive = self.values[place - self.terms.season];
                score += self.loss(quantile, naive, self.values[place]);
                score -= self.loss(quantile, answer, self.values[place]);
            }
        }
        score
    }

    fn pending(&self) -> &[i64] {
        &self.answers[self.over() * self.terms.quantiles..]
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = (self.over() as u16).to_le_bytes().to_vec();
        bytes.push(self.pending().len() as u8);
        bytes.extend(self.score().to_le_bytes());
        let first = self.over().saturating_sub(1) * self.terms.quantiles;
        for answer in &self.answers[first..] {
            bytes.extend((*answer as u16).to_le_bytes());
        }
        bytes
    }

    fn observation(&self) -> Vec<u8> {
        let left = self.terms.count - self.over();
        let numbers = [self.over(), left, LEVELS - 1, self.terms.season];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|n| (*n as u16).to_le_bytes()).collect();
        bytes.push(self.terms.quantiles as u8);
        bytes.push(self.pending().len() as u8);
        let mut answers = self.pending().to_vec();
        answers.resize(self.terms.quantiles, 0);
        let oldest = self.known().saturating_sub(self.terms.window);
        for level in answers.iter().chain(&self.values[oldest..self.known()]) {
            bytes.extend((*level as u16).to_le_bytes());
        }
        bytes
    }

    fn packed(&self) -> u64 {
        let known = self.known();
        let last = self.values[known - 1] as u64;
        let before = if known > 1 { self.values[known - 2] as u64 } else { last };
        let naive = if self.is_over() { 0 } else { self.values[known - self.terms.season] as u64 };
        let (asked, quantiles) = (self.pending().len() as u64, self.terms.quantiles as u64);
        last + (before << 16) + (naive << 32) + (asked << 48) + (quantiles << 52)
    }
}

fn terms() -> impl Strategy<Value = Terms> {
    (1usize..40, 1usize..6, 1usize..50, 1usize..40, 1usize..=9).prop_map(
        |(from, count, window, season, quantiles)| Terms {
            from,
            count,
            window,
            season: season.min(from),
            quantiles,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn forecast_is_what_its_model_says(
        terms in terms(),
        choices in prop::collection::vec(0..LEVELS as i64, 54),
    ) {
        let Terms { from, count, window, season, quantiles } = terms;
        let given = [
            ("from", from), ("count", count), ("window", window), ("season", season),
            ("quantiles", quantiles), ("levels", LEVELS),
        ];
        let given = given.map(|(name, value)| (name, value as u64));
        let system = crate::on_data("forecast", "co2", &given);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        let mut model = Model { terms, values: values(), answers: Vec::new() };
        for choice in choices {
            prop_assert_eq!(state.bytes(), model.bytes());
            prop_assert_eq!(state.observation(Seat(0)), model.observation());
            prop_assert_eq!(state.packed_observation(Seat(0)), model.packed());
            prop_assert_eq!(state.scores(), [model.score()]);
            let acting = Status::Acting(SeatSet::only(Seat(0)));
            let over = Status::Terminal(Ending::Finished);
            prop_assert_eq!(state.status(), if model.is_over() { over } else { acting });
            if model.is_over() {
                break;
            }
            state.step(&[Action(choice as u64)]).unwrap();
            model.answers.push(choice);
        }
        prop_assert!(model.is_over());
    }
}
