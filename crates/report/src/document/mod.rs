//! What a report says, in order, before it is set as a page for the screen or for paper: sections of
//! paragraphs, lists and tables. One description, so that no page says what the other leaves out.

mod assessed;
mod close;
mod facts;
mod follow;
mod stand;
mod who;

use crate::extract::Cited;
use crate::model::{Counts, Report, Verdict};
use crate::text::Text;
use std::borrow::Cow;

/// A report's content.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The report's id.
    pub id: Text,
    /// When it was made, RFC 3339.
    pub at: String,
    /// The title.
    pub title: Text,
    /// What stands above everything else: the case's verdict, in words.
    pub conclusion: Line,
    /// The sections, numbered from 1 by whoever sets them.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// Words in a row.
pub type Line = Vec<Inline>;

/// What stands between two edges of the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading within a section.
    Heading(Line),
    /// A paragraph.
    Paragraph(Tone, Line),
    /// Points.
    List(Vec<Line>),
    /// Words, and what stands for each.
    Terms(Vec<(Line, Line)>),
    /// A table.
    Table(Table),
    /// Text in the face of data, its line ends kept.
    Verbatim(Line),
    /// A picture and what it shows.
    Figure {
        /// SVG, drawn by [`crate::figure`].
        svg: String,
        /// What it shows.
        caption: Line,
    },
    /// A cited record.
    Fact {
        /// Its cite, to which links lead.
        cite: Text,
        /// What it is cited as, its verdict, its time.
        head: Line,
        /// What is said of it.
        blocks: Vec<Block>,
    },
}

/// How a paragraph is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A statement.
    Plain,
    /// A remark.
    Quiet,
    /// That there is nothing to say.
    Nothing,
    /// What must not be overlooked.
    Boxed,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The widths of its columns in percent: long ids must not starve their neighbours.
    pub widths: &'static [u8],
    /// What stands over its columns; nothing where it has no head.
    pub head: &'static [&'static str],
    /// Which columns hold numbers, which stand at the right.
    pub numbers: &'static [usize],
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Line>>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Our own words.
    Words(Cow<'static, str>),
    /// Text from elsewhere.
    Said(Text),
    /// A name from elsewhere, whose direction does not touch what stands beside it.
    Name(Text),
    /// Data: a hash, an id, a query.
    Data(Text),
    /// A file, a code, a command.
    Code(Text),
    /// What stands out.
    Strong(Line),
    /// What is said beside.
    Quiet(Line),
    /// That there is nothing.
    Nothing(&'static str),
    /// What no line end parts.
    Whole(Line),
    /// A moment, RFC 3339.
    Time(Text),
    /// A verdict: its mark and its word.
    Verdict(Verdict),
    /// A line end.
    Break,
    /// Lines of their own, within a cell or beside a term.
    Row(Line),
    /// The cite of a record, which leads to the record.
    Cite(Text),
}

/// The report's content.
pub fn document(report: &Report, cited: &[Cited]) -> Document {
    let mut sections = who::sections(report);
    sections.extend(stand::sections(report, cited));
    sections.extend(facts::sections(report, cited));
    sections.extend(close::sections(report));
    Document {
        id: Text::from(report.id.as_str()),
        at: report.identification.at.clone(),
        title: report.identification.title.clone(),
        conclusion: conclusion(report),
        sections,
    }
}

/// What no page leaves out, under the conclusion and among the limits.
pub const RELATES: &str = "The results relate only to the items examined.";

fn conclusion(report: &Report) -> Line {
    let counts = &report.counts;
    line![
        "Of ",
        thousands(counts.total),
        " records in the case, ",
        thousands(counts.verified),
        " are verified, ",
        thousands(counts.intact),
        " intact, ",
        thousands(counts.unproven),
        " unproven and ",
        thousands(counts.contradicted),
        " contradicted. The case as a whole is ",
        report.verdict,
        ": it is as good as its worst part."
    ]
}

/// A line of what can stand in one.
macro_rules! line {
    ($($piece:expr),* $(,)?) => { vec![$($crate::document::Inline::from($piece)),*] };
}
use line;

impl From<&'static str> for Inline {
    fn from(words: &'static str) -> Inline {
        Inline::Words(Cow::Borrowed(words))
    }
}

/// Words that we put together of numbers and words of our own.
impl From<String> for Inline {
    fn from(words: String) -> Inline {
        Inline::Words(Cow::Owned(words))
    }
}

impl From<&Text> for Inline {
    fn from(text: &Text) -> Inline {
        Inline::Said(text.clone())
    }
}

impl From<Verdict> for Inline {
    fn from(verdict: Verdict) -> Inline {
        Inline::Verdict(verdict)
    }
}

fn section(title: &'static str, blocks: Vec<Block>) -> Section {
    Section { title, blocks }
}

fn heading(line: Line) -> Block {
    Block::Heading(line)
}

fn paragraph(line: Line) -> Block {
    Block::Paragraph(Tone::Plain, line)
}

fn remark(line: Line) -> Block {
    Block::Paragraph(Tone::Quiet, line)
}

/// A section that has nothing to say, says so.
fn none(why: &'static str) -> Block {
    Block::Paragraph(Tone::Nothing, line![why])
}

/// Paragraphs of the examiner's, or that there are none.
fn prose(paragraphs: &[Text], otherwise: &'static str) -> Vec<Block> {
    if paragraphs.is_empty() {
        return vec![none(otherwise)];
    }
    let each = paragraphs.iter().map(|text| paragraph(line![text]));
    each.collect()
}

/// Text from elsewhere that is no [`Text`] in the data.
fn said(text: &str) -> Inline {
    Inline::Said(Text::from(text))
}

fn name(text: &Text) -> Inline {
    Inline::Name(text.clone())
}

fn data(text: &str) -> Inline {
    Inline::Data(Text::from(text))
}

fn code(text: &str) -> Inline {
    Inline::Code(Text::from(text))
}

fn quiet(line: Line) -> Inline {
    Inline::Quiet(line)
}

fn strong(line: Line) -> Inline {
    Inline::Strong(line)
}

fn row(line: Line) -> Inline {
    Inline::Row(line)
}

fn time(text: &str) -> Inline {
    Inline::Time(Text::from(text))
}

fn moment(text: Option<&str>) -> Inline {
    text.map_or(Inline::Nothing("not known"), time)
}

fn given(text: &Text) -> Inline {
    if text.is_empty() {
        Inline::Nothing("not given")
    } else {
        Inline::from(text)
    }
}

/// Each datum, and a space after it.
fn each(texts: &[String]) -> Line {
    texts
        .iter()
        .flat_map(|text| [data(text), Inline::from(" ")])
        .collect()
}

fn counts(counts: &Counts) -> Line {
    let parts = [
        (counts.verified, Verdict::Verified),
        (counts.intact, Verdict::Intact),
        (counts.unproven, Verdict::Unproven),
        (counts.contradicted, Verdict::Contradicted),
    ];
    let there = parts.into_iter().filter(|part| part.0 > 0);
    there
        .map(|(number, word)| row(vec![Inline::Whole(line![thousands(number), " ", word])]))
        .collect()
}

/// A number with its thousands set apart.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One word for one, another for several.
pub fn plural(number: u64, one: &str, several: &str) -> String {
    format!(
        "{} {}",
        thousands(number),
        if number == 1 { one } else { several }
    )
}

/// The head of a text that may be long; the whole stands in the data.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
