//! A report's content as the values that the template sets: JSON alone, so that text stays text. What
//! the names of the values mean stands at the head of `assets/report/report.typ`.

use crate::fit::length;
use crate::letters::{Has, Piece, lines, pieces};
use crate::volumes::Part;
use report::document::{Block, Document, Inline, Line, RELATES, Table, Tone};
use report::text::Text;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the page's faces have.
pub struct Faces<'a> {
    /// The face of words.
    pub words: Has<'a>,
    /// The face of data.
    pub data: Has<'a>,
}

/// The files that the template reads besides itself, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Letters on a line of the page, in words.
const LINE: usize = 80;
/// The same in a hundredth of the width of a table, in words and in data.
const CELL: (usize, usize) = (880, 1_080);
/// Letters of the longest part of a time.
const TIME: usize = 20;
/// Letters on a line of what stands as it is.
const VERBATIM: usize = 106;
/// A row whose cells are shorter than this is not parted by the end of a page.
const WHOLE_ROW: usize = 700;

/// A volume, from 1, as `document.json`, and its figures. The document's sections stand in the volumes;
/// `cut` are the numbers of those that are not whole.
pub fn sheet(
    document: &Document,
    contents: &[Value],
    (number, parts): (usize, &[Part]),
    cut: &[usize],
    faces: &Faces<'_>,
) -> Files {
    let mut sheet = Sheet {
        faces,
        places: places(parts),
        files: Files::new(),
        facts: 0,
    };
    let sections: Vec<Value> = parts
        .iter()
        .map(|part| {
            json!({
                "number": part.number,
                "title": part.title,
                "continued": part.continued,
                "goes-on": part.goes_on,
                "blocks": sheet.blocks(&part.blocks),
            })
        })
        .collect();
    let name = match contents.len() {
        1 => sheet.plain(&document.title),
        all => format!("{}, volume {number} of {all}", sheet.plain(&document.title)),
    };
    let value = json!({
        "id": sheet.plain(&document.id),
        "name": name,
        "title": sheet.line(&[Inline::Said(document.title.clone())], LINE, LINE),
        "at": sheet.line(&[Inline::Time(Text::from(document.at.as_str()))], LINE, LINE),
        "conclusion": sheet.line(&document.conclusion, LINE, LINE),
        "relates": RELATES,
        "cut": cut,
        "volume": number,
        "volumes": contents,
        "sections": sections,
    });
    let mut files = sheet.files;
    files.insert("document.json".to_owned(), value.to_string().into_bytes());
    files
}

/// What each volume holds, for the table of volumes.
pub fn contents(volumes: &[Vec<Part>], faces: &Faces<'_>) -> Vec<Value> {
    let each = volumes.iter().enumerate().map(|(index, parts)| {
        let numbers: Vec<usize> = parts.iter().map(|part| part.number).collect();
        let mut cites = parts.iter().filter_map(Part::cites);
        let first = cites.next();
        let last = cites.next_back().or(first);
        let cites = first
            .zip(last)
            .map(|((first, _), (_, last))| [first, last].map(|cite| plain(cite, faces)));
        json!({
            "path": crate::path(index + 1),
            "sections": [numbers.first(), numbers.last()],
            "cites": cites,
        })
    });
    each.collect()
}

/// A text for what holds letters alone.
fn plain(text: &str, faces: &Faces<'_>) -> String {
    let mut out = String::new();
    for piece in pieces(text, faces.words, usize::MAX - 1) {
        match piece {
            Piece::Letters(text) => out.push_str(&text),
            Piece::Point(point) => out.push_str(&format!("<{point}>")),
            Piece::May | Piece::End => {}
        }
    }
    out
}

struct Sheet<'a> {
    faces: &'a Faces<'a>,
    /// The first fact of each cite, from 0: links lead there, and to nothing that is not there.
    places: BTreeMap<&'a str, usize>,
    files: Files,
    facts: usize,
}

fn places(parts: &[Part]) -> BTreeMap<&str, usize> {
    let blocks = parts.iter().flat_map(|part| &part.blocks);
    let cites = blocks.filter_map(|block| match block {
        Block::Fact { cite, .. } => Some(cite.as_str()),
        _ => None,
    });
    let mut out = BTreeMap::new();
    for (index, cite) in cites.enumerate() {
        out.entry(cite).or_insert(index);
    }
    out
}

