//! Paper has an end: after so many volumes nobody turns the pages, and setting them takes minutes. What
//! does not fit is left out at the end of its section, and it is said there and on the first page how
//! much and where it stands.

use report::document::{Block, Document, Inline, Section, Table, Tone, plural};
use report::text::Text;

/// About the memory that setting a volume takes, in rows of a table (some 150 kB each).
pub const ROOM: usize = 3_000;
/// No report has more volumes, or one more at most where blocks do not come out even.
const VOLUMES: usize = 30;
/// What cannot be parted between two volumes is not larger.
const PIECE: usize = ROOM / 2;
/// A cited record with its bytes takes the room of so many rows.
const FACT: usize = 5;
/// So many letters take the room of a row.
const LETTERS: usize = 400;
/// The same for the bytes of a figure.
const DRAWN: usize = 20_000;
/// Longer titles are cut.
const TITLE: usize = 400;

/// A document that fits, and what does not: the numbers of sections that were cut, from 1.
pub fn fit(mut document: Document) -> (Document, Vec<usize>) {
    if let Some((end, _)) = document.title.as_str().char_indices().nth(TITLE) {
        document.title = Text::from(format!("{}…", &document.title.as_str()[..end]));
    }
    let wants: Vec<usize> = document.sections.iter().map(section_room).collect();
    let share = share(&wants, ROOM * VOLUMES);
    let mut cut = Vec::new();
    for (index, section) in document.sections.iter_mut().enumerate() {
        if shorten(section, share) {
            cut.push(index + 1);
        }
    }
    (document, cut)
}

/// The most that one may have so that all together have no more than the room: who wants less has
/// what it wants.
fn share(wants: &[usize], room: usize) -> usize {
    let mut sorted = wants.to_vec();
    sorted.sort_unstable();
    let mut left = room;
    for (index, want) in sorted.iter().enumerate() {
        let each = left / (sorted.len() - index);
        if *want > each {
            return each;
        }
        left -= want;
    }
    usize::MAX
}

fn section_room(section: &Section) -> usize {
    section.blocks.iter().map(block_room).sum()
}

pub fn block_room(block: &Block) -> usize {
    match block {
        Block::Heading(words) | Block::Paragraph(_, words) | Block::Verbatim(words) => room(words),
        Block::List(points) => points.iter().map(|point| room(point)).sum(),
        Block::Terms(terms) => terms.iter().map(|(term, it)| room(term) + room(it)).sum(),
        Block::Table(table) => table.rows.iter().map(|row| row_room(row)).sum(),
        Block::Figure { svg, .. } => svg.len() / DRAWN,
        Block::Fact { head, blocks, .. } => {
            let said: usize = blocks.iter().map(letters).sum();
            FACT.max((length(head) + said) / LETTERS)
        }
    }
}

/// About how many letters a block of a fact has.
fn letters(block: &Block) -> usize {
    match block {
        Block::Heading(words) | Block::Paragraph(_, words) | Block::Verbatim(words) => {
            length(words)
        }
        Block::Terms(terms) => terms
            .iter()
            .map(|(term, it)| length(term) + length(it))
            .sum(),
        other => block_room(other) * LETTERS,
    }
}

pub fn row_room(row: &[Vec<Inline>]) -> usize {
    1 + row.iter().map(|cell| length(cell)).sum::<usize>() / LETTERS
}

pub fn room(line: &[Inline]) -> usize {
    1 + length(line) / LETTERS
}

/// About how many letters a line has, as the page shows them: those of many scripts stand there as
/// their code points.
pub fn length(line: &[Inline]) -> usize {
    let long = |text: &str| {
        let others = text.bytes().filter(|byte| !byte.is_ascii()).count();
        text.len() + 5 * others
    };
    let each = line.iter().map(|piece| match piece {
        Inline::Words(words) => words.len(),
        Inline::Said(text)
        | Inline::Name(text)
        | Inline::Data(text)
        | Inline::Code(text)
        | Inline::Time(text)
        | Inline::Cite(text) => long(text.as_str()),
        Inline::Strong(line) | Inline::Quiet(line) | Inline::Whole(line) => length(line),
        // A line of its own is as long as a narrow one.
        Inline::Row(line) => length(line).max(24),
        Inline::Nothing(_) | Inline::Verdict(_) | Inline::Break => 24,
    });
    each.sum()
}

/// What was left out.
#[derive(Default, PartialEq)]
struct Left {
    records: usize,
    rows: usize,
    points: usize,
    figures: usize,
    others: usize,
}

/// So much at least each part of a section gets, or the parts are taken in turn.
const LEAST: usize = 8;

