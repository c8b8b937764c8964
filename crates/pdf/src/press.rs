//! The typesetter and its world: a template, the values, the figures, the fonts. It is all in memory,
//! and there is nothing else for the template to read.

use crate::PdfError;
use crate::fit::fit;
use crate::sheet::{Faces, contents, sheet};
use crate::volumes::volumes;
use chrono::{Datelike as _, Timelike as _};
use report::document::document;
use report::extract::Cited;
use report::model::Report;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

const TEMPLATE: &str = include_str!("../../../assets/report/report.typ");

/// The families that the template names.
const WORDS: &str = "Libertinus Serif";
const DATA: &str = "DejaVu Sans Mono";

/// Their cuts, out of the typesetter's own assets.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    typst_assets::fonts()
        .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
        .filter(|font| [WORDS, DATA].contains(&font.info().family.as_str()))
        .collect()
});

/// Whether every cut of a family has the letter: words may be strong, or lean.
fn has(family: &str, letter: char) -> bool {
    let mut cuts = FONTS.iter().filter(|font| font.info().family == family);
    cuts.all(|font| font.info().coverage.contains(u32::from(letter)))
}

pub fn printed(report: &Report, cited: &[Cited]) -> Result<Vec<Vec<u8>>, PdfError> {
    let at = moment(&report.identification.at)?;
    let (mut document, cut) = fit(document(report, cited));
    let volumes = volumes(std::mem::take(&mut document.sections));
    let faces = Faces {
        words: &|letter| has(WORDS, letter),
        data: &|letter| has(DATA, letter),
    };
    let contents = contents(&volumes, &faces);
    // A volume is dropped when it is set.
    let each = volumes.into_iter().enumerate();
    each.map(|(index, parts)| {
        let number = index + 1;
        let sheet = sheet(&document, &contents, (number, &parts), &cut, &faces);
        drop(parts);
        let desk = Desk::new(sheet)?;
        let ident = match contents.len() {
            1 => report.id.clone(),
            all => format!("{}, volume {number} of {all}", report.id),
        };
        let set = typst::compile::<PagedDocument>(&desk).output;
        // What was remembered while it was set is large, and nothing asks for it again.
        comemo::evict(0);
        let printed = set.and_then(|set| typst_pdf::pdf(&set, &options(ident, at)?));
        comemo::evict(0);
        printed.map_err(|why| refused(&why))
    })
    .collect()
}

fn options(
    ident: String,
    at: Datetime,
) -> Result<PdfOptions, typst::ecow::EcoVec<SourceDiagnostic>> {
    let standards = [PdfStandard::A_2a, PdfStandard::Ua_1];
    let standards = PdfStandards::new(&standards).map_err(|why| {
        let span = typst::syntax::Span::detached();
        typst::ecow::eco_vec![SourceDiagnostic::error(span, why.message().clone())]
    })?;
    Ok(PdfOptions {
        ident: Smart::Custom(ident),
        creator: Smart::Custom(Some("Exhibit".to_owned())),
        timestamp: Some(Timestamp::new_utc(at)),
        standards,
        tagged: true,
        ..PdfOptions::default()
    })
}

fn refused(why: &[SourceDiagnostic]) -> PdfError {
    let first = why.first().map(|one| one.message.to_string());
    PdfError::Refused(first.unwrap_or_default())
}

fn moment(text: &str) -> Result<Datetime, PdfError> {
    let none = || PdfError::Time(text.to_owned());
    let at = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| none())?;
    let at = at.naive_utc();
    let two = |number: u32| u8::try_from(number).map_err(|_| none());
    let (month, day) = (two(at.month())?, two(at.day())?);
    let (hour, minute, second) = (two(at.hour())?, two(at.minute())?, two(at.second())?);
    Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second)
        .filter(|_| at.year() >= 0)
        .ok_or_else(none)
}

/// Everything that the template can reach.
struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    template: Source,
    files: Vec<(FileId, Bytes)>,
}

impl Desk {
    fn new(files: crate::sheet::Files) -> Result<Desk, PdfError> {
        let named = files.into_iter();
        let named = named.map(|(path, bytes)| Ok((id(&path)?, Bytes::new(bytes))));
        Ok(Desk {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(FONTS.iter())),
            template: Source::new(id("report.typ")?, TEMPLATE.to_owned()),
            files: named.collect::<Result<_, PdfError>>()?,
        })
    }
}

fn id(path: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(path).map_err(|why| PdfError::Refused(why.to_string()))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let mut files = self.files.iter();
        let found = files.find(|(known, _)| *known == id);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
