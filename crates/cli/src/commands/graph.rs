//! `exhibit graph`

use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, print, thousands};
use crate::table::{Table, cut};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use workbench::api::GraphView;
use workbench::{Desk, Export, Failure, Form, GraphQuestion, Result, Session, time_of};

/// Who called whom, what was made from what, and what was touched, as a graph.
///
/// Nodes are identities, credentials, secrets, tools and resources. An edge stands for all acts that
/// say the same, with how many there are, the first and the last, how they are joined, and the worst
/// verdict among them. Acts that were refused claim nothing. Where there are more nodes than --limit,
/// those that are alike become one.
#[derive(Debug, Args)]
#[command(after_help = "\
QUERY is that of `exhibit timeline`; only the events that it picks count.
Examples:
  exhibit graph breach.exhibit 'time>=2026-06-12T02:00:00Z time<2026-06-12T03:00:00Z'
  exhibit graph breach.exhibit --from jti:7f0c61d2 --hops 2
  exhibit graph breach.exhibit --format dot | dot -Tsvg > breach.svg")]
pub struct Graph {
    /// The case.
    case: PathBuf,
    /// Which events count; all where nothing is given.
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    /// How it is printed [default: a table of edges].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only what lies near to this id.
    #[arg(long, value_name = "ID")]
    from: Option<String>,
    /// … within so many edges.
    #[arg(long, value_name = "N", default_value_t = 2, requires = "from")]
    hops: usize,
    /// Group where there are more nodes than these.
    #[arg(long, value_name = "N", default_value_t = 500)]
    limit: usize,
    /// Show the members of this group, as the table names it. May be repeated.
    #[arg(long, value_name = "GROUP")]
    open: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Nodes with their places, and edges.
    Json,
    /// For Gephi, yEd and others.
    Graphml,
    /// For Graphviz.
    Dot,
    /// A picture.
    Svg,
    /// The edges as a table.
    Csv,
}

/// Runs it.
pub fn run(it: Graph, desk: Desk, out: &Output) -> Result<Found> {
    if it.limit < 5 {
        return Err(Failure::request(
            "usage",
            "--limit is less than the five sorts of nodes.",
            "Give 5 or more.",
        ));
    }
    let session = Session::open_to_read(&it.case, desk)?;
    let question = GraphQuestion {
        query: it.query.unwrap_or_default().trim_start().to_owned(),
        near: it.from.map(|from| (from, it.hops)),
        most: it.limit,
        open: it.open,
    };
    match it.format {
        _ if out.json => out.document(&session.graph(&question)?)?,
        Some(Format::Json) => out.document(&session.graph(&question)?)?,
        Some(format) => print(&session.exported(&Export::Graph(question), form(format))?)?,
        None => table(&session.graph(&question)?, out)?,
    }
    Ok(Found::Sound)
}

fn form(format: Format) -> Form {
    match format {
        Format::Json => Form::Json,
        Format::Graphml => Form::Graphml,
        Format::Dot => Form::Dot,
        Format::Svg => Form::Svg,
        Format::Csv => Form::Csv,
    }
}

fn table(graph: &GraphView, out: &Output) -> Result<()> {
    /// The most edges that a screen shows.
    const MOST: usize = 200;
    let mut table = Table::new(&["", "verdict", "from", "", "to", "times", "first", "join"]);
    for edge in graph.edges.iter().take(MOST) {
        let first = edge.first.as_deref().and_then(time_of);
        table.row([
            mark(edge.verdict).into(),
            word(edge.verdict).into(),
            cut(&edge.from, 44),
            edge.kind.clone(),
            cut(&edge.to, 44),
            thousands(edge.count),
            first.map_or_else(|| "undated".into(), |time| out.zone.show(time)),
            edge.join.clone(),
        ]);
    }
    let mut text = table.text(&[5]);
    let nodes = thousands(graph.nodes.len() as u64);
    let edges = thousands(graph.edges.len() as u64);
    text = match graph.edges.len() {
        0 => "No act names two things.\n".into(),
        _ => text,
    };
    if graph.edges.len() > MOST {
        text.push_str(&format!(
            "… {MOST} of {edges} edges; --format json has all\n"
        ));
    }
    text.push_str(&format!(
        "{nodes} nodes, {edges} edges, of {} acts",
        thousands(graph.acts)
    ));
    if graph.refused > 0 {
        text.push_str(&format!(
            "; {} were refused and claim nothing",
            thousands(graph.refused)
        ));
    }
    text.push('\n');
    if graph.grouped {
        text.push_str(&format!(
            "{} nodes are grouped; --limit, --from and a query show more of each\n",
            thousands(graph.all_nodes as u64)
        ));
    }
    print(&text)
}
