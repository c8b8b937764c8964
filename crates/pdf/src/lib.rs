//! `report.pdf`: the report on paper, as PDF/A-2a and PDF/UA-1 (ISO 19005-2, ISO 14289-1), with its own
//! fonts, rendered from `report.json` and the extract alone. No clock, no file, no network, no font of
//! the system: the same data give the same bytes on every machine.
//!
//! A long report has volumes: `report.pdf`, `report-2.pdf` and so on, each a PDF/A of its own.
//!
//! Typesetting is large, so that it is compiled in with the feature `typst` alone; without it there is
//! no PDF, and [`pdf`] says so.

#[cfg(any(feature = "typst", test))]
mod fit;
#[cfg(any(feature = "typst", test))]
mod letters;
#[cfg(feature = "typst")]
mod press;
#[cfg(any(feature = "typst", test))]
mod sheet;
#[cfg(any(feature = "typst", test))]
mod volumes;

use report::extract::Cited;
use report::model::Report;

/// There is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The feature is off.
    #[error("this build makes no PDF")]
    NotMade,
    /// The report's time is none that a PDF can hold.
    #[error("{0:.40} is no time of a report")]
    Time(String),
    /// The typesetter refuses; a bug of ours, since every text is only text.
    #[error("it cannot be set: {0}")]
    Refused(String),
}

/// The path of a volume in the report's folder, from 1.
pub fn path(volume: usize) -> String {
    match volume {
        0 | 1 => "report.pdf".to_owned(),
        more => format!("report-{more}.pdf"),
    }
}

/// Whether a path is one that a volume may have.
pub fn is_path(of: &str) -> bool {
    let number = of
        .strip_prefix("report-")
        .and_then(|rest| rest.strip_suffix(".pdf"));
    let number = number.map_or(Some(1), |number| number.parse().ok());
    number.is_some_and(|number| path(number) == of)
}

/// The bytes of each volume, in order; at least one.
#[cfg(feature = "typst")]
pub fn pdf(report: &Report, cited: &[Cited]) -> Result<Vec<Vec<u8>>, PdfError> {
    press::printed(report, cited)
}

/// The bytes of each volume, which this build does not make.
#[cfg(not(feature = "typst"))]
pub fn pdf(_: &Report, _: &[Cited]) -> Result<Vec<Vec<u8>>, PdfError> {
    Err(PdfError::NotMade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_is_known_by_its_path_and_nothing_else_is_one() {
        assert_eq!(
            [path(1), path(2), path(31)],
            ["report.pdf", "report-2.pdf", "report-31.pdf"]
        );
        for it in ["report.pdf", "report-2.pdf", "report-31.pdf"] {
            assert!(is_path(it), "{it}");
        }
        for it in [
            "report-1.pdf",
            "report-0.pdf",
            "report-02.pdf",
            "report-+2.pdf",
            "report-.pdf",
            "report.html",
            "x/report.pdf",
        ] {
            assert!(!is_path(it), "{it}");
        }
    }
}
