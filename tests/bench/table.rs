//! The figures as a table for people or as JSON.

use crate::Result;
use crate::imports::Done;
use crate::options::Options;
use serde_json::{Value, json};

/// All that a run gives.
pub struct Table {
    about: Value,
    /// What the parts can do by themselves, on one core.
    pub parts: Vec<Row>,
    /// The program's own stages, each by itself.
    pub stages: Vec<Stages>,
    /// The work.
    pub rows: Vec<Row>,
}

/// One piece of work.
#[derive(Default)]
pub struct Row {
    name: String,
    figure: f64,
    unit: &'static str,
    /// The worst of several, where the figure is their median.
    worst: Option<f64>,
    aim: Option<f64>,
    less_is_better: bool,
    /// The ceiling and what sets it.
    bound: Option<(f64, &'static str)>,
    memory: Option<u64>,
    cores: Option<f64>,
    note: &'static str,
}

/// How fast each stage of a format's import is by itself, in records a second on one core.
pub struct Stages {
    pub name: &'static str,
    pub figures: Vec<(&'static str, f64)>,
}

impl Row {
    pub fn rate(name: impl Into<String>, figure: f64, unit: &'static str) -> Row {
        Row {
            name: name.into(),
            figure,
            unit,
            ..Row::default()
        }
    }

    /// Milliseconds: the median of several and the worst.
    pub fn times(name: impl Into<String>, mut seconds: Vec<f64>) -> Row {
        seconds.sort_by(f64::total_cmp);
        let milliseconds = |at: usize| seconds.get(at).copied().unwrap_or(f64::NAN) * 1e3;
        Row {
            name: name.into(),
            figure: milliseconds(seconds.len() / 2),
            unit: "ms",
            worst: Some(milliseconds(seconds.len().saturating_sub(1))),
            less_is_better: true,
            ..Row::default()
        }
    }

    pub fn memory_row(name: &str, bytes: u64) -> Row {
        let figure = bytes as f64 / f64::from(1 << 20);
        Row {
            less_is_better: true,
            ..Row::rate(name, figure, "MiB")
        }
        .aim(400.0)
    }

    pub fn share(name: &str, share: f64) -> Row {
        Row::rate(name, share * 100.0, "%")
    }

    pub fn aim(self, aim: f64) -> Row {
        Row {
            aim: Some(aim),
            ..self
        }
    }

    /// A share that should stay below another.
    pub fn aim_below(self, share: f64) -> Row {
        Row {
            less_is_better: true,
            ..self
        }
        .aim(share * 100.0)
    }

    pub fn bound(self, bound: f64, by: &'static str) -> Row {
        Row {
            bound: Some((bound, by)),
            ..self
        }
    }

    /// What a process of its own took.
    pub fn took(self, done: &Done) -> Row {
        Row {
            cores: Some(done.cores()),
            ..self
        }
        .memory(done.peak)
    }

    pub fn memory(self, bytes: u64) -> Row {
        Row {
            memory: Some(bytes),
            ..self
        }
    }

    pub fn note(self, note: &'static str) -> Row {
        Row { note, ..self }
    }

    fn cells(&self) -> [String; 7] {
        let worst = self.worst.map(|worst| format!(" (worst {})", short(worst)));
        let sign = if self.less_is_better { "<" } else { ">" };
        let about = match (self.bound, self.note) {
            (Some((bound, by)), _) => format!(
                "{:.0} % of {} ({by})",
                self.figure / bound * 100.0,
                short(bound)
            ),
            (None, note) => note.to_owned(),
        };
        [
            self.name.clone(),
            format!(
                "{} {}{}",
                short(self.figure),
                self.unit,
                worst.unwrap_or_default()
            ),
            self.aim
                .map(|aim| format!("{sign} {}", short(aim)))
                .unwrap_or_default(),
            self.aim
                .map(|_| if self.is_met() { "yes" } else { "no" }.to_owned())
                .unwrap_or_default(),
            self.memory
                .map(|bytes| format!("{} MiB", bytes >> 20))
                .unwrap_or_default(),
            self.cores
                .map(|cores| format!("{cores:.1}"))
                .unwrap_or_default(),
            about,
        ]
    }

    fn is_met(&self) -> bool {
        self.aim.is_none_or(|aim| {
            if self.less_is_better {
                self.figure < aim
            } else {
                self.figure >= aim
            }
        })
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "figure": self.figure, "unit": self.unit, "worst": self.worst, "aim": self.aim,
            "less_is_better": self.less_is_better, "ceiling": self.bound.map(|bound| bound.0),
            "ceiling_of": self.bound.map(|bound| bound.1), "share": self.bound.map(|bound| self.figure / bound.0),
            "peak_bytes": self.memory, "cores": self.cores, "note": self.note,
        })
    }
}

impl Table {
    pub fn new(options: &Options) -> Table {
        let about = json!({
            "records": options.records, "receipts": options.receipts, "events": options.events, "threads": options.threads,
        });
        Table {
            about,
            parts: Vec::new(),
            stages: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub fn print(&self, as_json: bool) -> Result<()> {
        if as_json {
            let all = |rows: &[Row]| rows.iter().map(Row::json).collect::<Vec<_>>();
            let stages = self.stages.iter().map(|stages| {
                let figures = stages
                    .figures
                    .iter()
                    .map(|(name, figure)| json!({"name": name, "records_per_second": figure}));
                json!({"name": stages.name, "stages": figures.collect::<Vec<_>>()})
            });
            let out = json!({
                "about": self.about, "parts": all(&self.parts), "stages": stages.collect::<Vec<_>>(), "work": all(&self.rows),
            });
            println!("{}", serde_json::to_string_pretty(&out)?);
            return Ok(());
        }
        let about = |name: &str| self.about[name].as_u64().unwrap_or(0) as f64;
        println!(
            "{} records, {} receipts, {} CloudTrail events, {} threads",
            short(about("records")),
            short(about("receipts")),
            short(about("events")),
            about("threads")
        );
        println!("\nThe parts by themselves, one core");
        let parts = self.parts.iter().map(|row| row.cells()[..2].to_vec());
        aligned(parts.collect());
        println!("\nThe stages of an import by themselves, one core, records/s");
        let mut lines = Vec::new();
        for stages in &self.stages {
            let mut line = vec![stages.name.to_owned()];
            line.extend(
                stages
                    .figures
                    .iter()
                    .map(|(name, figure)| format!("{name} {}", short(*figure))),
            );
            lines.push(line);
        }
        aligned(lines);
        println!("\nThe work");
        let mut lines = vec![
            [
                "",
                "measured",
                "aim",
                "met",
                "peak memory",
                "cores",
                "share of the ceiling",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        lines.extend(self.rows.iter().map(|row| row.cells().to_vec()));
        aligned(lines);
        Ok(())
    }
}

fn aligned(lines: Vec<Vec<String>>) {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let length =
        |line: &Vec<String>, at: usize| line.get(at).map_or(0, |cell| cell.chars().count());
    let widths: Vec<usize> = (0..columns)
        .map(|at| lines.iter().map(|line| length(line, at)).max().unwrap_or(0))
        .collect();
    for line in &lines {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"));
        println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

/// A figure with three digits that say something, in thousands and millions.
fn short(figure: f64) -> String {
    match figure.abs() {
        size if size >= 999_500.0 => format!("{:.2} M", figure / 1e6),
        size if size >= 10_000.0 => format!("{:.0} k", figure / 1e3),
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}
