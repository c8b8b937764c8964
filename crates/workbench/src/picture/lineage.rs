//! The tree of a credential as a picture: who made what from what, and each life on one axis.

use crate::api::{LineageTree, LineageView};
use crate::follow::time_of;
use report::svg::{Anchor, FAINT, INK, LINE, PEN, Pen, Svg, Voice, clock, cut, dash, legend};

/// More rows make no picture. The data has all.
const MOST_ROWS: usize = 400;
const ROW: f64 = 40.0;
const HEAD: f64 = 44.0;
/// Where the names end, and the axis begins and ends.
const JOIN: f64 = 400.0;
const FROM: f64 = 520.0;
const UNTIL: f64 = 1160.0;

struct Row<'a> {
    node: &'a LineageView,
    depth: usize,
}

/// The tree, drawn.
pub(crate) fn lineage(tree: &LineageTree) -> String {
    let rows = rows(&tree.tree);
    let shown = &rows[..rows.len().min(MOST_ROWS)];
    let end = HEAD + shown.len() as f64 * ROW;
    let mut svg = Svg::new(
        1200,
        (end + 64.0) as u32,
        &format!("Lineage of {}", tree.tree.credential),
    );
    svg.text(
        (16.0, 26.0),
        Anchor::Start,
        Voice::Strong,
        INK,
        "credential and holder",
    );
    svg.text((JOIN, 26.0), Anchor::Start, Voice::Strong, INK, "join");
    let axis = axis(shown);
    if let Some((from, until)) = axis {
        for nth in 0..4 {
            let at = from + (until - from) * nth / 4;
            let text = clock(&evidence::Micros(at).to_string());
            let short = text.split('.').next().unwrap_or(&text).to_owned();
            svg.text(
                (place(at, from, until), 26.0),
                Anchor::Start,
                Voice::Ours,
                FAINT,
                &short,
            );
        }
        svg.text((UNTIL, 26.0), Anchor::End, Voice::Ours, FAINT, "UTC");
    }
    for (nth, row) in shown.iter().enumerate() {
        draw_row(&mut svg, row, HEAD + nth as f64 * ROW, nth == 0, axis);
    }
    legend(&mut svg, (16.0, end + 20.0));
    let mut foot =
        "bar: life, from its making to what ends it; strokes: first and last use; cross: revoked"
            .to_owned();
    if rows.len() > shown.len() {
        foot.push_str(&format!(
            "; {} more descend from it, which the data has",
            rows.len() - shown.len()
        ));
    }
    svg.text((16.0, end + 48.0), Anchor::Start, Voice::Ours, FAINT, &foot);
    svg.done()
}

/// In the order in which they are read. Without recursion: evidence decides how deep a tree is.
fn rows(root: &LineageView) -> Vec<Row<'_>> {
    let mut out = Vec::new();
    let mut open = vec![Row {
        node: root,
        depth: 0,
    }];
    while let Some(row) = open.pop() {
        for child in row.node.children.iter().rev() {
            open.push(Row {
                node: child,
                depth: row.depth + 1,
            });
        }
        out.push(row);
    }
    out
}

fn micros(text: &Option<String>) -> Option<i64> {
    Some(time_of(text.as_deref()?)?.0)
}

