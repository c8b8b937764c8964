//! What a reader remembers between calls.

use crate::error::{Result, StoreError};
use crate::filter::Filter;
use crate::plan::Plan;
use crate::reader::{Block, Reader};
use crate::spans::Spans;
use crate::timeline::Key;
use crate::zones::Zones;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// How much of the names and blocks used last is kept.
const CACHED_NAMES: usize = 32 << 10;
const CACHED_NAME_BYTES: usize = 8 << 20;
const CACHED_BLOCKS: usize = 256;

/// What a reader remembers. The first part is true for one state of the case alone; names, paths
/// and blocks never change, and their numbers are never used again.
#[derive(Default)]
pub(crate) struct Cache {
    version: Option<i64>,
    zones: Option<Arc<Zones>>,
    spans: Option<Arc<Spans>>,
    marks: Option<Arc<Vec<Key>>>,
    streams: Option<Arc<Vec<Arc<str>>>>,
    pub(crate) plan: Option<(Filter, Arc<Plan>)>,
    pub(crate) without: Option<Arc<Vec<Key>>>,
    names: HashMap<i64, Arc<str>>,
    name_bytes: usize,
    paths: HashMap<u32, Arc<str>>,
    blocks: HashMap<i64, Arc<Block>>,
}

impl Cache {
    pub(crate) fn begin(&mut self, version: i64) {
        if self.version != Some(version) {
            self.version = Some(version);
            self.zones = None;
            self.spans = None;
            self.marks = None;
            self.streams = None;
            self.plan = None;
            self.without = None;
        }
    }

    pub(crate) fn block(&self, id: i64) -> Option<Arc<Block>> {
        self.blocks.get(&id).cloned()
    }

    pub(crate) fn keep_block(&mut self, block: &Arc<Block>) {
        if self.blocks.len() >= CACHED_BLOCKS {
            self.blocks.clear();
        }
        self.blocks.insert(block.id, Arc::clone(block));
    }
}

impl Reader {
    pub(crate) fn name(&self, number: i64) -> Result<Arc<str>> {
        let mut cache = self.cache.borrow_mut();
        if let Some(name) = cache.names.get(&number) {
            return Ok(Arc::clone(name));
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT text FROM name WHERE id = ?1")?;
        let name: Arc<str> = statement.query_row([number], |row| row.get(0))?;
        if cache.names.len() >= CACHED_NAMES || cache.name_bytes >= CACHED_NAME_BYTES {
            cache.names.clear();
            cache.name_bytes = 0;
        }
        cache.name_bytes += name.len();
        cache.names.insert(number, Arc::clone(&name));
        Ok(name)
    }

    pub(crate) fn path(&self, file: u32) -> Result<Arc<str>> {
        let mut cache = self.cache.borrow_mut();
        if let Some(path) = cache.paths.get(&file) {
            return Ok(Arc::clone(path));
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT path FROM file WHERE id = ?1")?;
        let path: Arc<str> = statement.query_row([file], |row| row.get(0))?;
        if cache.paths.len() >= CACHED_NAMES {
            cache.paths.clear();
        }
        cache.paths.insert(file, Arc::clone(&path));
        Ok(path)
    }

    pub(crate) fn stream_name(&self, stream: u32) -> Result<Arc<str>> {
        let streams = self.cached(
            |cache| &mut cache.streams,
            |conn| {
                let mut statement = conn.prepare_cached("SELECT name FROM stream ORDER BY id")?;
                let names = statement.query_map([], |row| row.get(0))?;
                Ok(names.collect::<rusqlite::Result<_>>()?)
            },
        )?;
        let name = streams.get(stream as usize);
        name.cloned()
            .ok_or_else(|| StoreError::damaged("the stream of a span"))
    }

    pub(crate) fn zones(&self) -> Result<Arc<Zones>> {
        self.cached(
            |cache| &mut cache.zones,
            |conn| Zones::load(conn, self.hidden_record()),
        )
    }

    pub(crate) fn spans(&self) -> Result<Arc<Spans>> {
        self.cached(|cache| &mut cache.spans, Spans::load)
    }

    pub(crate) fn marks(&self) -> Result<Arc<Vec<Key>>> {
        self.cached(
            |cache| &mut cache.marks,
            |conn| {
                let mut statement =
                    conn.prepare_cached("SELECT place, id FROM mark ORDER BY rank")?;
                let marks = statement.query_map([], |row| {
                    Ok(Key {
                        place: row.get(0)?,
                        id: row.get(1)?,
                    })
                })?;
                Ok(marks.collect::<rusqlite::Result<_>>()?)
            },
        )
    }

    /// What is cached for this state of the case, made if need be.
    pub(crate) fn cached<T>(
        &self,
        slot: impl Fn(&mut Cache) -> &mut Option<Arc<T>>,
        make: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<Arc<T>> {
        if let Some(made) = slot(&mut self.cache.borrow_mut()) {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(make(&self.conn)?);
        *slot(&mut self.cache.borrow_mut()) = Some(Arc::clone(&made));
        Ok(made)
    }
}
