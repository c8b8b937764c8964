//! `report.html`: one file, no script, nothing loaded from anywhere. Every text of the data is a
//! [`Text`], so that none of it becomes markup.

mod close;
mod facts;
mod stand;
mod who;

use crate::extract::Cited;
use crate::model::{Counts, Report, Verdict};
use crate::packet::sha256;
use crate::text::Text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("../../../../assets/report/report.css");

/// A section: its title, and what it says.
type Section = (&'static str, Markup);

/// The page.
pub fn page(report: &Report, cited: &[Cited]) -> String {
    let mut sections: Vec<Section> = who::sections(report);
    sections.extend(stand::sections(report, cited));
    sections.extend(facts::sections(report, cited));
    sections.extend(close::sections(report));
    let style = style(&report.id);
    let policy = format!("default-src 'none'; style-src 'sha256-{}'", digest(&style));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (report.identification.title) " · report " (Text::from(report.id.as_str())) }
                style { (PreEscaped(style)) }
            }
            body {
                header {
                    div.id { span { "Report " (Text::from(report.id.as_str())) } span { (time(&report.identification.at)) } }
                    h1 { (report.identification.title) }
                    p.say { (conclusion(report)) }
                    p.rel { "The results relate only to the items examined." }
                    nav aria-label="Contents" { ol.toc {
                        @for (index, (title, _)) in sections.iter().enumerate() {
                            li { a href=(format!("#s{}", index + 1)) { span.n { (index + 1) } (title) } }
                        }
                    } }
                }
                main {
                    @for (index, (title, body)) in sections.iter().enumerate() {
                        section id=(format!("s{}", index + 1)) {
                            h2 { span.n { (index + 1) } (title) }
                            (body)
                        }
                    }
                }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

fn digest(style: &str) -> String {
    // The hash of the one style sheet: nothing else may style the page.
    let hex = sha256(style.as_bytes());
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok())
        .collect();
    STANDARD.encode(bytes)
}

/// The style sheet, with the report's id at the foot of each printed page.
fn style(id: &str) -> String {
    let is_plain = id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let id = if is_plain { id } else { "" };
    // A style attribute would need a policy that allows more than this one sheet.
    let widths: String = (4..=80)
        .map(|width| format!(".w{width}{{width:{width}%}}"))
        .collect();
    let foot = "font:8.5pt Charter,Cambria,'Noto Serif',Georgia,serif;color:#4f4c46";
    format!(
        "{STYLE}{widths}\n@page{{size:A4;margin:19mm 17mm 21mm;@bottom-left{{content:\"Report {id}\";{foot}}}@bottom-right{{content:\"Page \" counter(page) \" of \" counter(pages);{foot}}}}}\n"
    )
}

/// What stands above everything else: the case's verdict, in words.
fn conclusion(report: &Report) -> Markup {
    let counts = &report.counts;
    html! {
        "Of " (thousands(counts.total)) " records in the case, "
        (thousands(counts.verified)) " are verified, " (thousands(counts.intact)) " intact, "
        (thousands(counts.unproven)) " unproven and " (thousands(counts.contradicted)) " contradicted. "
        "The case as a whole is " (verdict(report.verdict)) ": it is as good as its worst part."
    }
}

/// A verdict: its mark and its word.
fn verdict(verdict: Verdict) -> Markup {
    let shape = match verdict {
        Verdict::Verified => {
            "<circle cx=\"7\" cy=\"7\" r=\"6\" fill=\"currentColor\"/><path d=\"M4.1 7.2l2 2L9.9 5\" fill=\"none\" stroke=\"#fff\" stroke-width=\"1.6\"/>"
        }
        Verdict::Intact => {
            "<circle cx=\"7\" cy=\"7\" r=\"5.2\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/>"
        }
        Verdict::Unproven => {
            "<circle cx=\"7\" cy=\"7\" r=\"5.2\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" stroke-dasharray=\"4.6 3.568\" stroke-dashoffset=\"2.3\"/>"
        }
        Verdict::Contradicted => {
            "<path d=\"M7 0l7 7-7 7-7-7z\" fill=\"currentColor\"/><path d=\"M4.9 4.9l4.2 4.2M9.1 4.9L4.9 9.1\" stroke=\"#fff\" stroke-width=\"1.5\"/>"
        }
    };
    html! {
        span class=(format!("v {}", verdict.as_str())) {
            svg viewBox="0 0 14 14" aria-hidden="true" { (PreEscaped(shape)) }
            (verdict.as_str())
        }
    }
}

fn counts(counts: &Counts) -> Markup {
    let parts = [
        (counts.verified, Verdict::Verified),
        (counts.intact, Verdict::Intact),
        (counts.unproven, Verdict::Unproven),
        (counts.contradicted, Verdict::Contradicted),
    ];
    html! {
        @for (number, word) in parts.iter().filter(|part| part.0 > 0) {
            div.t { (thousands(*number)) " " (verdict(*word)) }
        }
    }
}

/// A section that has nothing to say, says so.
fn none(why: &str) -> Markup {
    html! { p.none { (why) } }
}

/// Paragraphs of the examiner's, or that there are none.
fn prose(paragraphs: &[Text], otherwise: &str) -> Markup {
    html! {
        @if paragraphs.is_empty() { (none(otherwise)) }
        @for paragraph in paragraphs { p { (paragraph) } }
    }
}

/// Text in the face of data.
fn data(text: &str) -> Markup {
    html! { bdi.m { (Text::from(text)) } }
}

fn said(text: &Text) -> Markup {
    html! { @if text.is_empty() { span.none { "not given" } } @else { (text) } }
}

/// A moment as people read it.
fn time(text: &str) -> Markup {
    match text.strip_suffix('Z').and_then(|bare| bare.split_once('T')) {
        // A narrow column may part the day from the hour, and nothing else.
        Some((day, hour)) => html! {
            span { span.t { (Text::from(day)) } " " span.t { (Text::from(hour)) } " UTC" }
        },
        None => html! { span.t { (Text::from(text)) } },
    }
}

fn moment(text: Option<&str>) -> Markup {
    html! { @match text { Some(text) => (time(text)), None => span.none { "not known" } } }
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

/// The widths of a table's columns, in percent: long ids must not starve their neighbours.
fn columns(widths: &[u8]) -> Markup {
    html! { colgroup { @for width in widths { col class=(format!("w{width}")); } } }
}

/// One word for one, another for several.
fn plural(number: u64, one: &str, several: &str) -> String {
    format!(
        "{} {}",
        thousands(number),
        if number == 1 { one } else { several }
    )
}
