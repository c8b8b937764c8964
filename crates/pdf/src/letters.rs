//! Which letters are shown as they are. A PDF/A must have a glyph for each, in a font of its own; what
//! has none, does not show, or turns the text around it is written as its code point.

use report::text::is_hostile;

/// A piece of text, as the page sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Letters that are shown as they are.
    Letters(String),
    /// A letter that is not: its code point, `U+202E`.
    Point(String),
    /// A line may end here.
    May,
    /// A line ends here.
    End,
}

/// A face, by which letters all its cuts have.
pub type Has<'a> = &'a dyn Fn(char) -> bool;

/// Longer words than a line holds are parted after such a mark …
const AFTER: &[char] = &[
    '/', ':', '.', '_', '-', '=', '&', '?', '@', ',', ';', '|', '+', '%', '#',
];
/// … or, where there is none, every so many letters.
const EVERY: usize = 8;

/// The pieces of a text on lines of at least `most` letters.
pub fn pieces(text: &str, has: Has<'_>, most: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            letter(&mut out, ' ');
        }
        let is_long = word.chars().nth(most).is_some();
        let mut since = 0;
        for c in word.chars() {
            if is_long && since == EVERY {
                out.push(Piece::May);
                since = 0;
            }
            shown(&mut out, c, has);
            since += 1;
            if is_long && AFTER.contains(&c) {
                // Not between the two of `//` and the like.
                if since > 2 {
                    out.push(Piece::May);
                }
                since = 0;
            }
        }
    }
    out
}

/// The same in lines of exactly `most` letters of one width, for what stands as it is.
pub fn lines(text: &str, has: Has<'_>, most: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut on_line = 0;
    for c in text.chars() {
        let width = if is_shown(c, has) {
            1
        } else {
            point(c).len() + 1
        };
        if on_line + width > most {
            out.push(Piece::End);
            on_line = 0;
        }
        shown(&mut out, c, has);
        on_line += width;
    }
    out
}

fn shown(out: &mut Vec<Piece>, c: char, has: Has<'_>) {
    if is_shown(c, has) {
        letter(out, c);
    } else {
        out.push(Piece::Point(point(c)));
    }
}

fn letter(out: &mut Vec<Piece>, c: char) {
    match out.last_mut() {
        Some(Piece::Letters(text)) => text.push(c),
        _ => out.push(Piece::Letters(c.to_string())),
    }
}

fn point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn is_shown(c: char, has: Has<'_>) -> bool {
    c.is_ascii_graphic()
        || c == ' '
        || (!is_hostile(c) && !is_private(c) && !is_right_to_left(c) && has(c))
}

/// Letters that everybody may give a meaning of their own: a PDF/A that can be read aloud has none.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Letters of scripts that run from right to left would carry their neighbours along.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(c: char) -> bool {
        c != '東'
    }

    fn letters(text: &str) -> Piece {
        Piece::Letters(text.to_owned())
    }

    fn point_of(text: &str) -> Piece {
        Piece::Point(text.to_owned())
    }

    #[test]
    fn what_does_not_show_or_has_no_glyph_is_written_as_its_code_point() {
        assert_eq!(
            pieces("a\u{202e}b東é\u{5d0}\u{e000}", &any, 80),
            [
                letters("a"),
                point_of("U+202E"),
                letters("b"),
                point_of("U+6771"),
                letters("é"),
                point_of("U+05D0"),
                point_of("U+E000"),
            ]
        );
    }

    #[test]
    fn a_word_longer_than_the_line_may_be_parted_and_a_shorter_one_may_not() {
        assert_eq!(
            pieces("short arn:aws:iam0123456789", &any, 12),
            [
                letters("short arn:"),
                Piece::May,
                letters("aws:"),
                Piece::May,
                letters("iam01234"),
                Piece::May,
                letters("56789"),
            ]
        );
    }

    #[test]
    fn lines_of_data_end_at_their_width() {
        assert_eq!(
            lines("abcdef\n", &any, 4),
            [
                letters("abcd"),
                Piece::End,
                letters("ef"),
                Piece::End,
                point_of("U+000A"),
            ]
        );
    }
}