impl Sheet<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Value> {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: &Block) -> Value {
        match block {
            Block::Heading(words) => json!(["heading", self.full(words)]),
            Block::Paragraph(tone, words) => {
                let tone = match tone {
                    Tone::Plain => "plain",
                    Tone::Quiet => "quiet",
                    Tone::Nothing => "nothing",
                    Tone::Boxed => "boxed",
                };
                json!(["paragraph", tone, self.full(words)])
            }
            Block::List(points) => {
                let points: Vec<Value> = points.iter().map(|point| self.full(point)).collect();
                json!(["list", points])
            }
            Block::Terms(terms) => {
                let terms: Vec<Value> = terms
                    .iter()
                    .map(|(term, meaning)| json!([self.line(term, 20, 16), self.full(meaning)]))
                    .collect();
                json!(["terms", terms])
            }
            Block::Table(it) => self.table(it),
            Block::Verbatim(words) => json!(["verbatim", self.verbatim(words)]),
            Block::Figure { svg, caption } => {
                let path = format!("figure-{}.svg", self.files.len() + 1);
                let svg = self.drawn(svg);
                self.files.insert(path.clone(), svg.into_bytes());
                let alt = self.spoken(caption);
                json!(["figure", path, alt, self.full(caption)])
            }
            Block::Fact { head, blocks, .. } => {
                let place = format!("fact-{}", self.facts);
                self.facts += 1;
                let head: Vec<Value> = head
                    .iter()
                    .map(|piece| self.full(std::slice::from_ref(piece)))
                    .collect();
                json!(["fact", place, head, self.blocks(blocks)])
            }
        }
    }

    fn table(&mut self, table: &Table) -> Value {
        let mut longest = 0;
        let rows: Vec<Value> = table
            .rows
            .iter()
            .map(|row| {
                let cells = row.iter().zip(table.widths);
                let cells = cells.map(|(cell, width)| {
                    longest = longest.max(length(cell));
                    let width = usize::from(*width);
                    self.line(cell, CELL.0 * width / 1_000, CELL.1 * width / 1_000)
                });
                Value::Array(cells.collect())
            })
            .collect();
        json!([
            "table",
            {
                "widths": table.widths,
                "head": table.head,
                "numbers": table.numbers,
                "parted": longest > WHOLE_ROW,
                "rows": rows,
            }
        ])
    }

    fn full(&self, line: &[Inline]) -> Value {
        self.line(line, LINE, LINE)
    }

    /// A line as runs; so many letters at least stand on a line, in words and in data.
    fn line(&self, line: &[Inline], words: usize, data: usize) -> Value {
        let mut runs = Runs {
            out: Vec::new(),
            faces: self.faces,
            places: &self.places,
            most: (words, data),
            ends: false,
        };
        runs.line(line, Look::default());
        Value::Array(runs.out)
    }

    fn verbatim(&self, line: &Line) -> Value {
        let mut runs = Runs {
            out: Vec::new(),
            faces: self.faces,
            places: &self.places,
            most: (VERBATIM, VERBATIM),
            ends: false,
        };
        for piece in line {
            match piece {
                // The ends of our own lines stand.
                Inline::Words(text) => {
                    for (index, text) in text.split('\n').enumerate() {
                        if index > 0 {
                            runs.out.push(END.into());
                        }
                        runs.put(lines(text, self.faces.data, VERBATIM), Look::default());
                    }
                }
                Inline::Said(text) => {
                    let text = lines(text.as_str(), self.faces.data, VERBATIM);
                    runs.put(text, Look::default());
                }
                other => runs.line(std::slice::from_ref(other), Look::default()),
            }
        }
        Value::Array(runs.out)
    }

    /// A figure in the page's own face, with no letter that it lacks. An attribute is ours: a quote of
    /// the evidence is escaped.
    fn drawn(&self, svg: &str) -> String {
        let mut out = String::with_capacity(svg.len());
        // The markup is ASCII: other letters are of labels.
        for piece in pieces(svg, self.faces.words, usize::MAX - 1) {
            match piece {
                Piece::Letters(text) => out.push_str(&text),
                Piece::Point(point) if point == "U+000A" => out.push('\n'),
                Piece::Point(point) => out.push_str(&format!("&lt;{point}&gt;")),
                Piece::May | Piece::End => {}
            }
        }
        const FACE: &str = "font-family=\"Libertinus Serif\"";
        out.replace("font-family=\"sans-serif\"", FACE)
            .replace("font-family=\"monospace\"", FACE)
            .replacen(
                "role=\"img\" font-size",
                &format!("role=\"img\" {FACE} font-size"),
                1,
            )
    }

    /// A line for who does not see it.
    fn spoken(&self, line: &[Inline]) -> String {
        let mut out = String::new();
        for piece in line {
            match piece {
                Inline::Words(words) => out.push_str(words),
                Inline::Said(text)
                | Inline::Name(text)
                | Inline::Data(text)
                | Inline::Code(text)
                | Inline::Time(text)
                | Inline::Cite(text) => out.push_str(&self.plain(text)),
                Inline::Strong(line)
                | Inline::Quiet(line)
                | Inline::Whole(line)
                | Inline::Row(line) => out.push_str(&self.spoken(line)),
                Inline::Nothing(words) => out.push_str(words),
                Inline::Verdict(word) => out.push_str(word.as_str()),
                Inline::Break => out.push(' '),
            }
        }
        out
    }

    fn plain(&self, text: &Text) -> String {
        plain(text.as_str(), self.faces)
    }
}

