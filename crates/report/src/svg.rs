//! Pictures as SVG 1.1 that any browser or drawing program opens: no script, no link, no style sheet,
//! nothing that is loaded. What comes from evidence stands in text alone, escaped; characters that do
//! not show or turn the text around them are spelt out.

use crate::text::xml;
use std::fmt::Write as _;

/// The ink of the window's light scheme, since a picture is for paper.
pub const INK: &str = "#1d1c1a";
/// Ink of what is said beside.
pub const FAINT: &str = "#67635b";
/// Hairlines.
pub const LINE: &str = "#dcd8cf";
/// The ground.
pub const PAPER: &str = "#fdfcfa";

/// The colour of a verdict's mark; of anything else, ink.
pub fn colour(verdict: &str) -> &'static str {
    match verdict {
        "verified" => "#1b6a44",
        "intact" => "#0d6376",
        "unproven" => "#74581b",
        "contradicted" => "#ae261c",
        _ => INK,
    }
}

/// How a line is drawn for the strength of a join.
pub fn dash(join: &str) -> &'static str {
    match join {
        "salted" => "7 4",
        "inferred" => "1.5 4",
        _ => "none",
    }
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pen {
    /// Its colour, or `none`.
    pub stroke: &'static str,
    /// In pixels.
    pub width: f64,
    /// As in `stroke-dasharray`.
    pub dash: &'static str,
    /// What it encloses, or `none`.
    pub fill: &'static str,
}

/// A plain line in ink.
pub const PEN: Pen = Pen {
    stroke: INK,
    width: 1.25,
    dash: "none",
    fill: "none",
};

/// Where a text stands to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// Whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Ours.
    Ours,
    /// Ours, in strong type.
    Strong,
    /// The evidence's.
    Evidence,
}

/// A picture that is being drawn.
#[derive(Debug)]
pub struct Svg {
    out: String,
    open: usize,
}

impl Svg {
    /// An empty sheet of so many pixels, with what it is called.
    pub fn new(width: u32, height: u32, title: &str) -> Svg {
        let mut svg = Svg {
            out: format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title>"
            ),
            open: 0,
        };
        svg.out.push_str(&xml(title));
        let _ = writeln!(
            svg.out,
            "</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>"
        );
        svg
    }

    /// Begins a part that belongs together, with what is said of it when it is pointed at.
    pub fn begin(&mut self, title: &str) {
        self.out.push_str("<g><title>");
        self.out.push_str(&xml(title));
        self.out.push_str("</title>\n");
        self.open += 1;
    }

    /// Ends the part begun last.
    pub fn end(&mut self) {
        if self.open > 0 {
            self.open -= 1;
            self.out.push_str("</g>\n");
        }
    }

    /// A path. Of `d` only what a path is made of is taken.
    pub fn path(&mut self, d: &str, pen: Pen) {
        self.out.push_str("<path d=\"");
        self.out.extend(
            d.chars()
                .filter(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-')),
        );
        let _ = writeln!(
            self.out,
            "\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{}\" stroke-dasharray=\"{}\"/>",
            pen.fill, pen.stroke, pen.width, pen.dash
        );
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), pen: Pen) {
        self.path(
            &format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1),
            pen,
        );
    }

    /// A rectangle.
    pub fn rect(&mut self, at: (f64, f64), size: (f64, f64), pen: Pen) {
        self.path(
            &format!(
                "M{:.1} {:.1}h{:.1}v{:.1}h{:.1}z",
                at.0, at.1, size.0, size.1, -size.0
            ),
            pen,
        );
    }

    /// A line of text.
    pub fn text(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        voice: Voice,
        fill: &'static str,
        text: &str,
    ) {
        self.letters(
            at,
            anchor,
            voice,
            &format!("fill=\"{fill}\" stroke=\"none\""),
            text,
        );
    }

    /// A line of text over other lines: with a rim of paper, which is drawn by itself, since not
    /// every program knows `paint-order` and the rim would cover the letters.
    pub fn text_over(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        voice: Voice,
        fill: &'static str,
        text: &str,
    ) {
        let rim = format!(
            "fill=\"{PAPER}\" stroke=\"{PAPER}\" stroke-width=\"3\" stroke-linejoin=\"round\" aria-hidden=\"true\""
        );
        self.letters(at, anchor, voice, &rim, text);
        self.text(at, anchor, voice, fill, text);
    }

    /// `look` is ours, never of the evidence.
    fn letters(&mut self, at: (f64, f64), anchor: Anchor, voice: Voice, look: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let face = match voice {
            Voice::Ours => "font-family=\"sans-serif\"",
            Voice::Strong => "font-family=\"sans-serif\" font-weight=\"bold\"",
            Voice::Evidence => "font-family=\"monospace\"",
        };
        let _ = write!(
            self.out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" {face} font-size=\"11\" {look}>",
            at.0, at.1
        );
        self.out.push_str(&xml(text));
        self.out.push_str("</text>\n");
    }

    /// The mark of a verdict: a shape of its own each, about a place.
    pub fn mark(&mut self, (x, y): (f64, f64), verdict: &str) {
        let own = colour(verdict);
        let filled = Pen {
            stroke: "none",
            fill: own,
            ..PEN
        };
        let ring = Pen {
            stroke: own,
            width: 1.5,
            fill: PAPER,
            ..PEN
        };
        let cut = Pen {
            stroke: PAPER,
            width: 1.4,
            ..PEN
        };
        let circle = |r: f64| {
            format!(
                "M{:.1} {y:.1}a{r} {r} 0 1 0 {:.1} 0a{r} {r} 0 1 0 {:.1} 0z",
                x - r,
                2.0 * r,
                -2.0 * r
            )
        };
        match verdict {
            "verified" => {
                self.path(&circle(5.0), filled);
                self.path(&format!("M{:.1} {y:.1}l1.7 1.7l3.3 -3.6", x - 2.4), cut);
            }
            "intact" => self.path(&circle(4.3), ring),
            "unproven" => self.path(
                &circle(4.3),
                Pen {
                    dash: "3.8 2.95",
                    ..ring
                },
            ),
            "contradicted" => {
                self.path(&format!("M{x:.1} {:.1}l6 6l-6 6l-6 -6z", y - 6.0), filled);
                self.path(
                    &format!(
                        "M{:.1} {:.1}l3.6 3.6M{:.1} {:.1}l-3.6 3.6",
                        x - 1.8,
                        y - 1.8,
                        x + 1.8,
                        y - 1.8
                    ),
                    cut,
                );
            }
            _ => self.path(&circle(1.8), filled),
        }
    }

    /// The picture.
    pub fn done(mut self) -> String {
        while self.open > 0 {
            self.end();
        }
        self.out.push_str("</svg>\n");
        self.out
    }
}

