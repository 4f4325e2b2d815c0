//! Numbers that a person can judge.

/// A number in groups of three digits, as `1,234,567`.
pub(crate) fn grouped(number: impl ToString) -> String {
    let text = number.to_string();
    let digits_at = text.len() - text.trim_start_matches('-').len();
    let mut grouped = String::new();
    for (index, character) in text.char_indices() {
        if index > digits_at && (text.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(character);
    }
    grouped
}

/// A count with its noun, as `1 step` and `2 steps`.
pub(crate) fn plural(count: impl Into<u64>, noun: &str) -> String {
    match count.into() {
        1 => format!("1 {noun}"),
        count if noun.ends_with("ch") => format!("{} {noun}es", grouped(count)),
        count => format!("{} {noun}s", grouped(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        let texts = [("0", 0), ("999", 999), ("1,000", 1000), ("-123,456", -123_456), ("-1", -1)];
        for (text, number) in texts {
            assert_eq!(grouped(number), text);
        }
    }
}