/// A line may end here.
const MAY: u8 = 0;
/// A line ends here.
const END: u8 = 1;

/// How a run looks.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    data: bool,
    strong: bool,
    quiet: bool,
    nothing: bool,
}

impl Look {
    fn name(self) -> String {
        [
            (self.data, 'd'),
            (self.strong, 's'),
            (self.quiet, 'q'),
            (self.nothing, 'n'),
        ]
        .iter()
        .filter_map(|(is, name)| is.then_some(*name))
        .collect()
    }
}

struct Runs<'a> {
    out: Vec<Value>,
    faces: &'a Faces<'a>,
    places: &'a BTreeMap<&'a str, usize>,
    most: (usize, usize),
    /// The last was a line of its own: what follows begins another.
    ends: bool,
}

impl Runs<'_> {
    fn line(&mut self, line: &[Inline], look: Look) {
        for piece in line {
            self.inline(piece, look);
        }
    }

    fn inline(&mut self, piece: &Inline, look: Look) {
        if self.ends && !self.out.is_empty() {
            self.out.push(END.into());
        }
        self.ends = false;
        let data = Look { data: true, ..look };
        match piece {
            Inline::Words(words) => self.text(words, look),
            Inline::Said(text) | Inline::Name(text) => self.text(text.as_str(), look),
            Inline::Data(text) | Inline::Code(text) => self.text(text.as_str(), data),
            Inline::Strong(line) => self.line(
                line,
                Look {
                    strong: true,
                    ..look
                },
            ),
            Inline::Quiet(line) => self.line(
                line,
                Look {
                    quiet: true,
                    ..look
                },
            ),
            Inline::Whole(line) => self.line(line, look),
            Inline::Nothing(words) => self.text(
                words,
                Look {
                    nothing: true,
                    ..look
                },
            ),
            // A narrow column may part the day from the hour, and nothing else.
            Inline::Time(at) => {
                let text = moment(at.as_str(), self.most.0 < LINE);
                self.put(pieces(&text, self.faces.words, TIME), look);
            }
            Inline::Verdict(word) => self.out.push(json!({"verdict": word.as_str()})),
            Inline::Break => self.ends = true,
            Inline::Row(line) => {
                if !self.out.is_empty() && self.out.last() != Some(&END.into()) {
                    self.out.push(END.into());
                }
                self.line(line, look);
                self.ends = true;
            }
            Inline::Cite(cite) => {
                let Some(place) = self.places.get(cite.as_str()) else {
                    return self.text(cite.as_str(), data);
                };
                let outer = std::mem::take(&mut self.out);
                self.text(cite.as_str(), data);
                let inner = std::mem::replace(&mut self.out, outer);
                self.out
                    .push(json!({"fact": format!("fact-{place}"), "runs": inner}));
            }
        }
    }

    fn text(&mut self, text: &str, look: Look) {
        let (has, most) = if look.data {
            (self.faces.data, self.most.1)
        } else {
            (self.faces.words, self.most.0)
        };
        self.put(pieces(text, has, most), look);
    }

    fn put(&mut self, pieces: Vec<Piece>, look: Look) {
        let name = look.name();
        for piece in pieces {
            self.out.push(match piece {
                Piece::Letters(text) if name.is_empty() => Value::String(text),
                Piece::Letters(text) => json!([name, text]),
                Piece::Point(point) => json!(["point", point]),
                Piece::May => MAY.into(),
                Piece::End => END.into(),
            });
        }
    }
}