/// A name of at most so many characters, its middle cut out.
pub fn cut(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let tail = most.saturating_sub(1) / 3;
    let head = most.saturating_sub(1) - tail;
    let mut out: String = letters[..head].iter().collect();
    out.push('…');
    out.extend(&letters[letters.len() - tail..]);
    out
}

/// What the joins and the verdicts look like, in a row that begins at a place.
pub fn legend(svg: &mut Svg, (mut x, y): (f64, f64)) {
    for join in ["exact", "salted", "inferred"] {
        svg.line(
            (x, y),
            (x + 26.0, y),
            Pen {
                dash: dash(join),
                ..PEN
            },
        );
        svg.text((x + 32.0, y + 4.0), Anchor::Start, Voice::Ours, FAINT, join);
        x += 92.0;
    }
    for verdict in ["verified", "intact", "unproven", "contradicted"] {
        svg.mark((x + 6.0, y), verdict);
        svg.text(
            (x + 16.0, y + 4.0),
            Anchor::Start,
            Voice::Ours,
            FAINT,
            verdict,
        );
        x += 92.0;
    }
}

/// A time as it is read: without its `T`, with its zone in words.
pub fn clock(time: &str) -> String {
    time.replacen('T', " ", 1).trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_was_markup_in_the_picture() {
        let mut svg = Svg::new(10, 10, "</title><script>");
        svg.begin("<a href='x'>");
        svg.text(
            (1.0, 2.0),
            Anchor::Start,
            Voice::Evidence,
            INK,
            "\"><script>alert(1)</script>\u{202e}gpj.\u{0}",
        );
        let out = svg.done();
        assert!(!out.contains("<script") && !out.contains("<a "), "{out}");
        assert!(out.contains("&lt;U+202E&gt;gpj.&lt;U+0000&gt;"), "{out}");
        assert_eq!(out.matches("<g>").count(), out.matches("</g>").count());
    }

    #[test]
    fn a_path_is_made_of_what_paths_are_made_of() {
        let mut svg = Svg::new(10, 10, "");
        svg.path("M1 2\"/><script>", PEN);
        assert!(svg.done().contains("<path d=\"M1 2script\""));
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(cut("abcdefghij", 7), "abcd…ij");
        assert_eq!(cut("東京", 7), "東京");
        assert_eq!(cut("abc", 0), "…");
    }
}
