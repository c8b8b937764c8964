//! The report on paper, in builds that make one.

use crate::failure::{Failure, Result};
use pdf::PdfError;
use report::extract::Cited;
use report::model::Report;
use report::render::Files;

/// Whether this build makes a `report.pdf`.
pub const MAKES_PDF: bool = pdf::MAKES;

/// The path of the report on paper.
pub(crate) const PAPER: &str = "report.pdf";

/// `report.pdf`, or nothing where this build makes none.
pub(super) fn paper(report: &Report, cited: &[Cited]) -> Result<Files> {
    match pdf::pdf(report, cited) {
        Ok(bytes) => Ok(Files::from([(PAPER.to_owned(), bytes)])),
        Err(PdfError::NotMade) => Ok(Files::new()),
        Err(error) => Err(Failure::program(
            "bug",
            format!("report.pdf could not be made: {error}."),
            "Please report it. A build without the feature `pdf` writes the report without it.",
        )),
    }
}
