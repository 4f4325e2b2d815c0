//! A series: the values of a data set as levels, read from its CSV.
//!
//! A level is how far a value lies above the lowest, in units of its last decimal. Invariant: every
//! level of a series is below the scale's count, so a level is an action and the other way round.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::decimal;

/// The most bytes of a data set.
pub const DATA_BYTES_MAX: u64 = 4 << 20;

/// Which values there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// How many decimals a value has.
    pub(super) decimals: u32,
    /// The lowest value, in units of the last decimal.
    pub(super) low: i64,
    /// How many values there are from the lowest to the highest, 65,536 at most.
    pub(super) levels: u32,
}

impl Scale {
    /// A level as a value for people.
    pub(super) fn value(&self, level: u16) -> String {
        decimal::format(self.low + i64::from(level), self.decimals)
    }

    /// The level of a value; an error says in words why it has none.
    pub(super) fn level(&self, value: &str) -> Result<u16, String> {
        let above = decimal::parse(value, self.decimals)?.checked_sub(self.low);
        let level = above.filter(|above| (0..i64::from(self.levels)).contains(above));
        level.and_then(|level| u16::try_from(level).ok()).ok_or_else(|| {
            let last = decimal::format(self.low + i64::from(self.levels) - 1, self.decimals);
            format!("{value} is outside of {} to {last}", self.value(0))
        })
    }

    /// The levels of a data set's values; an error says in words what is wrong in which line.
    pub(super) fn read(&self, csv: &[u8]) -> Result<Vec<u16>, String> {
        if csv.len() as u64 > DATA_BYTES_MAX {
            return Err(format!("it has {} bytes, expected at most {DATA_BYTES_MAX}", csv.len()));
        }
        let text = core::str::from_utf8(csv).map_err(|error| format!("it is no text: {error}"))?;
        // The first line has the names of the columns.
        let lines = text.lines().enumerate().skip(1);
        lines
            .map(|(index, line)| {
                let value = line.rsplit(',').next().unwrap_or_default();
                self.level(value).map_err(|reason| format!("line {}: {reason}", index + 1))
            })
            .collect()
    }

    /// A data set of `count` made-up values, which rise and fall through the whole range.
    pub(super) fn made_up(&self, count: usize) -> String {
        let (period, top) = (24, i64::from(self.levels) - 1);
        let mut csv = "number,value\n".to_owned();
        for number in 0..count as i64 {
            let height = (number % period - period / 2).abs();
            let units = self.low + top * height / (period / 2);
            // Writing to a string cannot fail.
            let _ = writeln!(csv, "{number},{}", decimal::format(units, self.decimals));
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    const SCALE: Scale = Scale { decimals: 1, low: -50, levels: 101 };

    #[test]
    fn the_value_is_what_stands_last_in_a_line() {
        assert_eq!(SCALE.read(b"value\n0\n1.5\r\n-5"), Ok(vec![50, 65, 0]));
        assert_eq!(SCALE.read(b"a,b,value\n1,\"x\",5.0\n2,,-0.1\n"), Ok(vec![100, 49]));
        assert_eq!(SCALE.read(b"value\n"), Ok(vec![]));
        assert_eq!(SCALE.read(b""), Ok(vec![]));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let refused = |csv: &[u8]| SCALE.read(csv).unwrap_err();
        assert_eq!(refused(b"v\n1\n5.1"), "line 3: 5.1 is outside of -5.0 to 5.0");
        assert_eq!(refused(b"v\n-5.1"), "line 2: -5.1 is outside of -5.0 to 5.0");
        assert_eq!(refused(b"v\n1.25"), "line 2: 1.25 has 2 decimals, expected at most 1");
        assert_eq!(refused(b"v\n1\n\n2"), "line 3: \"\" is no decimal number, as -12.5 is");
        assert!(refused(b"v\n\xff").starts_with("it is no text: "));
        assert!(refused(&vec![b'1'; DATA_BYTES_MAX as usize + 1]).contains("expected at most"));
    }

    #[test]
    fn made_up_values_are_within_the_range_and_reach_its_ends() {
        let levels = SCALE.read(SCALE.made_up(50).as_bytes()).unwrap();
        assert_eq!(levels.len(), 50);
        assert_eq!((levels.iter().min(), levels.iter().max()), (Some(&0), Some(&100)));
    }
}
