//! Where nodes stand: the same place everywhere.
//!
//! Forces between nodes (Fruchterman and Reingold, *Graph Drawing by Force-directed Placement*,
//! 1991), reckoned with `+ - * /` and the square root alone, which IEEE 754 rounds alike on every
//! machine, and added up in a fixed order. The beginning comes from the nodes' names. Crowds are then
//! drawn apart: every picture of a graph has these places and no others.

use crate::graph::{Edge, Node};
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef as _;

/// Positions lie between 0 and this, in both directions.
pub const SIDE: i32 = 10_000;

/// So many pairs are reckoned at most, in all rounds together.
const MOST_PAIRS: usize = 40_000_000;
const MOST_ROUNDS: usize = 200;

/// A place for each node, in the order of the graph's nodes. `seed` turns the whole; time is bounded
/// whatever the graph: a large one is left nearer to its beginning.
pub fn layout(graph: &DiGraph<Node, Edge>, seed: u64) -> Vec<(i32, i32)> {
    let count = graph.node_count();
    let mut at: Vec<(f64, f64)> = graph
        .node_weights()
        .map(|node| {
            let mut state = seed ^ hash(node.sort.as_str().as_bytes()) ^ hash(node.id.as_bytes());
            (unit(&mut state), unit(&mut state))
        })
        .collect();
    let pairs = count.saturating_mul(count).max(1);
    let rounds = (MOST_PAIRS / pairs).min(MOST_ROUNDS);
    let mut edges: Vec<(usize, usize)> = graph
        .edge_references()
        .map(|edge| {
            let (one, other) = (edge.source().index(), edge.target().index());
            (one.min(other), one.max(other))
        })
        .filter(|(one, other)| one != other)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    // The distance at which neighbours rest, in a square whose side is 1.
    let rest = (1.0 / (count.max(1) as f64)).sqrt();
    for round in 0..rounds {
        let reach = 0.1 * (1.0 - round as f64 / rounds as f64) + 0.001;
        let mut moved = vec![(0.0_f64, 0.0_f64); count];
        for one in 0..count {
            for other in one + 1..count {
                let (x, y) = apart(at[one], at[other], one);
                let square = x * x + y * y;
                let force = rest * rest / square;
                let (x, y) = (x * force, y * force);
                moved[one] = (moved[one].0 + x, moved[one].1 + y);
                moved[other] = (moved[other].0 - x, moved[other].1 - y);
            }
        }
        for &(one, other) in &edges {
            let (x, y) = apart(at[one], at[other], one);
            let force = (x * x + y * y).sqrt() / rest;
            let (x, y) = (x * force, y * force);
            moved[one] = (moved[one].0 - x, moved[one].1 - y);
            moved[other] = (moved[other].0 + x, moved[other].1 + y);
        }
        for (place, by) in at.iter_mut().zip(&moved) {
            // Towards the middle, so that parts without a connection do not drift away.
            let by = (by.0 + (0.5 - place.0) * 0.1, by.1 + (0.5 - place.1) * 0.1);
            let far = (by.0 * by.0 + by.1 * by.1).sqrt();
            if far > 0.0 {
                let step = far.min(reach) / far;
                *place = (place.0 + by.0 * step, place.1 + by.1 * step);
            }
        }
    }
    drawn_apart(&scaled(&at))
}

/// Above so many nodes their crowds are drawn apart.
const CROWD: usize = 24;
/// How much of a place is then its rank among all: voids shrink, crowds widen, the order stays.
const EVEN: f64 = 0.6;
/// So many nodes at most are kept from lying on one another: each is held against each.
const KEPT_APART: usize = 150;
const APART_ROUNDS: usize = 80;
/// Nearer than this, two marks and what is between them cannot be told apart. In a picture that is
/// `WIDE` times as wide as it is high, as they are all shown.
const NEAREST: f64 = 800.0;
const WIDE: f64 = 1.5;

fn drawn_apart(at: &[(i32, i32)]) -> Vec<(i32, i32)> {
    let across = evened(&at.iter().map(|place| place.0).collect::<Vec<_>>());
    let down = evened(&at.iter().map(|place| place.1).collect::<Vec<_>>());
    let mut out: Vec<(f64, f64)> = across.into_iter().zip(down).collect();
    keep_apart(&mut out);
    out.into_iter().map(|(x, y)| (x as i32, y as i32)).collect()
}

fn inside(x: f64, y: f64) -> (f64, f64) {
    let side = f64::from(SIDE);
    (x.clamp(0.0, side), y.clamp(0.0, side))
}

