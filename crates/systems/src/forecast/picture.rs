//! Charts of a match: the past as a line, the last forecast beside the value that came, and what is
//! answered of the next one.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use super::series::Scale;
use super::state::Forecasts;
use crate::drawing::Drawing;

/// How many values of the past are shown.
const SHOWN: usize = 48;

/// The rows of the chart in text.
const ROWS: usize = 9;

/// What is shown, and between which levels.
struct Chart<'a> {
    past: &'a [u16],
    last: &'a [u16],
    next: &'a [u16],
    low: u16,
    high: u16,
}

impl<'a> Chart<'a> {
    fn of(state: &'a Forecasts) -> Self {
        let (past, last, next) = (state.past(SHOWN), state.last_answers(), state.answers());
        let all = || past.iter().chain(last).chain(next).copied();
        let (low, high) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { past, last, next, low, high }
    }

    /// How far up a level lies in a chart of this height, from 0 to the height.
    fn height(&self, level: u16, height: usize) -> usize {
        let span = usize::from(self.high - self.low).max(1);
        (usize::from(level - self.low) * height + span / 2) / span
    }

    /// The last value beside its forecast, for people.
    fn words(&self, scale: &Scale) -> String {
        let list = |levels: &[u16]| {
            let values: Vec<_> = levels.iter().map(|&level| scale.value(level)).collect();
            values.join(" ")
        };
        match (self.past.last(), self.last) {
            (Some(&value), []) => format!("last value {}", scale.value(value)),
            (Some(&value), last) => format!("last value {} for {}", scale.value(value), list(last)),
            (None, _) => String::new(),
        }
    }
}

/// The chart as text.
pub(super) fn text(state: &Forecasts) -> String {
    let (chart, scale) = (Chart::of(state), &state.terms().scale);
    let width = chart.past.len() + 1;
    let mut rows = vec![vec![' '; width]; ROWS];
    let mut put = |column: usize, level: u16, mark: char| {
        rows[ROWS - 1 - chart.height(level, ROWS - 1)][column] = mark;
    };
    for &answer in chart.last {
        put(width - 2, answer, 'x');
    }
    for &answer in chart.next {
        put(width - 1, answer, 'x');
    }
    for (column, &level) in chart.past.iter().enumerate() {
        put(column, level, '•');
    }
    let labels = [scale.value(chart.high), scale.value(chart.low)];
    let label_width = labels.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for (row, marks) in rows.iter().enumerate() {
        let label = match row {
            0 => labels[0].as_str(),
            row if row == ROWS - 1 => labels[1].as_str(),
            _ => "",
        };
        let marks: String = marks.iter().collect();
        text += &format!("{label:>label_width$} │{}\n", marks.trim_end());
    }
    text + &format!("{}\n• value, x forecast; {}\n", state.words(), chart.words(scale))
}

const WIDTH: i32 = 420;
const TOP: i32 = 26;
const HEIGHT: i32 = 130;

/// The chart as an SVG picture.
pub(super) fn svg(state: &Forecasts) -> String {
    let (chart, scale) = (Chart::of(state), &state.terms().scale);
    let mut drawing = Drawing::new((WIDTH, 208), &state.words());
    drawing.rect("panel", (6, TOP - 18), (WIDTH - 12, HEIGHT + 36));
    let left = 14 + 8 * (SHOWN - chart.past.len()) as i32;
    let place = |column: usize, level: u16| {
        let up = chart.height(level, HEIGHT as usize) as i32;
        (left + 8 * column as i32, TOP + HEIGHT - up)
    };
    let points = chart.past.iter().enumerate().map(|(column, &level)| place(column, level));
    let line: Vec<_> = points.map(|(x, y)| format!("{x} {y}")).collect();
    drawing.path("ring", &format!("M{}", line.join("L")), (0, 0));
    let last = chart.past.len() - 1;
    for (column, answers) in [(last, chart.last), (last + 1, chart.next)] {
        for &answer in answers {
            drawing.circle("first", place(column, answer), 3);
        }
    }
    drawing.circle("accent", place(last, chart.past[last]), 4);
    drawing.text("ink", (40, TOP - 6), &scale.value(chart.high));
    drawing.text("ink", (40, TOP + HEIGHT + 14), &scale.value(chart.low));
    drawing.text("ink", (WIDTH / 2, 190), &state.words());
    drawing.text("ink", (WIDTH / 2, 203), &chart.words(scale));
    drawing.finish()
}