/// From the first to the last moment of all. A life that is promised for long after the last act
/// would squeeze all that happened: it goes on for half as long again at most.
fn axis(rows: &[Row<'_>]) -> Option<(i64, i64)> {
    let told = rows.iter().flat_map(|row| {
        let node = row.node;
        [
            &node.minted_at,
            &node.uses.first,
            &node.uses.last,
            &node.revoked_at,
        ]
        .into_iter()
        .filter_map(micros)
    });
    let (mut from, mut until) = (i64::MAX, i64::MIN);
    for at in told {
        (from, until) = (from.min(at), until.max(at));
    }
    if from > until {
        return None;
    }
    let span = until.saturating_sub(from).max(60_000_000);
    let far = until.saturating_add(span / 2);
    let ends = rows.iter().filter_map(|row| micros(&row.node.expires));
    let until = ends.map(|end| end.min(far)).fold(until, i64::max);
    Some((from, until.max(from.saturating_add(span / 5))))
}

fn place(at: i64, from: i64, until: i64) -> f64 {
    let share = at.saturating_sub(from) as f64 / until.saturating_sub(from).max(1) as f64;
    FROM + share.clamp(0.0, 1.0) * (UNTIL - FROM)
}

fn draw_row(svg: &mut Svg, row: &Row<'_>, y: f64, is_root: bool, axis: Option<(i64, i64)>) {
    let node = row.node;
    svg.line(
        (16.0, y),
        (UNTIL + 24.0, y),
        Pen {
            stroke: LINE,
            ..PEN
        },
    );
    svg.begin(&node.credential);
    let x = 16.0 + row.depth.min(12) as f64 * 14.0;
    if row.depth > 0 {
        svg.path(
            &format!("M{:.1} {y:.1}v20h8", x - 8.0),
            Pen {
                stroke: "#8b857a",
                width: 1.0,
                ..PEN
            },
        );
    }
    let x = x + if row.depth > 0 { 4.0 } else { 0.0 };
    svg.text(
        (x, y + 17.0),
        Anchor::Start,
        Voice::Evidence,
        INK,
        &cut(&node.credential, 38),
    );
    let holder = match &node.holder {
        Some(holder) => format!("{} · {}", node.kind, cut(holder, 36)),
        None => node.kind.clone(),
    };
    svg.text((x, y + 31.0), Anchor::Start, Voice::Ours, FAINT, &holder);
    match &node.join {
        Some(join) if !is_root => {
            svg.line(
                (JOIN, y + 20.0),
                (JOIN + 26.0, y + 20.0),
                Pen {
                    dash: dash(join),
                    ..PEN
                },
            );
            svg.text(
                (JOIN + 32.0, y + 24.0),
                Anchor::Start,
                Voice::Ours,
                INK,
                join,
            );
        }
        _ => {}
    }
    if let Some(verdict) = node.minted_verdict {
        svg.mark((JOIN + 100.0, y + 20.0), verdict.as_str());
    }
    if let Some((from, until)) = axis {
        draw_life(svg, node, y, from, until);
    }
    svg.end();
}

fn draw_life(svg: &mut Svg, node: &LineageView, y: f64, from: i64, until: i64) {
    let (minted, first, last) = (
        micros(&node.minted_at),
        micros(&node.uses.first),
        micros(&node.uses.last),
    );
    let (revoked, expires) = (micros(&node.revoked_at), micros(&node.expires));
    let Some(start) = minted.or(first).or(revoked) else {
        return;
    };
    let ended = match (revoked, expires) {
        (Some(revoked), Some(expires)) => Some(revoked.min(expires)),
        (revoked, expires) => revoked.or(expires),
    };
    let left = place(start, from, until);
    let right = ended.map_or(UNTIL, |end| place(end.max(start), from, until));
    if minted.is_some() {
        svg.rect(
            (left, y + 14.0),
            ((right - left).max(1.0), 12.0),
            Pen {
                stroke: "none",
                fill: "#cfccc6",
                ..PEN
            },
        );
    } else {
        svg.line(
            (left, y + 20.0),
            (right, y + 20.0),
            Pen {
                stroke: FAINT,
                dash: "2 4",
                ..PEN
            },
        );
    }
    for use_at in [first, last].into_iter().flatten() {
        let x = place(use_at, from, until);
        svg.line((x, y + 14.0), (x, y + 26.0), PEN);
    }
    if let Some(revoked) = revoked {
        let x = place(revoked, from, until);
        svg.path(
            &format!(
                "M{:.1} {:.1}l8 8M{:.1} {:.1}l-8 8",
                x - 4.0,
                y + 16.0,
                x + 4.0,
                y + 16.0
            ),
            Pen { width: 1.75, ..PEN },
        );
    } else if ended.is_none() {
        svg.path(
            &format!("M{:.1} {:.1}l6 6l-6 6", UNTIL - 8.0, y + 14.0),
            PEN,
        );
    }
}
