//! What the window asks of a case, each as the window asks it.

use crate::Result;
use crate::desk::{desk, peak};
use crate::table::Row;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use workbench::api::{FindingsRequest, RecordId, TimelineFilter, Word};
use workbench::{Failure, GraphQuestion, ReachQuestion, Session};

/// The first argument of the process that looks at a case.
pub const CHILD: &str = "--look";

/// As many rows as a window shows.
const PAGE: u32 = 100;

/// Name, aim in milliseconds at 10 M events, and how often it is asked.
const ROWS: &[(&str, Option<f64>, usize)] = &[
    ("open a case to its first page", Some(1500.0), 9),
    ("a timeline page at a random place", Some(20.0), 200),
    ("only a rare verdict: first page", Some(20.0), 20),
    ("a record's id searched: first page", Some(50.0), 50),
    ("a word searched: first page", Some(50.0), 20),
    ("histogram of all, 200 bars", Some(50.0), 20),
    ("histogram of a random window", Some(50.0), 50),
    ("a random record", Some(20.0), 20),
    ("proof of a random record", None, 3),
    ("lineage of a random credential", Some(50.0), 50),
    ("reach from a random credential", Some(1000.0), 5),
    ("graph of everything", None, 1),
    ("findings of behaviour", None, 1),
];

/// Looks at a case in a process of its own. `named` follows each row's name.
pub fn run(case: &Path, named: &str) -> Result<Vec<Row>> {
    let child = Command::new(std::env::current_exe()?)
        .arg(CHILD)
        .arg(case)
        .stderr(Stdio::inherit())
        .output()?;
    if !child.status.success() {
        return Err(format!("looking at {} failed", case.display()).into());
    }
    let told: serde_json::Value = serde_json::from_slice(&child.stdout)?;
    let times: Vec<Vec<f64>> = serde_json::from_value(told["times"].clone())?;
    let memory = told["peak"].as_u64().unwrap_or(0);
    let rows = ROWS.iter().zip(times).map(|(&(name, aim, _), times)| {
        let row = Row::times(format!("{name}{named}"), times);
        match aim {
            Some(aim) => row.aim(aim).note("aim for 10 M events"),
            None => row.memory(memory),
        }
    });
    Ok(rows.collect())
}

/// The other side of [`run`].
pub fn child(args: &[String]) -> Result<()> {
    let [case] = args else {
        return Err("not what the benchmark calls".into());
    };
    let times = look(Path::new(case)).map_err(|failure| failure.message)?;
    println!("{}", serde_json::json!({"times": times, "peak": peak()}));
    Ok(())
}

fn look(case: &Path) -> std::result::Result<Vec<Vec<f64>>, Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let all = TimelineFilter::default();
    let mut times = Vec::new();
    let mut asked = ROWS.iter().map(|row| row.2);
    let mut ask = |act: &mut dyn FnMut() -> std::result::Result<(), Failure>| {
        let mut seconds = Vec::new();
        for _ in 0..asked.next().unwrap_or(0) {
            let start = Instant::now();
            act()?;
            seconds.push(start.elapsed().as_secs_f64());
        }
        times.push(seconds);
        Ok::<(), Failure>(())
    };

    ask(&mut || {
        Session::open_to_read(case, desk(threads))?
            .timeline(&all, 0, PAGE)
            .map(drop)
    })?;

    let session = Session::open_to_read(case, desk(threads))?;
    let total = session.timeline(&all, 0, 1)?.total;
    let bars = session.histogram(&all, 200)?;
    let (start, end) = (
        bars.start,
        bars.start + bars.width * bars.buckets.len() as i64,
    );
    let mut dice = Dice(1);
    ask(&mut || session.timeline(&all, dice.roll(total), PAGE).map(drop))?;
    let rare = TimelineFilter {
        verdicts: vec![Word::Unproven],
        ..all.clone()
    };
    ask(&mut || session.timeline(&rare, 0, PAGE).map(drop))?;
    ask(&mut || {
        let row = session.timeline(&all, dice.roll(total), 1)?.rows.pop();
        let id = row
            .and_then(|row| row.credential.or(row.actor))
            .unwrap_or_default();
        let filter = TimelineFilter {
            query: format!("\"{id}\""),
            ..all.clone()
        };
        session.timeline(&filter, 0, PAGE).map(drop)
    })?;
    let word = TimelineFilter {
        query: "deployer".into(),
        ..all.clone()
    };
    ask(&mut || session.timeline(&word, 0, PAGE).map(drop))?;
    ask(&mut || session.histogram(&all, 200).map(drop))?;
    ask(&mut || {
        let (one, other) = (dice.between(start, end), dice.between(start, end));
        let window = TimelineFilter {
            from: Some(one.min(other)),
            until: Some(one.max(other) + 1),
            ..all.clone()
        };
        session.histogram(&window, 200).map(drop)
    })?;
    ask(&mut || {
        let row = session.timeline(&all, dice.roll(total), 1)?.rows.pop();
        let start = RecordId {
            file: 1,
            ordinal: 0,
        };
        session.record(row.map_or(start, |row| row.id)).map(drop)
    })?;
    ask(&mut || {
        let row = session.timeline(&all, dice.roll(total), 1)?.rows.pop();
        row.map_or(Ok(()), |row| session.proof(row.id).map(drop))
    })?;
    let mut credential = || -> std::result::Result<String, Failure> {
        for _ in 0..100 {
            let row = session.timeline(&all, dice.roll(total), 1)?.rows.pop();
            if let Some(credential) = row.and_then(|row| row.credential) {
                return Ok(credential);
            }
        }
        Ok(String::new())
    };
    let mut credentials = Vec::new();
    for _ in 0..50 {
        credentials.push(credential()?);
    }
    let mut next = credentials.iter().cycle();
    ask(&mut || {
        let id = next.next().map_or("", String::as_str);
        session.lineage(id).map(drop)
    })?;
    ask(&mut || {
        let asked = ReachQuestion {
            from: next.next().cloned().unwrap_or_default(),
            ..ReachQuestion::default()
        };
        session.reach(&asked).map(drop)
    })?;
    ask(&mut || session.graph(&GraphQuestion::default()).map(drop))?;
    ask(&mut || {
        session
            .findings(&FindingsRequest::default(), None)
            .map(drop)
    })?;
    Ok(times)
}

/// SplitMix64: the same places each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }

    fn between(&mut self, start: i64, end: i64) -> i64 {
        start + self.roll((end - start).max(1) as u64) as i64
    }
}
