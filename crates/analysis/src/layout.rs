//! Where nodes stand: the same place everywhere.
//!
//! Forces between nodes (Fruchterman and Reingold, *Graph Drawing by Force-directed Placement*,
//! 1991), reckoned with `+ - * /` and the square root alone, which IEEE 754 rounds alike on every
//! machine, and added up in a fixed order. The beginning comes from the nodes' names.

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
    scaled(&at)
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
