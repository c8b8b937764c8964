//! What was rebuilt, as pictures: the same that the window shows, from the same places.

mod graph;
mod lineage;
mod reach;

pub(crate) use graph::graph;
pub(crate) use lineage::lineage;
pub(crate) use reach::reach;

use report::svg::{Anchor, FAINT, PEN, Pen, Svg, Voice, dash};

/// What the joins and the verdicts look like, in a row that begins at a place.
fn legend(svg: &mut Svg, (mut x, y): (f64, f64)) {
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
fn clock(time: &str) -> String {
    time.replacen('T', " ", 1).trim_end_matches('Z').to_owned()
}
