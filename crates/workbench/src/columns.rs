//! Which columns of the timeline the analyst wants to see, kept with the case.

use crate::api::Column;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// How wide a column may be, in tenths of the text's size.
const WIDTHS: std::ops::RangeInclusive<u16> = 20..=1000;

impl Session {
    /// The columns as they were kept; none where nothing was, or where another version of the
    /// program kept what this one does not know.
    pub fn columns(&self) -> Result<Vec<Column>> {
        let kept = self.reading(|reader| Ok(reader.columns()?))?;
        let columns = kept.and_then(|text| serde_json::from_str::<Vec<Column>>(&text).ok());
        Ok(columns
            .filter(|columns| check(columns).is_ok())
            .unwrap_or_default())
    }

    /// Keeps them. None at all means those that are usual.
    pub fn keep_columns(&self, columns: &[Column]) -> Result<()> {
        check(columns)?;
        let text = serde_json::json!(columns).to_string();
        self.writing(|case| Ok(case.set_columns(&text)?))
    }
}

fn check(columns: &[Column]) -> Result<()> {
    let twice = |at: usize, column: &Column| {
        columns[..at]
            .iter()
            .any(|before| before.name == column.name)
    };
    for (at, column) in columns.iter().enumerate() {
        let is_odd = column.width.is_some_and(|width| !WIDTHS.contains(&width));
        if is_odd || twice(at, column) {
            return Err(Failure::request(
                "columns",
                format!("{:?} cannot be a column there.", column.name),
                "Each column stands once, and is between 2 and 100 letters wide.",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ColumnName;
    use crate::session::Desk;
    use evidence::{Limits, Micros};

    #[test]
    fn columns_are_kept_with_the_case_and_are_no_act_on_the_evidence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.exhibit");
        let desk = Desk {
            who: "tester".into(),
            tool: "test".into(),
            now: || Micros(0),
            threads: 1,
            limits: Limits::default(),
        };
        let column = |name, width| Column { name, width };
        let session = Session::create(&path, desk.clone()).unwrap();
        assert_eq!(session.columns().unwrap(), []);
        let acts = session.custody().unwrap().lines.len();
        let wanted = [
            column(ColumnName::Time, None),
            column(ColumnName::SourceIp, Some(120)),
        ];
        session.keep_columns(&wanted).unwrap();
        for odd in [
            [wanted[0], wanted[0]],
            [wanted[0], column(ColumnName::Tool, Some(1))],
        ] {
            assert_eq!(session.keep_columns(&odd).unwrap_err().code, "columns");
        }
        assert_eq!(session.custody().unwrap().lines.len(), acts);
        drop(session);
        let session = Session::open(&path, desk).unwrap();
        assert_eq!(session.columns().unwrap(), wanted);
    }
}
