//! Forecast: one seat, which says the next value of a series again and again.
//!
//! The rules are those of SPEC.md section 8.13. `series` reads the data set, `decimal` its numbers,
//! `loss` says what a forecast costs, `state` is one moment of a match, `observation` what the seat
//! sees of it, `picture` what people do; `shipped` has the data sets that come with nets.
//!
//! Invariant: nothing that the seat can see depends on a value that it was not asked for before.

mod decimal;
mod loss;
mod observation;
mod picture;
mod series;
mod shipped;
mod state;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, DataSpec, Descriptor, Information, ParameterSpec, ParameterValues, Planes,
    RestoreError, Score, Seat, SeatSet, State, System,
};

use self::loss::QUANTILES_MAX;
use self::observation::{HEADER_BYTES, Seen};
pub use self::series::DATA_BYTES_MAX;
use self::series::Scale;
pub use self::shipped::{SHIPPED, ShippedData};
use self::state::Forecasts;

/// The facts of forecast.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "forecast",
    version: 1,
    summary: "Say the next value of a real series, or quantiles of it, and beat the naive forecast.",
    rules: "\
A series of real values is played from its place from on, count values long. Before each value the
seat sees those before it, and answers quantiles of it, the lowest first, one a step: of n
quantiles they are 1/(n+1) to n/(n+1), so of one it is the median. Then the value comes to light. A
forecast costs its pinball loss times n+1, in units of the values' last decimal: the quantile k/(n+1)
costs k for each unit that the value lies above it, and n+1-k for each below; with one quantile that
is the absolute error. The naive forecast says for each quantile the value one season earlier; the
score is what it costs less what the seat's forecasts cost, over all values. Nothing is drawn: a
match depends on the data set alone, and those who have it know the values to come. Its SHA-256 is
a parameter, so a league can be made on data that nobody else has yet, and played when they are
shown.

Source: the pinball loss is that of quantile regression (Koenker and Bassett, 1978); losses beside
those of a seasonal naive forecast follow the M competitions (Makridakis and others, 2020).",
    seat_count: 1,
    information: Information::Private,
    parameters: &[
        parameter("from", "values of the series before the first that is asked for", 1, 100_000, 200),
        parameter("count", "values that are asked for", 1, 10_000, 109),
        parameter("window", "values that are seen of the past, if there are so many", 1, 32_000, 64),
        parameter("season", "the naive forecast is the value so many before", 1, 10_000, 1),
        parameter("quantiles", "quantiles that are asked for of each value", 1, QUANTILES_MAX as u64, 1),
        parameter("decimals", "decimals of a value", 0, decimal::DECIMALS_MAX as u64, 1),
        parameter("low", "the lowest value without its sign, in units of the last decimal", 0, 1 << 40, 0),
        parameter("low-minus", "1 where the lowest value is below zero", 0, 1, 0),
        parameter("levels", "values from the lowest to the highest", 2, 1 << 16, 3_001),
    ],
    data: Some(DataSpec {
        meaning: "the series: a CSV file with a line of names, then a line for each value, which \
                  stands last in it; by its SHA-256, or the name of one that ships",
        default: Some("sunspots"),
    }),
    packed_layout: "\
bits  0-15  the last value, as a level: how far it lies above the lowest
bits 16-31  the value before it, the same one where there is none
bits 32-47  the naive forecast, 0 after the last value
bits 48-51  the quantile that is asked for, counted from 0
bits 52-55  how many quantiles there are
others      zero",
    observation_layout: "\
bytes 0-1   values that came to light, u16
bytes 2-3   values left, u16
bytes 4-5   the highest level, u16
bytes 6-7   season, u16
byte  8     how many quantiles there are
byte  9     the quantile that is asked for, counted from 0
then        u16 for each quantile: the own answer to the value that is asked for, 0 if not given yet
then        u16 for each value seen of the past, the oldest first: its level, how far it lies above
            the lowest value",
    tensor_planes: Some(Planes::First),
    tensor_layout: "\
[2 + quantiles, window], places are values of the past, the last one the latest
0    the level, from 0 the lowest to 1 the highest; 0 where there is no value
1    1 where there is a value
2-   all 1 in the plane of the quantile that is asked for, else 0
No other library has this System.",
};

const fn parameter(
    name: &'static str,
    meaning: &'static str,
    min: u64,
    max: u64,
    default: u64,
) -> ParameterSpec {
    ParameterSpec { name, meaning, min, max, default }
}

/// Which part of a series is played, and how.
#[derive(Clone, Copy, Debug)]
struct Terms {
    from: usize,
    count: u16,
    window: usize,
    season: usize,
    quantiles: usize,
    scale: Scale,
}

impl Terms {
    /// The values of [`DESCRIPTOR`]'s parameters.
    fn of(parameters: &ParameterValues) -> Self {
        let &[from, count, window, season, quantiles, decimals, low, low_minus, levels] =
            parameters.values()
        else {
            unreachable!("values are made for the descriptor's parameters")
        };
        let low = if low_minus == 1 { -(low as i64) } else { low as i64 };
        Self {
            from: from as usize,
            count: count as u16,
            window: window as usize,
            season: season as usize,
            quantiles: quantiles as usize,
            scale: Scale { decimals: decimals as u32, low, levels: levels as u32 },
        }
    }

