//! Events and edges as Parquet, for the engines that hold the rest of a fleet's logs.

use crate::api::TimelineFilter;
use crate::case_log::event_of;
use crate::failure::{Failure, Result};
use crate::follow::{event_text, picked};
use crate::session::Session;
use analysis::graph::each_claim;
use report::columnar::{Cell, EDGES, EVENTS, LEAVES_OUT, Table};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use store::Column;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tables {
    /// The folder.
    pub folder: String,
    /// Rows of `events.parquet`.
    pub events: u64,
    /// Rows of `edges.parquet`.
    pub edges: u64,
    /// Acts that were refused, of which `edges.parquet` has nothing.
    pub refused: u64,
    /// What no row of either has, in a sentence.
    pub leaves_out: &'static str,
}

impl Session {
    /// Writes the events that match, and what they say of two things each, into a new folder as
    /// `events.parquet` and `edges.parquet`. Should anything fail, nothing of it stays.
    pub fn export_tables(&self, filter: &TimelineFilter, folder: &Path) -> Result<Tables> {
        fs::create_dir(folder).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::request(
                "path-in-use",
                format!(
                    "{} is there already, and nothing is written over.",
                    folder.display()
                ),
                "Give a new folder.",
            ),
            io::ErrorKind::StorageFull => store::StoreError::Full.into(),
            _ => Failure::request(
                "path-unwritable",
                format!("{} cannot be made: {error}.", folder.display()),
                "Give a new folder where you may write.",
            ),
        })?;
        let done = self.write_tables(filter, folder);
        if done.is_err() {
            let _ = fs::remove_dir_all(folder);
        }
        done
    }

    fn write_tables(&self, filter: &TimelineFilter, folder: &Path) -> Result<Tables> {
        let name = self.name();
        let said = [
            ("exhibit.case", name.as_str()),
            ("exhibit.query", filter.query.as_str()),
            ("exhibit.tool", self.desk.tool.as_str()),
            ("exhibit.leaves_out", LEAVES_OUT),
        ];
        let write = |name: &str, columns, rows: &mut dyn FnMut(&mut Table<&File>) -> Result<()>| {
            let file = File::create_new(folder.join(name)).map_err(unwritten)?;
            let mut table = Table::begin(&file, columns, &said).map_err(unwritten)?;
            rows(&mut table)?;
            table.end().map_err(unwritten)?;
            file.sync_all().map_err(unwritten)
        };
        let (mut events, mut edges, mut refused) = (0, 0, 0);
        write("events.parquet", &EVENTS, &mut |table| {
            events = self.write_events(filter, table)?;
            Ok(())
        })?;
        write("edges.parquet", &EDGES, &mut |table| {
            (edges, refused) = self.write_edges(filter, table)?;
            Ok(())
        })?;
        Ok(Tables {
            folder: folder.display().to_string(),
            events,
            edges,
            refused,
            leaves_out: LEAVES_OUT,
        })
    }

    fn write_events(&self, filter: &TimelineFilter, table: &mut Table<&File>) -> Result<u64> {
        let files: HashMap<_, _> = self.reading(|reader| {
            let files = reader.files()?.into_iter();
            Ok(files
                .map(|file| (file.id, (file.sha256.map(|sum| sum.to_string()), file)))
                .collect())
        })?;
        self.reading(|parts| {
            self.each_row(filter, None, &mut |row| {
                let (sha256, file) = &files[&row.record.file];
                let event = event_text(event_of(row.record));
                let others = if row.records > 1 {
                    let others = parts.parts_of(row.record)?.into_iter();
                    let names: Vec<_> = others.map(|part| event_text(event_of(part))).collect();
                    names.join(" ")
                } else {
                    String::new()
                };
                let container = Some(file.container.as_str()).filter(|it| !it.is_empty());
                let mut cells = Vec::with_capacity(EVENTS.len());
                cells.extend([Cell::Text(&event), row.time.map(|time| time.0).into()]);
                cells.extend(Column::ALL.map(|column| Cell::from(row.get(column))));
                cells.extend([
                    Cell::Text(row.verdict.as_str()),
                    Cell::Text(row.own.as_str()),
                    row.stream.as_deref().into(),
                    row.seq.and_then(|seq| i64::try_from(seq).ok()).into(),
                    Cell::Text(file.kind.format().as_str()),
                    Cell::Number(file.import.into()),
                    container.into(),
                    Cell::Text(&row.path),
                    sha256.as_deref().into(),
                    Cell::Number(row.record.file.0.into()),
                    Cell::Number(row.record.ordinal.into()),
                    whole(row.offset),
                    whole(row.length),
                    Some(others.as_str()).filter(|it| !it.is_empty()).into(),
                ]);
                table.row(&cells).map_err(unwritten)
            })
        })
    }

    fn write_edges(&self, filter: &TimelineFilter, table: &mut Table<&File>) -> Result<(u64, u64)> {
        let (mut edges, mut failed) = (0, None);
        let refused = self.following(|names, reader| {
            let picked = picked(reader, &filter.query)?;
            let wanted = |act: &analysis::Act| {
                picked
                    .as_ref()
                    .is_none_or(|picked| picked.contains(&act.event))
            };
            Ok(each_claim(names, &wanted, &mut |claim| {
                let event = event_text(claim.event);
                let row = [
                    Cell::Text(&event),
                    claim.time.map(|time| time.0).into(),
                    Cell::Text(&claim.from.1),
                    Cell::Text(claim.from.0.as_str()),
                    Cell::Text(claim.kind.as_str()),
                    Cell::Text(&claim.to.1),
                    Cell::Text(claim.to.0.as_str()),
                    Cell::Text(claim.join.as_str()),
                    Cell::Text(claim.verdict.as_str()),
                ];
                edges += 1;
                match table.row(&row) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failed = Some(error);
                        ControlFlow::Break(())
                    }
                }
            })?)
        })?;
        if let Some(error) = failed {
            return Err(unwritten(error));
        }
        Ok((edges, refused))
    }
}

/// No file is so long that its places do not fit.
fn whole(number: u64) -> Cell<'static> {
    Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn unwritten(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::StorageFull {
        return store::StoreError::Full.into();
    }
    Failure::program(
        "file-unwritten",
        format!("A table could not be written: {error}."),
        "Choose a folder that you may write to, with room left.",
    )
}