/// A moment as people read it. Within a table there is no room for its zone, which stands at the foot
/// of each page.
fn moment(text: &str, is_narrow: bool) -> String {
    match text.strip_suffix('Z').and_then(|bare| bare.split_once('T')) {
        Some((day, hour)) if is_narrow => format!("{day} {hour}"),
        Some((day, hour)) => format!("{day} {hour} UTC"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: usize, blocks: Vec<Block>) -> Part {
        Part {
            number,
            title: "x",
            continued: false,
            goes_on: false,
            blocks,
        }
    }

    fn set_volume(volumes: &[Vec<Part>], number: usize) -> Value {
        let document = Document {
            id: "EX-1".into(),
            at: "2026-06-13T09:31:20Z".to_owned(),
            title: "#panic() $x$".into(),
            conclusion: Vec::new(),
            sections: Vec::new(),
        };
        let faces = Faces {
            words: &|_| true,
            data: &|_| true,
        };
        let parts = (number, &volumes[number - 1][..]);
        let files = sheet(&document, &contents(volumes, &faces), parts, &[], &faces);
        serde_json::from_slice(&files["document.json"]).unwrap()
    }

    fn set(blocks: Vec<Block>) -> Value {
        let mut value = set_volume(&[vec![part(1, blocks)]], 1);
        assert_eq!(
            (&value["name"], &value["title"]),
            (&json!("#panic() $x$"), &json!(["#panic() $x$"]))
        );
        value["sections"][0]["blocks"].take()
    }

    fn fact(cite: &str) -> Block {
        Block::Fact {
            cite: cite.into(),
            head: Vec::new(),
            blocks: Vec::new(),
        }
    }

    #[test]
    fn a_cite_leads_to_no_record_of_another_volume_and_each_volume_tells_what_all_hold() {
        let volumes = [
            vec![
                part(1, Vec::new()),
                part(2, vec![fact("E1:0:00000000"), fact("E1:1:00000000")]),
            ],
            vec![part(
                2,
                vec![
                    fact("E1:2:00000000"),
                    paragraph(vec![cite("E1:0:00000000")]),
                ],
            )],
        ];
        let value = set_volume(&volumes, 2);
        assert_eq!(value["name"], "#panic() $x$, volume 2 of 2");
        assert_eq!(
            value["sections"][0]["blocks"],
            json!([
                ["fact", "fact-0", [], []],
                ["paragraph", "plain", [["d", "E1:0:00000000"]]]
            ])
        );
        assert_eq!(
            value["volumes"],
            json!([
                {"path": "report.pdf", "sections": [1, 2], "cites": ["E1:0:00000000", "E1:1:00000000"]},
                {"path": "report-2.pdf", "sections": [2, 2], "cites": ["E1:2:00000000", "E1:2:00000000"]},
            ])
        );
    }

    fn paragraph(line: Line) -> Block {
        Block::Paragraph(Tone::Plain, line)
    }

    fn cite(text: &str) -> Inline {
        Inline::Cite(text.into())
    }

    #[test]
    fn what_looks_like_markup_is_a_string() {
        let hostile = "*b* @x #panic(\"x\") `r` \\u{202e} \u{202e}";
        assert_eq!(
            set(vec![paragraph(vec![Inline::Said(hostile.into())])]),
            json!([[
                "paragraph",
                "plain",
                [&hostile[..hostile.len() - 3], ["point", "U+202E"]]
            ]])
        );
    }

    #[test]
    fn a_cite_leads_to_the_first_fact_of_its_name_and_to_nothing_that_is_not_there() {
        let said = set(vec![
            fact("E1:0:00000000"),
            fact("E1:0:00000000"),
            paragraph(vec![cite("E1:0:00000000"), cite("E9:9:00000000")]),
        ]);
        assert_eq!(
            said,
            json!([
                ["fact", "fact-0", [], []],
                ["fact", "fact-1", [], []],
                ["paragraph", "plain", [
                    {"fact": "fact-0", "runs": [["d", "E1:0:00000000"]]},
                    ["d", "E9:9:00000000"]
                ]]
            ])
        );
    }

    #[test]
    fn lines_of_their_own_stand_on_lines_of_their_own() {
        let line = vec![
            "a".into(),
            Inline::Row(vec!["b".into()]),
            Inline::Row(vec![Inline::Quiet(vec!["c".into()])]),
            "d".into(),
        ];
        assert_eq!(
            set(vec![paragraph(line)]),
            json!([["paragraph", "plain", ["a", 1, "b", 1, ["q", "c"], 1, "d"]]])
        );
    }
}