    /// How many values a series must have.
    fn needed(&self) -> usize {
        self.from + usize::from(self.count)
    }

    /// The most that a match can cost, and the most that it can gain.
    fn score_range(&self) -> (Score, Score) {
        let count = Score::from(self.count);
        let most = loss::most(self.quantiles, self.scale.levels);
        (-count * most, count * loss::most_of_one(self.quantiles, self.scale.levels))
    }
}

/// The part of a series that is played, with how it is.
#[derive(Debug)]
struct Played {
    terms: Terms,
    /// The levels of the series up to the last value that is asked for.
    levels: Vec<u16>,
}

/// The rules with their parameters, on a data set.
#[derive(Debug)]
pub(crate) struct Forecast {
    parameters: ParameterValues,
    played: Arc<Played>,
}

impl Forecast {
    /// The System with these values of [`DESCRIPTOR`]'s parameters, on a data set.
    ///
    /// # Errors
    /// With the reason in words when the data set does not fit the parameters.
    pub(crate) fn new(parameters: ParameterValues, csv: &[u8]) -> Result<Self, String> {
        let terms = Terms::of(&parameters);
        check(&parameters)?;
        let mut levels = terms.scale.read(csv)?;
        if levels.len() < terms.needed() {
            return Err(format!(
                "it has {} values, expected at least from + count, {}",
                levels.len(),
                terms.needed()
            ));
        }
        levels.truncate(terms.needed());
        Ok(Self { parameters, played: Arc::new(Played { terms, levels }) })
    }

    /// The System with these values of [`DESCRIPTOR`]'s parameters, on a series of which every value
    /// is the lowest.
    ///
    /// # Errors
    /// With the reason in words when the parameters do not go together.
    pub(crate) fn on_flat_series(parameters: ParameterValues) -> Result<Self, String> {
        check(&parameters)?;
        let terms = Terms::of(&parameters);
        let levels = vec![0; terms.needed()];
        Ok(Self { parameters, played: Arc::new(Played { terms, levels }) })
    }
}

/// Whether the parameters go together, on whatever data set; an error says in words why not.
pub(crate) fn check(parameters: &ParameterValues) -> Result<(), String> {
    let Terms { from, season, .. } = Terms::of(parameters);
    if season > from {
        return Err(format!(
            "season is {season}, expected at most from, {from}: the naive forecast of the first \
             value is one season earlier"
        ));
    }
    Ok(())
}

/// A data set that fits the parameters, with values that are made up.
pub(crate) fn made_up(parameters: &ParameterValues) -> String {
    let terms = Terms::of(parameters);
    terms.scale.made_up(terms.needed())
}

impl System for Forecast {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        self.played.terms.scale.levels.into()
    }

    fn step_count_max(&self) -> u32 {
        let Terms { count, quantiles, .. } = self.played.terms;
        u32::from(count) * quantiles as u32
    }

    fn observation_bytes_max(&self) -> u32 {
        let Terms { from, count, window, quantiles, .. } = self.played.terms;
        let seen = window.min(from + usize::from(count));
        (HEADER_BYTES + 2 * quantiles + 2 * seen) as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        let (lowest, highest) = self.played.terms.score_range();
        vec![if forfeits.contains(Seat(0)) { lowest } else { highest }]
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        Box::new(Forecasts::start(self.played.clone()))
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Forecasts::decode(self.played.clone(), bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        let Terms { window, quantiles, .. } = self.played.terms;
        vec![2 + quantiles as u32, window as u32]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let terms = &self.played.terms;
        let seen = Seen::decode(terms, observation)?;
        let missing = terms.window - seen.values.len();
        let highest = (terms.scale.levels - 1) as f32;
        tensor.extend(core::iter::repeat_n(0.0, missing));
        // What a network reads may be rounded: no rule depends on it.
        #[expect(clippy::float_arithmetic, reason = "no rule, score or byte depends on it")]
        tensor.extend(seen.values.iter().map(|&level| f32::from(level) / highest));
        tensor.extend(core::iter::repeat_n(0.0, missing));
        tensor.extend(core::iter::repeat_n(1.0, seen.values.len()));
        for quantile in 0..terms.quantiles {
            let is_asked = f32::from(seen.quantile == Some(quantile));
            tensor.extend(core::iter::repeat_n(is_asked, terms.window));
        }
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        let terms = &self.played.terms;
        let is_asked = Seen::decode(terms, observation)?.quantile.is_some() && seat == Seat(0);
        let count = if is_asked { terms.scale.levels } else { 0 };
        Ok((0..u64::from(count)).map(Action).collect())
    }

    fn action_name(&self, action: Action) -> String {
        let Scale { levels, .. } = self.played.terms.scale;
        match u16::try_from(action.0) {
            Ok(level) if u32::from(level) < levels => self.played.terms.scale.value(level),
            _ => format!("#{action}"),
        }
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        match name.strip_prefix('#') {
            Some(number) => number.parse().ok().map(Action),
            None => self.played.terms.scale.level(name).ok().map(|level| Action(level.into())),
        }
    }
}
