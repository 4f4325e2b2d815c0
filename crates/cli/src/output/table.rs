//! Tables: columns as wide as what is in them, numbers to the right.

use super::{HEADING, printable};

/// A table that is being filled.
#[derive(Debug)]
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table. A heading that starts with `>` puts its column to the right; with empty
    /// headings it is a list of names and values.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row<T: ToString>(&mut self, cells: impl IntoIterator<Item = T>) {
        // A cell is one line, whatever a file's author called things.
        let cell = |cell: T| printable(&cell.to_string()).replace('\n', " ");
        self.rows.push(cells.into_iter().map(cell).collect());
    }

    /// The lines of the table, without spaces at their ends.
    pub(super) fn lines(&self) -> Vec<String> {
        let is_right = |column: usize| self.headings[column].starts_with('>');
        let names = self.headings.iter().map(|heading| heading.trim_start_matches('>').to_owned());
        let names: Vec<_> = names.collect();
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&names]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..names.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, &width))| match is_right(column) {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let has_headings = names.iter().any(|name| !name.is_empty());
        let heading = has_headings.then(|| format!("{HEADING}{}{HEADING:#}", line(&names)));
        heading.into_iter().chain(self.rows.iter().map(line)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_cells_and_numbers_stand_right() {
        let mut table = Table::new(&["name", ">fuel"]);
        table.row(["a", "7"]);
        table.row(["longer", "1,000"]);
        assert_eq!(table.lines()[1..], ["a           7", "longer  1,000"]);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let mut table = Table::new(&[""]);
        table.row(["a\x1b[2J\nb"]);
        assert_eq!(table.lines(), ["a\\u{1b}[2J b"]);
    }

    #[test]
    fn a_list_of_names_and_values_has_no_heading() {
        let mut table = Table::new(&["", ""]);
        table.row(["seed", "0"]);
        assert_eq!(table.lines(), ["seed  0"]);
    }
}
