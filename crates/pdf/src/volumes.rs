//! A long report is set in volumes, one after another, so that none takes more memory than a laptop
//! spares. They hold its sections in order: a list, a table or the cited records of a section may go
//! on in the next one.

use crate::fit::{ROOM, block_room, room, row_room};
use report::document::{Block, Line, Section, Table};

/// A section, or what a volume holds of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The number of the section, from 1.
    pub number: usize,
    /// Its title.
    pub title: &'static str,
    /// It began in a volume before.
    pub continued: bool,
    /// It goes on in the next one.
    pub goes_on: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Part {
    /// The first and the last record that is cited in full.
    pub fn cites(&self) -> Option<(&str, &str)> {
        let mut cites = self.blocks.iter().filter_map(|block| match block {
            Block::Fact { cite, .. } => Some(cite.as_str()),
            _ => None,
        });
        let first = cites.next()?;
        Some((first, cites.next_back().unwrap_or(first)))
    }
}

/// The sections in volumes, at least one. No block, and no row or point of one, may want more room than
/// half a volume has.
pub fn volumes(sections: Vec<Section>) -> Vec<Vec<Part>> {
    let mut shelf = Shelf {
        full: Vec::new(),
        open: Vec::new(),
        left: ROOM,
        under: None,
    };
    for (index, section) in sections.into_iter().enumerate() {
        shelf.open.push(Part {
            number: index + 1,
            title: section.title,
            continued: false,
            goes_on: false,
            blocks: Vec::new(),
        });
        shelf.under = None;
        for block in section.blocks {
            shelf.put(block);
        }
    }
    shelf.full.push(shelf.open);
    shelf.full
}

struct Shelf {
    full: Vec<Vec<Part>>,
    /// The volume that is being filled.
    open: Vec<Part>,
    /// The room that it has left.
    left: usize,
    /// The heading that the next block stands under.
    under: Option<Line>,
}

impl Shelf {
    fn put(&mut self, block: Block) {
        match block {
            Block::Table(mut table) => {
                let rest = std::mem::take(&mut table.rows);
                self.parted(
                    rest,
                    |row| row_room(row),
                    |rows| {
                        Block::Table(Table {
                            rows,
                            ..table.clone()
                        })
                    },
                );
            }
            Block::List(points) => self.parted(points, |point| room(point), Block::List),
            other => {
                let wants = block_room(&other);
                if wants > self.left {
                    self.turn();
                }
                if let Block::Heading(words) = &other {
                    self.under = Some(words.clone());
                }
                self.push(other, wants);
            }
        }
    }

    /// What can be parted between any two of its pieces.
    fn parted<T>(
        &mut self,
        pieces: Vec<T>,
        wants: impl Fn(&T) -> usize,
        block: impl Fn(Vec<T>) -> Block,
    ) {
        let mut here = Vec::new();
        let mut taken = 0;
        for piece in pieces {
            let more = wants(&piece);
            if taken + more > self.left {
                if !here.is_empty() {
                    self.push(block(std::mem::take(&mut here)), taken);
                }
                self.turn();
                taken = 0;
            }
            here.push(piece);
            taken += more;
        }
        self.push(block(here), taken);
    }

    fn push(&mut self, block: Block, taken: usize) {
        self.left = self.left.saturating_sub(taken);
        if let Some(part) = self.open.last_mut() {
            part.blocks.push(block);
        }
    }

    /// Closes the volume and begins the next with the rest of the section. A section of which nothing
    /// stands yet but its title, or a heading, is taken over.
    fn turn(&mut self) {
        let Some(mut part) = self.open.pop() else {
            return;
        };
        if let Some(Block::Heading(_)) = part.blocks.last() {
            part.blocks.pop();
        }
        let next = Part {
            continued: part.continued || !part.blocks.is_empty(),
            blocks: Vec::new(),
            ..part
        };
        if !part.blocks.is_empty() {
            part.goes_on = true;
            self.open.push(part);
        }
        self.full
            .push(std::mem::replace(&mut self.open, vec![next]));
        self.left = ROOM;
        if let Some(words) = self.under.clone() {
            let taken = room(&words);
            self.push(Block::Heading(words), taken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::document::Inline;

    fn section(blocks: Vec<Block>) -> Section {
        Section { title: "x", blocks }
    }

    fn line(text: &str) -> Line {
        vec![Inline::Said(text.into())]
    }

    fn fact(number: usize) -> Block {
        Block::Fact {
            cite: format!("E1:{number}").as_str().into(),
            head: Vec::new(),
            blocks: Vec::new(),
        }
    }

    fn table(rows: usize) -> Block {
        Block::Table(Table {
            widths: &[100],
            head: &["x"],
            numbers: &[],
            rows: vec![vec![line("x")]; rows],
        })
    }

    #[test]
    fn what_fits_in_one_volume_stands_in_one_as_it_is() {
        let blocks = vec![Block::Heading(line("h")), table(9), fact(1)];
        let set = volumes(vec![section(blocks.clone()), section(Vec::new())]);
        let part = |number, blocks| Part {
            number,
            title: "x",
            continued: false,
            goes_on: false,
            blocks,
        };
        assert_eq!(set, [vec![part(1, blocks), part(2, Vec::new())]]);
    }

    #[test]
    fn every_record_and_row_stands_in_one_volume_and_in_order() {
        let facts: Vec<Block> = (0..5_000).map(fact).collect();
        let set = volumes(vec![section(facts.clone()), section(vec![table(9_000)])]);
        assert!(set.len() > 5, "{}", set.len());
        let parts: Vec<Part> = set.into_iter().flatten().collect();
        let of = |number| parts.iter().filter(move |part| part.number == number);
        let again: Vec<Block> = of(1).flat_map(|part| part.blocks.clone()).collect();
        assert_eq!(again, facts);
        let rows = of(2)
            .flat_map(|part| &part.blocks)
            .map(|block| match block {
                Block::Table(table) if table.head == ["x"] => table.rows.len(),
                other => panic!("{other:?}"),
            });
        assert_eq!(rows.sum::<usize>(), 9_000);
        for number in [1, 2] {
            let (continued, goes_on): (Vec<bool>, Vec<bool>) = of(number)
                .map(|part| (part.continued, part.goes_on))
                .unzip();
            assert_eq!(continued.iter().filter(|is| !**is).count(), 1);
            assert!(!continued[0] && !goes_on[goes_on.len() - 1]);
        }
    }

    #[test]
    fn a_heading_goes_over_with_what_stands_under_it_and_is_said_again() {
        let list = Block::List(vec![line("p"); ROOM + 10]);
        let set = volumes(vec![section(vec![
            table(ROOM - 1),
            Block::Heading(line("h")),
            list,
        ])]);
        assert_eq!(set.len(), 3);
        assert_eq!(set[0][0].blocks, [table(ROOM - 1)]);
        for part in [&set[1][0], &set[2][0]] {
            assert!(part.continued);
            assert_eq!(part.blocks[0], Block::Heading(line("h")));
            assert!(matches!(part.blocks[1], Block::List(_)));
        }
    }

    #[test]
    fn a_section_that_would_begin_at_the_end_of_a_volume_begins_in_the_next() {
        let set = volumes(vec![section(vec![table(ROOM)]), section(vec![fact(7)])]);
        let places: Vec<Vec<usize>> = set
            .iter()
            .map(|parts| parts.iter().map(|part| part.number).collect())
            .collect();
        assert_eq!(places, [[1], [2]]);
        assert!(!set[0][0].goes_on && !set[1][0].continued);
        assert_eq!(set[1][0].cites(), Some(("E1:7", "E1:7")));
    }
}
