//! Decimal numbers as whole numbers of their last decimal: exact both ways, and never a float.

use alloc::format;
use alloc::string::String;

/// No number has more decimals.
pub(super) const DECIMALS_MAX: u32 = 9;

/// The whole number of units of `10^-decimals` that `text` says, which has no blanks, no exponent
/// and a digit on both sides of its point; an error says in words why there is none.
pub(super) fn parse(text: &str, decimals: u32) -> Result<i64, String> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return Err(format!("{text:?} is no decimal number, as -12.5 is"));
    }
    // Zeros at the end say nothing.
    let fraction = fraction.trim_end_matches('0');
    let missing = decimals.checked_sub(fraction.len() as u32).ok_or_else(|| {
        format!("{text} has {} decimals, expected at most {decimals}", fraction.len())
    })?;
    let too_large = || format!("{text} is too large to be in any range of values");
    let unscaled: i64 = format!("{whole}{fraction}").parse().map_err(|_| too_large())?;
    let units = unscaled.checked_mul(10i64.pow(missing)).ok_or_else(too_large)?;
    Ok(if is_negative { -units } else { units })
}

/// The number of so many units of `10^-decimals`, with all its decimals.
pub(super) fn format(units: i64, decimals: u32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals as usize);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_both_ways() {
        for (text, decimals, units) in
            [("5", 1, 50), ("-0.25", 2, -25), ("316.1", 1, 3161), ("23.110", 2, 2311), ("7", 0, 7)]
        {
            assert_eq!(parse(text, decimals), Ok(units), "{text}");
            assert_eq!(parse(&format(units, decimals), decimals), Ok(units), "{text}");
        }
        assert_eq!(format(-25, 2), "-0.25");
        assert_eq!(format(5, 0), "5");
    }

    #[test]
    fn what_is_no_number_of_so_few_decimals_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "+1", "1e3", " 1", "1_0", "NaN", "--1", "1.2.3"] {
            assert!(parse(text, 9).unwrap_err().contains("no decimal number"), "{text}");
        }
        assert_eq!(parse("1.25", 1).unwrap_err(), "1.25 has 2 decimals, expected at most 1");
        assert!(parse("99999999999999999999", 0).unwrap_err().contains("too large"));
        assert!(parse("9999999999", 9).unwrap_err().contains("too large"));
    }
}
