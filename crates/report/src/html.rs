//! `report.html`: one file, no script, nothing loaded from anywhere. Every text of the data is a
//! [`Text`], so that none of it becomes markup.

use crate::document::{Block, Document, Inline, Line, RELATES, Table, Tone};
use crate::model::Verdict;
use crate::packet::sha256;
use crate::text::Text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("../../../assets/report/report.css");

/// The page.
pub fn page(document: &Document) -> String {
    let style = style(document.id.as_str());
    let policy = format!("default-src 'none'; style-src 'sha256-{}'", digest(&style));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (document.title) " · report " (document.id) }
                style { (PreEscaped(style)) }
            }
            body {
                header {
                    div.id { span { "Report " (document.id) } span { (time(&document.at)) } }
                    h1 { (document.title) }
                    p.say { (line(&document.conclusion)) }
                    p.rel { (RELATES) }
                    nav aria-label="Contents" { ol.toc {
                        @for (index, section) in document.sections.iter().enumerate() {
                            li { a href=(format!("#s{}", index + 1)) { span.n { (index + 1) } (section.title) } }
                        }
                    } }
                }
                main {
                    @for (index, section) in document.sections.iter().enumerate() {
                        section id=(format!("s{}", index + 1)) {
                            h2 { span.n { (index + 1) } (section.title) }
                            (blocks(&section.blocks))
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

fn blocks(blocks: &[Block]) -> Markup {
    html! { @for one in blocks { (block(one)) } }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Heading(words) => html! { h3 { (line(words)) } },
        Block::Paragraph(Tone::Plain, words) => html! { p { (line(words)) } },
        Block::Paragraph(Tone::Quiet, words) => html! { p.q { (line(words)) } },
        Block::Paragraph(Tone::Nothing, words) => html! { p.none { (line(words)) } },
        Block::Paragraph(Tone::Boxed, words) => html! { p.rel { (line(words)) } },
        Block::List(points) => html! { ul { @for point in points { li { (line(point)) } } } },
        Block::Terms(terms) => html! {
            dl { @for (term, meaning) in terms { dt { (line(term)) } dd { (line(meaning)) } } }
        },
        Block::Table(it) => table(it),
        Block::Verbatim(words) => html! { pre { (line(words)) } },
        Block::Figure { svg, caption } => html! {
            figure { (PreEscaped(svg)) figcaption { (line(caption)) } }
        },
        Block::Fact {
            cite,
            head,
            blocks: said,
        } => html! {
            div.fact id=(cite) { div.head { (line(head)) } (blocks(said)) }
        },
    }
}

fn table(table: &Table) -> Markup {
    let is_number = |column: usize| table.numbers.contains(&column);
    html! {
        table {
            colgroup { @for width in table.widths { col class=(format!("w{width}")); } }
            @if !table.head.is_empty() {
                thead { tr { @for (column, title) in table.head.iter().enumerate() {
                    @if is_number(column) { th.r { (title) } } @else { th { (title) } }
                } } }
            }
            tbody { @for row in &table.rows { tr { @for (column, cell) in row.iter().enumerate() {
                @match cell.as_slice() {
                    words if is_number(column) => td.r { (line(words)) },
                    [Inline::Whole(words)] => td.t { (line(words)) },
                    words => td { (line(words)) },
                }
            } } } }
        }
    }
}

fn line(line: &[Inline]) -> Markup {
    html! { @for piece in line { (inline(piece)) } }
}

fn inline(piece: &Inline) -> Markup {
    match piece {
        Inline::Words(words) => html! { (words) },
        Inline::Said(text) => html! { (text) },
        Inline::Name(text) => html! { bdi { (text) } },
        Inline::Data(text) => html! { bdi.m { (text) } },
        Inline::Code(text) => html! { code { (text) } },
        Inline::Strong(words) => html! { strong { (line(words)) } },
        Inline::Quiet(words) => html! { span.q { (line(words)) } },
        Inline::Nothing(words) => html! { span.none { (words) } },
        Inline::Whole(words) => html! { span.t { (line(words)) } },
        Inline::Time(at) => time(at.as_str()),
        Inline::Verdict(word) => verdict(*word),
        Inline::Break => html! { br; },
        Inline::Row(words) => row(words),
        Inline::Cite(cite) => html! {
            a href=(Text::from(format!("#{}", cite.as_str()))) { bdi.m { (cite) } }
        },
    }
}

/// A line of its own; what holds for the whole of it is said of the line.
fn row(words: &Line) -> Markup {
    match words.as_slice() {
        [Inline::Quiet(words)] => html! { div.q { (line(words)) } },
        [Inline::Whole(words)] => html! { div.t { (line(words)) } },
        words => html! { div { (line(words)) } },
    }
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