/// Parts share a section's room as sections share that of the page: what to revoke is not lost because
/// the names before it are many. Cited records are one part. Whether anything was left out.
fn shorten(section: &mut Section, share_of_page: usize) -> bool {
    let mut wants = Vec::new();
    let mut after_fact = false;
    for block in &section.blocks {
        let is_fact = matches!(block, Block::Fact { .. });
        match wants.last_mut() {
            Some(last) if is_fact && after_fact => *last += block_room(block),
            _ => wants.push(block_room(block)),
        }
        after_fact = is_fact;
    }
    let each = share(&wants, share_of_page);
    let in_turn = each < LEAST;
    let most = if in_turn { share_of_page } else { each };
    let mut taken = 0;
    let mut after_fact = false;
    let mut left = Left::default();
    let mut kept = Vec::new();
    for block in section.blocks.drain(..) {
        let is_fact = matches!(block, Block::Fact { .. });
        let goes_on = is_fact && after_fact;
        if !in_turn && !goes_on {
            taken = 0;
        }
        after_fact = is_fact;
        let mut fits = |room: usize| {
            if room > PIECE {
                return false;
            }
            taken += room;
            taken <= most
        };
        match block {
            Block::Table(Table {
                widths,
                head,
                numbers,
                rows,
            }) => {
                let (here, rest) = parted(rows, |row| fits(row_room(row)));
                left.rows += rest;
                if !here.is_empty() || rest == 0 {
                    kept.push(Block::Table(Table {
                        widths,
                        head,
                        numbers,
                        rows: here,
                    }));
                }
            }
            Block::List(points) => {
                let (here, rest) = parted(points, |point| fits(room(point)));
                left.points += rest;
                kept.push(Block::List(here));
            }
            other if fits(block_room(&other)) => kept.push(other),
            Block::Fact { .. } => left.records += 1,
            Block::Figure { .. } => left.figures += 1,
            _ => left.others += 1,
        }
    }
    let is_cut = left != Left::default();
    if is_cut {
        kept.push(Block::Paragraph(Tone::Boxed, vec![said(&left).into()]));
    }
    section.blocks = kept;
    is_cut
}

/// What fits, and how many are left.
fn parted<T>(mut all: Vec<T>, mut fits: impl FnMut(&T) -> bool) -> (Vec<T>, usize) {
    let count = all.len();
    all.retain(|one| fits(one));
    let rest = count - all.len();
    (all, rest)
}

fn said(left: &Left) -> String {
    let parts = [
        (left.records, "record", "records"),
        (left.rows, "row", "rows"),
        (left.points, "point", "points"),
        (left.figures, "figure", "figures"),
        (left.others, "paragraph", "paragraphs"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|part| part.0 > 0)
        .map(|(number, one, several)| plural(*number as u64, one, several))
        .collect();
    format!(
        "Left out here, because it does not fit on paper: {}. They stand in report.html; cited records with their bytes in extract.jsonl, and in timeline.csv.",
        parts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(number: usize) -> Block {
        Block::Table(Table {
            widths: &[100],
            head: &[],
            numbers: &[],
            rows: vec![vec![vec!["x".into()]]; number],
        })
    }

    fn document(sections: Vec<Vec<Block>>) -> Document {
        Document {
            id: "EX".into(),
            at: String::new(),
            title: "x".into(),
            conclusion: Vec::new(),
            sections: sections
                .into_iter()
                .map(|blocks| Section { title: "x", blocks })
                .collect(),
        }
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        let whole = document(vec![vec![rows(1_000)], vec![rows(30_000)]]);
        assert_eq!(fit(whole.clone()), (whole, vec![]));
    }

    #[test]
    fn a_long_section_is_cut_and_says_how_much_is_left_out_and_a_short_one_stays() {
        let (cut, numbers) = fit(document(vec![vec![rows(100)], vec![rows(100_000)]]));
        assert_eq!(numbers, [2]);
        assert_eq!(cut.sections[0].blocks, [rows(100)]);
        let [table, Block::Paragraph(Tone::Boxed, words)] = &cut.sections[1].blocks[..] else {
            panic!("{:?}", cut.sections[1].blocks.len());
        };
        assert_eq!(*table, rows(ROOM * VOLUMES - 100));
        let Inline::Words(words) = &words[0] else {
            panic!("{words:?}")
        };
        let left = 100_000 + 100 - ROOM * VOLUMES;
        assert!(
            words.contains(&plural(left as u64, "row", "rows")),
            "{words}"
        );
    }

    #[test]
    fn what_stands_after_a_long_list_in_its_section_stays() {
        let list = Block::List(vec![vec!["x".into()]; 100_000]);
        let (cut, numbers) = fit(document(vec![vec![list, rows(40)]]));
        assert_eq!(numbers, [1]);
        let [Block::List(points), table, Block::Paragraph(Tone::Boxed, _)] =
            &cut.sections[0].blocks[..]
        else {
            panic!("{:?}", cut.sections[0].blocks.len());
        };
        assert_eq!((points.len(), table), (ROOM * VOLUMES - 40, &rows(40)));
    }

    #[test]
    fn one_text_that_is_too_long_is_left_out_and_counted_and_what_follows_stays() {
        let long: Inline = "x".repeat(2_000_000).into();
        let after = Block::Paragraph(Tone::Plain, vec!["after".into()]);
        let (cut, numbers) = fit(document(vec![vec![
            Block::Paragraph(Tone::Plain, vec![long]),
            after.clone(),
        ]]));
        assert_eq!(numbers, [1]);
        assert_eq!(cut.sections[0].blocks.len(), 2);
        assert_eq!(cut.sections[0].blocks[0], after);
    }
}
