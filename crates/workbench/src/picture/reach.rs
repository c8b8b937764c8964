//! What could be touched, as a picture: a row each, in time's order, with the hops of its path.

use crate::api::{ReachView, ReachedView};
use report::svg::{
    Anchor, FAINT, INK, LINE, PAPER, PEN, Pen, Svg, Voice, clock, cut, dash, legend,
};

/// More rows make no picture. The data has all.
const MOST_ROWS: usize = 400;
/// More hops than these are a number.
const MOST_HOPS: usize = 10;
const ROW: f64 = 24.0;
const HEAD: f64 = 52.0;

/// What was reached, drawn.
pub(crate) fn reach(reach: &ReachView) -> String {
    let shown = &reach.reached[..reach.reached.len().min(MOST_ROWS)];
    let end = HEAD + shown.len() as f64 * ROW;
    let title = if reach.origin {
        format!("Where {} came from", reach.from)
    } else {
        format!("What could be touched from {}", reach.from)
    };
    let mut svg = Svg::new(1200, (end + 64.0) as u32, &title);
    svg.text(
        (16.0, 20.0),
        Anchor::Start,
        Voice::Strong,
        INK,
        &cut(&title, 120),
    );
    for (x, head) in [
        (16.0, "certainty"),
        (90.0, "reached at, UTC"),
        (270.0, "what"),
        (680.0, "path and its joins"),
        (1010.0, "weakest record"),
    ] {
        svg.text((x, 42.0), Anchor::Start, Voice::Ours, FAINT, head);
    }
    for (nth, one) in shown.iter().enumerate() {
        draw_row(&mut svg, one, HEAD + nth as f64 * ROW);
    }
    legend(&mut svg, (16.0, end + 20.0));
    let mut foot = format!(
        "{} reached; {} to revoke, {} to rotate; clocks of two sources may be {} s apart",
        reach.reached.len(),
        reach.revoke.len(),
        reach.rotate.len(),
        reach.tolerance_seconds
    );
    if reach.reached.len() > shown.len() {
        foot.push_str(&format!("; the first {} are drawn", shown.len()));
    }
    if reach.left_out {
        foot.push_str("; the search was ended before all was found");
    }
    svg.text((16.0, end + 48.0), Anchor::Start, Voice::Ours, FAINT, &foot);
    svg.done()
}

fn draw_row(svg: &mut Svg, one: &ReachedView, y: f64) {
    svg.line(
        (16.0, y),
        (1184.0, y),
        Pen {
            stroke: LINE,
            ..PEN
        },
    );
    svg.begin(&format!("{} {}", one.kind, one.id));
    let is_must = one.certainty == "must";
    svg.rect(
        (16.0, y + 4.0),
        (42.0, 16.0),
        Pen {
            fill: if is_must { INK } else { PAPER },
            dash: if is_must { "none" } else { "3 2" },
            width: 1.0,
            ..PEN
        },
    );
    let (fill, voice) = if is_must {
        (PAPER, Voice::Strong)
    } else {
        (INK, Voice::Ours)
    };
    let line = y + 16.0;
    svg.text((37.0, line), Anchor::Middle, voice, fill, &one.certainty);
    svg.text(
        (100.0, line),
        Anchor::Start,
        Voice::Ours,
        INK,
        &clock(&one.at),
    );
    svg.text(
        (270.0, line),
        Anchor::Start,
        Voice::Evidence,
        INK,
        &cut(&one.id, 50),
    );
    svg.text((630.0, line), Anchor::Start, Voice::Ours, FAINT, &one.kind);
    let skipped = one.path.len().saturating_sub(MOST_HOPS);
    let mut x = 730.0;
    if skipped + one.path_left_out > 0 {
        svg.text(
            (x - 6.0, line),
            Anchor::End,
            Voice::Ours,
            FAINT,
            &format!("{} +", skipped + one.path_left_out),
        );
    }
    let square = |svg: &mut Svg, x: f64, fill| {
        svg.rect((x, y + 8.0), (8.0, 8.0), Pen { fill, ..PEN });
    };
    square(svg, x, PAPER);
    for (nth, step) in one.path.iter().skip(skipped).enumerate() {
        svg.line(
            (x + 8.0, y + 12.0),
            (x + 24.0, y + 12.0),
            Pen {
                dash: dash(&step.join),
                ..PEN
            },
        );
        x += 24.0;
        let is_last = skipped + nth + 1 == one.path.len();
        square(svg, x, if is_last { INK } else { PAPER });
    }
    svg.mark((1016.0, y + 12.0), one.verdict.as_str());
    svg.text(
        (1030.0, line),
        Anchor::Start,
        Voice::Ours,
        INK,
        one.verdict.as_str(),
    );
    svg.end();
}
