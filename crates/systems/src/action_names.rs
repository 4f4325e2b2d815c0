//! Action names: how the actions of a System are written and read by people.
//!
//! Every number has exactly one written form, and reading it gives the number back: the name where
//! there is one, `#7` for a number without. That holds for numbers no rule knows as well, because
//! an agent's illegal answer has to be shown too.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use nets_core::Action;

/// The name of `action`; `names[i]` is that of action `i`.
pub(crate) fn name_of(names: &[impl AsRef<str>], action: Action) -> String {
    let index = usize::try_from(action.0).ok();
    match index.and_then(|index| names.get(index)) {
        Some(name) => name.as_ref().to_owned(),
        None => format!("#{action}"),
    }
}

/// The action written as `text`: a name, `#` and a number, or a number where no name is one.
pub(crate) fn action_of(names: &[impl AsRef<str>], text: &str) -> Option<Action> {
    if let Some(index) = names.iter().position(|name| name.as_ref() == text) {
        return Some(Action(index as u64));
    }
    if let Some(number) = text.strip_prefix('#') {
        return number.parse().ok().map(Action);
    }
    let names_are_numbers = names.iter().any(|name| name.as_ref().parse::<u64>().is_ok());
    if names_are_numbers { None } else { text.parse().ok().map(Action) }
}

/// The names of the cells of a board, row by row: columns are letters from `a`, rows numbers from
/// 1, as in `b3`.
pub(crate) fn of_cells(columns: u8, rows: u8) -> Vec<String> {
    let cells = (1..=rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    cells.map(|(column, row)| format!("{}{row}", char::from(b'a' + column))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_itself_unless_names_are_numbers() {
        assert_eq!(action_of(&["up", "down"], "1"), Some(Action(1)));
        assert_eq!(action_of(&["1", "2"], "1"), Some(Action(0)));
        assert_eq!(action_of(&["1", "2"], "0"), None);
        assert_eq!(action_of(&["1", "2"], "#0"), Some(Action(0)));
    }

    #[test]
    fn every_number_has_one_name_that_reads_back() {
        for number in [0, 1, 2, 7, u64::MAX] {
            let action = Action(number);
            assert_eq!(action_of(&["1", "2"], &name_of(&["1", "2"], action)), Some(action));
        }
        assert_eq!(name_of(&["1", "2"], Action(2)), "#2");
    }

    #[test]
    fn cells_are_named_row_by_row() {
        assert_eq!(of_cells(3, 2), ["a1", "b1", "c1", "a2", "b2", "c2"]);
    }
}
