//! The report on paper, in builds that make one.

use crate::failure::{Failure, Result};
use pdf::PdfError;
use report::extract::Cited;
use report::model::Report;
use report::render::Files;

/// `report.pdf` and the volumes after it, or nothing where this build makes none.
pub(super) fn paper(report: &Report, cited: &[Cited]) -> Result<Files> {
    match volumes(report, cited) {
        Ok(files) => Ok(files),
        Err(PdfError::NotMade) => Ok(Files::new()),
        Err(error) => Err(Failure::program(
            "bug",
            format!("report.pdf could not be made: {error}."),
            "Please report it. A build without the feature `pdf` writes the report without it.",
        )),
    }
}

/// The volumes of the report on paper, by path.
pub(crate) fn volumes(report: &Report, cited: &[Cited]) -> std::result::Result<Files, PdfError> {
    let volumes = pdf::pdf(report, cited)?.into_iter().enumerate();
    Ok(volumes
        .map(|(index, bytes)| (pdf::path(index + 1), bytes))
        .collect())
}