/// Of many values each nearer to where its rank among them stands.
fn evened(values: &[i32]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let (Some(&least), Some(&most)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    if values.len() <= CROWD || least == most {
        return values.iter().copied().map(f64::from).collect();
    }
    let span = f64::from(most - least);
    let last = (sorted.len() - 1) as f64;
    let even = |value: i32| {
        let rank = sorted.partition_point(|other| *other < value) as f64 / last;
        let share = f64::from(value - least) / span;
        f64::from(least) + span * (share * (1.0 - EVEN) + rank * EVEN)
    };
    values.iter().copied().map(even).collect()
}

/// Moves those that are nearer than [`NEAREST`] to one another apart, each by half, and as little as
/// that takes.
fn keep_apart(at: &mut [(f64, f64)]) {
    if at.len() > KEPT_APART {
        return;
    }
    for _ in 0..APART_ROUNDS {
        let mut moved = false;
        for one in 0..at.len() {
            for other in one + 1..at.len() {
                let (x, y) = (at[other].0 - at[one].0, (at[other].1 - at[one].1) / WIDE);
                let far = (x * x + y * y).sqrt();
                if far >= NEAREST {
                    continue;
                }
                // Two at one place part sidewards.
                let (x, y, by) = match far < 1.0 {
                    true => (1.0, 0.0, NEAREST / 2.0),
                    false => (x, y, (NEAREST - far) / 2.0 / far),
                };
                // At an edge there is nowhere to go but along it.
                at[one] = inside(at[one].0 - x * by, at[one].1 - y * WIDE * by);
                at[other] = inside(at[other].0 + x * by, at[other].1 + y * WIDE * by);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
}

/// From the second to the first; two at one place are pushed apart by a hair, each its own way.
fn apart(one: (f64, f64), other: (f64, f64), number: usize) -> (f64, f64) {
    let (x, y) = (one.0 - other.0, one.1 - other.1);
    if x * x + y * y < 1e-12 {
        return (1e-4 + number as f64 * 1e-9, 1e-4);
    }
    (x, y)
}

/// Stretched to the square.
fn scaled(at: &[(f64, f64)]) -> Vec<(i32, i32)> {
    let bounds = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let (left, right) = bounds(&mut at.iter().map(|place| place.0));
    let (top, bottom) = bounds(&mut at.iter().map(|place| place.1));
    let side = f64::from(SIDE);
    // One scale for both directions, or a line of nodes would lie askew.
    let span = (right - left).max(bottom - top);
    if span < 1e-9 {
        return vec![(SIDE / 2, SIDE / 2); at.len()];
    }
    let fit = |value: f64, low: f64, high: f64| {
        ((value - low + (span - (high - low)) / 2.0) / span * side) as i32
    };
    at.iter()
        .map(|place| (fit(place.0, left, right), fit(place.1, top, bottom)))
        .collect()
}

/// FNV-1a, 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The next number between 0 and 1 (SplitMix64).
fn unit(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_drawn_apart_in_its_order_and_few_stand_as_the_forces_left_them() {
        let few = [(0, 0), (5000, 9000), (10_000, 2000)];
        assert_eq!(drawn_apart(&few), few);
        let crowd: Vec<i32> = (0..99).map(|at| at * 10).chain([10_000]).collect();
        let even = evened(&crowd);
        assert!(even.is_sorted() && even.windows(2).all(|two| two[0] < two[1]));
        assert_eq!((even[0], even[99]), (0.0, 10_000.0));
        assert!(even[98] > 5000.0, "98 of 100 stand in more than half");
    }

    #[test]
    fn nodes_that_lie_on_one_another_part_and_others_stay() {
        let mut at = [(5000.0, 5000.0), (5000.0, 5000.0), (5000.0, 9000.0)];
        keep_apart(&mut at);
        assert_eq!(at, [(4600.0, 5000.0), (5400.0, 5000.0), (5000.0, 9000.0)]);
        let mut at = [(5000.0, 5000.0), (5000.0, 5600.0)];
        keep_apart(&mut at);
        assert_eq!(at, [(5000.0, 4700.0), (5000.0, 5900.0)]);
    }

    #[test]
    fn none_leaves_the_square() {
        let at: Vec<(i32, i32)> = (0..120).map(|at| (at % 3, at % 2)).collect();
        let all = 0..=SIDE;
        for (x, y) in drawn_apart(&at) {
            assert!(all.contains(&x) && all.contains(&y));
        }
    }
}
