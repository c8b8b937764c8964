//! `report.pdf`: the report on paper, as PDF/A-2a and PDF/UA-1 (ISO 19005-2, ISO 14289-1), with its own
//! fonts, rendered from `report.json` and the extract alone. No clock, no file, no network, no font of
//! the system: the same data give the same bytes on every machine.
//!
//! Typesetting is large, so that it is compiled in with the feature `typst` alone; without it there is
//! no PDF, and [`MAKES`] says so.

#[cfg(any(feature = "typst", test))]
mod fit;
#[cfg(any(feature = "typst", test))]
mod letters;
#[cfg(feature = "typst")]
mod press;
#[cfg(any(feature = "typst", test))]
mod sheet;

use report::extract::Cited;
use report::model::Report;

/// Whether this build makes PDFs.
pub const MAKES: bool = cfg!(feature = "typst");

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

/// The bytes of `report.pdf`.
#[cfg(feature = "typst")]
pub fn pdf(report: &Report, cited: &[Cited]) -> Result<Vec<u8>, PdfError> {
    press::printed(report, cited)
}

/// The bytes of `report.pdf`, which this build does not make.
#[cfg(not(feature = "typst"))]
pub fn pdf(_: &Report, _: &[Cited]) -> Result<Vec<u8>, PdfError> {
    Err(PdfError::NotMade)
}
