//! Tables of text with aligned columns.

use crate::output::harmless;

/// Rows of cells, the first of them the head. The last column is not padded.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with this head.
    pub fn new(head: &[&str]) -> Table {
        Table {
            rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()],
        }
    }

    /// Adds a row; its texts are made harmless.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(
            cells
                .into_iter()
                .map(|cell| harmless(&cell).into_owned())
                .collect(),
        );
    }

    /// How many rows there are below the head.
    pub fn len(&self) -> usize {
        self.rows.len() - 1
    }

    /// The table as text. Numbers, `right`, are aligned at their ends.
    pub fn text(&self, right: &[usize]) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                if column > 0 {
                    line.push_str("  ");
                }
                let pad = " ".repeat(widths[column] - cell.chars().count());
                if right.contains(&column) {
                    line.push_str(&pad);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&pad);
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// A long value cut in the middle: its beginning and end tell most.
pub fn cut(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let keep = most.saturating_sub(1);
    let (front, back) = (keep.div_ceil(2), keep / 2);
    let begin: String = text.chars().take(front).collect();
    let end: String = text.chars().skip(count - back).collect();
    format!("{begin}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned() {
        let mut table = Table::new(&["what", "n"]);
        table.row(["verified".into(), "1,741".into()]);
        table.row(["x\u{1b}".into(), "1".into()]);
        insta::assert_snapshot!(table.text(&[1]), @r"
        what           n
        verified   1,741
        x<U+001B>      1
        ");
        assert_eq!(cut("jti:7f0c1234566c21", 11), "jti:7…66c21");
    }
}
