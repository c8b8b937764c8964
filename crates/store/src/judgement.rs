//! The judgement of the whole case: written whole, read as plain data.

use crate::RecordId;
use crate::error::{Result, StoreError};
use crate::spans::Spans;
use crate::words::{self, get_time, get_u64, get_u64_or_none, signed, verdict_number, word_number};
use evidence::verify::{Outcome, Span};
use evidence::{Axes, Code, FileId, Format, Place, Word};
use rusqlite::{Connection, Row, params};

/// A stream and its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Its id.
    pub id: String,
    /// Its format.
    pub format: Format,
    /// How many records.
    pub records: u64,
    /// The lowest and highest number, where the format numbers its records.
    pub seqs: Option<(u64, u64)>,
    /// What the judgement said.
    pub verdict: Word,
    /// The answers behind it.
    pub axes: Axes,
}

/// A finding as it is kept. It says what was claimed once, and proves nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// Its place in the judgement, from 0.
    pub number: u64,
    /// What.
    pub code: Code,
    /// What it makes of its object; `None` where it changes no verdict.
    pub verdict: Option<Word>,
    /// Where.
    pub place: Place,
    /// In plain words.
    pub message: String,
}

/// How many records have which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// See [`Word::Contradicted`].
    pub contradicted: u64,
    /// See [`Word::Unproven`].
    pub unproven: u64,
    /// See [`Word::Intact`].
    pub intact: u64,
    /// See [`Word::Verified`].
    pub verified: u64,
    /// Not yet judged.
    pub unchecked: u64,
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> u64 {
        let judged = [self.contradicted, self.unproven, self.intact, self.verified];
        judged
            .iter()
            .fold(self.unchecked, |sum, count| sum.saturating_add(*count))
    }

    /// How many have this verdict.
    pub fn of(&self, word: Word) -> u64 {
        match word {
            Word::Contradicted => self.contradicted,
            Word::Unproven => self.unproven,
            Word::Intact => self.intact,
            Word::Verified => self.verified,
            Word::Unchecked => self.unchecked,
        }
    }

    pub(crate) fn slot(&mut self, word: Word) -> &mut u64 {
        match word {
            Word::Contradicted => &mut self.contradicted,
            Word::Unproven => &mut self.unproven,
            Word::Intact => &mut self.intact,
            Word::Verified => &mut self.verified,
            Word::Unchecked => &mut self.unchecked,
        }
    }

    pub(crate) fn add(&mut self, other: &Counts) {
        for word in WORDS {
            *self.slot(word) += other.of(word);
        }
    }
}

pub(crate) const WORDS: [Word; 5] = [
    Word::Contradicted,
    Word::Unproven,
    Word::Intact,
    Word::Verified,
    Word::Unchecked,
];

/// Every how many rows of the timeline a mark stands.
pub(crate) const MARK_EVERY: u64 = 4096;

/// How many buckets the finest level of the histogram has at most.
const FINEST_BUCKETS: usize = 64 << 10;

/// Replaces the judgement, within the caller's transaction.
pub(crate) fn replace(conn: &Connection, outcome: &Outcome) -> Result<()> {
    conn.execute("DELETE FROM span", [])?;
    conn.execute("DELETE FROM stream", [])?;
    conn.execute("DELETE FROM finding", [])?;
    conn.execute("UPDATE file SET verdict = NULL, placed = 0", [])?;
    write_streams(conn, outcome)?;
    write_spans(conn, outcome)?;
    write_findings(conn, outcome)?;
    let mut update = conn.prepare("UPDATE file SET verdict = ?2, placed = ?3 WHERE id = ?1")?;
    for file in &outcome.files {
        let verdict = verdict_number(file.verdict);
        if update.execute(params![file.file.0, verdict, file.placed])? != 1 {
            return Err(StoreError::bug(
                "a verdict of a file that is not in the case",
            ));
        }
    }
    Ok(())
}

fn write_streams(conn: &Connection, outcome: &Outcome) -> Result<()> {
    let mut insert = conn.prepare("INSERT INTO stream VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for (id, stream) in outcome.streams.iter().enumerate() {
        let axes = serde_json::to_string(&stream.axes)
            .map_err(|error| StoreError::bug(error.to_string()))?;
        insert.execute(params![
            id as i64,
            stream.id,
            stream.format.as_str(),
            signed(stream.records),
            stream.seqs.map(|(first, _)| signed(first)),
            stream.seqs.map(|(_, last)| signed(last)),
            verdict_number(stream.verdict),
            axes,
        ])?;
    }
    Ok(())
}

/// Spans are held against the records that are there: one that is written wrongly would give
/// records a verdict that nobody reached.
fn write_spans(conn: &Connection, outcome: &Outcome) -> Result<()> {
    let mut spans: Vec<&Span> = outcome.spans.iter().collect();
    spans.sort_unstable_by_key(|span| (span.file, span.first));
    let overlap = spans
        .windows(2)
        .any(|pair| pair[0].file == pair[1].file && pair[0].last >= pair[1].first);
    if overlap {
        return Err(StoreError::bug("two verdicts for one record"));
    }
    let mut records = conn.prepare("SELECT records FROM file WHERE id = ?1")?;
    let mut insert = conn.prepare("INSERT INTO span VALUES (?1, ?2, ?3, ?4)")?;
    let mut file: Option<(FileId, u64)> = None;
    for span in spans {
        let count = match file {
            Some((id, count)) if id == span.file => count,
            _ => {
                let mut rows = records.query([span.file.0])?;
                rows.next()?.map_or(Ok(0), |row| get_u64(row, 0))?
            }
        };
        file = Some((span.file, count));
        let whole = span.first <= span.last && span.last < count;
        if !whole || span.stream >= outcome.streams.len() {
            return Err(StoreError::bug(
                "a verdict of records that are not in the case",
            ));
        }
        let id = |ordinal: u64| {
            RecordId {
                file: span.file,
                ordinal: ordinal as u32,
            }
            .number()
        };
        let verdict = verdict_number(span.verdict);
        insert.execute(params![
            id(span.first),
            id(span.last),
            verdict,
            span.stream as i64
        ])?;
    }
    Ok(())
}

fn write_findings(conn: &Connection, outcome: &Outcome) -> Result<()> {
    let mut insert = conn.prepare(
        "INSERT INTO finding VALUES (?1, 'integrity', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \
         ?13, ?14, ?15, ?16, ?17)",
    )?;
    for (number, finding) in outcome.findings.iter().enumerate() {
        let place = &finding.place;
        let members = serde_json::to_string(&place.members)
            .map_err(|error| StoreError::bug(error.to_string()))?;
        insert.execute(params![
            number as i64,
            finding.code.as_str(),
            finding.verdict.map(verdict_number),
            place.file.map(|file| file.0),
            place.path,
            place.stream,
            place.seq.map(signed),
            place.ordinal.map(signed),
            place.offset.map(signed),
            place.length.map(signed),
            place.range.map(|(first, _, _)| signed(first)),
            place.range.map(|(_, last, _)| signed(last)),
            place.range.map(|(_, _, count)| signed(count)),
            place.period.map(|(from, _)| from.0),
            place.period.map(|(_, until)| until.0),
            members,
            finding.message,
        ])?;
    }
    Ok(())
}

pub(crate) fn streams(conn: &Connection) -> Result<Vec<Stream>> {
    let mut statement = conn.prepare_cached(
        "SELECT name, format, records, first_seq, last_seq, verdict, axes FROM stream ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut streams = Vec::new();
    while let Some(row) = rows.next()? {
        let axes: String = row.get(6)?;
        streams.push(Stream {
            id: row.get(0)?,
            format: words::format(&row.get::<_, String>(1)?)?,
            records: get_u64(row, 2)?,
            seqs: get_u64_or_none(row, 3)?.zip(get_u64_or_none(row, 4)?),
            verdict: words::verdict(row.get(5)?)?,
            axes: serde_json::from_str(&axes)
                .map_err(|_| StoreError::damaged("the axes of a stream"))?,
        });
    }
    Ok(streams)
}

const FINDINGS: &str = "SELECT id, code, verdict, file, path, stream, seq, ordinal, offset, length, \
     first, last, count, from_time, until_time, members, message FROM finding";

pub(crate) fn findings(conn: &Connection) -> Result<Vec<StoredFinding>> {
    let mut statement = conn.prepare_cached(&format!("{FINDINGS} ORDER BY id"))?;
    let mut rows = statement.query([])?;
    let mut findings = Vec::new();
    while let Some(row) = rows.next()? {
        findings.push(finding(row)?);
    }
    Ok(findings)
}

pub(crate) fn findings_of(conn: &Connection, record: RecordId) -> Result<Vec<StoredFinding>> {
    let sql = format!("{FINDINGS} WHERE file = ?1 AND ordinal = ?2 ORDER BY id");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([record.file.0, record.ordinal])?;
    let mut findings = Vec::new();
    while let Some(row) = rows.next()? {
        findings.push(finding(row)?);
    }
    Ok(findings)
}

fn finding(row: &Row<'_>) -> Result<StoredFinding> {
    let code: String = row.get(1)?;
    let members: String = row.get(15)?;
    let range = (
        get_u64_or_none(row, 10)?,
        get_u64_or_none(row, 11)?,
        get_u64_or_none(row, 12)?,
    );
    Ok(StoredFinding {
        number: get_u64(row, 0)?,
        code: Code::from_word(&code)
            .ok_or_else(|| StoreError::damaged(format!("unknown code {code:?}")))?,
        verdict: row
            .get::<_, Option<i64>>(2)?
            .map(words::verdict)
            .transpose()?,
        place: Place {
            file: row.get::<_, Option<u32>>(3)?.map(FileId),
            path: row.get(4)?,
            stream: row.get(5)?,
            seq: get_u64_or_none(row, 6)?,
            ordinal: get_u64_or_none(row, 7)?,
            offset: get_u64_or_none(row, 8)?,
            length: get_u64_or_none(row, 9)?,
            range: match range {
                (Some(first), Some(last), Some(count)) => Some((first, last, count)),
                _ => None,
            },
            period: get_time(row, 13)?.zip(get_time(row, 14)?),
            members: serde_json::from_str(&members)
                .map_err(|_| StoreError::damaged("the members of a finding"))?,
        },
        message: row.get(16)?,
    })
}

/// Counts records by verdict from the spans alone, below `limit`.
pub(crate) fn counts(conn: &Connection, total: u64, limit: i64) -> Result<Counts> {
    let mut statement = conn.prepare_cached(
        "SELECT verdict, sum(last_id - first_id + 1) FROM span WHERE first_id < ?1 GROUP BY verdict",
    )?;
    let mut rows = statement.query([limit])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        *counts.slot(words::verdict(row.get(0)?)?) = get_u64(row, 1)?;
    }
    counts.unchecked = total.saturating_sub(counts.total());
    Ok(counts)
}

/// Sets the marks and the tallies anew, in one pass over the timeline's index, within the caller's
/// transaction.
pub(crate) fn count_up(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM mark", [])?;
    conn.execute("DELETE FROM tally", [])?;
    find_worse(conn)?;
    let spans = Spans::load(conn)?;
    let mut spans = spans.cursor(conn);
    let mut mark = conn.prepare("INSERT INTO mark VALUES (?1, ?2, ?3)")?;
    let mut undated = conn
        .prepare("SELECT id FROM event WHERE undated = 1 AND part_of IS NULL ORDER BY place, id")?;
    let mut undated = undated.query([])?;
    let next = |undated: &mut rusqlite::Rows<'_>| -> Result<Option<i64>> {
        Ok(undated.next()?.map(|row| row.get(0)).transpose()?)
    };
    let mut next_undated = next(&mut undated)?;
    let mut tally = Tally::default();
    let mut events = Counts::default();
    let mut all =
        conn.prepare("SELECT place, id FROM event WHERE part_of IS NULL ORDER BY place, id")?;
    let mut rows = all.query([])?;
    let mut rank = 0u64;
    while let Some(row) = rows.next()? {
        let (place, id): (i64, i64) = (row.get(0)?, row.get(1)?);
        if rank.is_multiple_of(MARK_EVERY) {
            mark.execute(params![signed(rank), place, id])?;
        }
        rank += 1;
        let verdict = spans.verdict(id)?;
        *events.slot(verdict) += 1;
        if next_undated == Some(id) {
            next_undated = next(&mut undated)?;
        } else {
            tally.add(place, verdict);
        }
    }
    write_uncounted(conn, &events)?;
    tally.write(conn)
}

fn write_uncounted(conn: &Connection, events: &Counts) -> Result<()> {
    conn.execute("DELETE FROM uncounted", [])?;
    let sql = "SELECT coalesce(sum(last_id - first_id + 1), 0) FROM zone";
    let total = conn.query_row(sql, [], |row| get_u64(row, 0))?;
    let records = counts(conn, total, i64::MAX)?;
    for word in WORDS {
        let more = signed(records.of(word)).wrapping_sub(signed(events.of(word)));
        if more != 0 {
            let sql = "INSERT INTO uncounted VALUES (?1, ?2)";
            conn.execute(sql, params![word_number(word), more])?;
        }
    }
    Ok(())
}

/// Finds the events whose worst record is not the one that leads them.
fn find_worse(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM worse", [])?;
    let spans = Spans::load(conn)?;
    let (mut own, mut other) = (spans.cursor(conn), spans.cursor(conn));
    let mut insert = conn.prepare("INSERT INTO worse VALUES (?1, ?2)")?;
    let sql = "SELECT part_of, id FROM event WHERE part_of IS NOT NULL ORDER BY part_of";
    let mut parts = conn.prepare(sql)?;
    let mut rows = parts.query([])?;
    // The leader, its own verdict and the worst so far.
    let mut event: Option<(i64, Word, Word)> = None;
    let mut settle = |event: Option<(i64, Word, Word)>| -> Result<()> {
        if let Some((id, _, worst)) = event.filter(|(_, own, worst)| own != worst) {
            insert.execute(params![id, word_number(worst)])?;
        }
        Ok(())
    };
    while let Some(row) = rows.next()? {
        let (leader, part): (i64, i64) = (row.get(0)?, row.get(1)?);
        if event.is_none_or(|(id, _, _)| id != leader) {
            settle(event)?;
            let verdict = own.verdict(leader)?;
            event = Some((leader, verdict, verdict));
        }
        let verdict = other.verdict(part)?;
        if let Some((_, _, worst)) = &mut event
            && word_number(verdict) < word_number(*worst)
        {
            *worst = verdict;
        }
    }
    settle(event)
}

/// Counts events by verdict, of `records` below `limit`: as records are counted, but that those which belong to
/// another record's event are not, and that an event has the worst verdict of its records.
pub(crate) fn event_counts(conn: &Connection, records: u64, limit: i64) -> Result<Counts> {
    let mut counts = counts(conn, records, limit)?;
    let sql = "SELECT verdict, count FROM uncounted";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let slot = counts.slot(words::word(row.get(0)?)?);
        *slot = slot.saturating_add_signed(-row.get::<_, i64>(1)?);
    }
    Ok(counts)
}

/// Counts by buckets of 2^level microseconds, at a level that rises as there are too many.
#[derive(Default)]
struct Tally {
    level: u32,
    buckets: Vec<(i64, Counts)>,
}

impl Tally {
    /// Adds a record. Times rise from call to call.
    fn add(&mut self, time: i64, word: Word) {
        let bucket = time >> self.level;
        match self.buckets.last_mut() {
            Some((last, counts)) if *last == bucket => *counts.slot(word) += 1,
            _ => {
                let mut counts = Counts::default();
                *counts.slot(word) = 1;
                self.buckets.push((bucket, counts));
                if self.buckets.len() > FINEST_BUCKETS {
                    self.halve_to(FINEST_BUCKETS / 2);
                }
            }
        }
    }

    /// Coarsens until at most `most` buckets are left.
    fn halve_to(&mut self, most: usize) {
        while self.buckets.len() > most && self.level < 63 {
            self.level += 1;
            self.buckets
                .iter_mut()
                .for_each(|(bucket, _)| *bucket >>= 1);
            self.buckets.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    kept.1.add(&later.1);
                }
                same
            });
        }
    }

    /// Writes the finest level, and of the coarser ones each that halves the rows of the one
    /// before: a level between is summed up from the next finer one when it is asked for.
    fn write(mut self, conn: &Connection) -> Result<()> {
        let mut insert = conn.prepare("INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        loop {
            for (bucket, counts) in &self.buckets {
                insert.execute(params![
                    self.level,
                    bucket,
                    signed(counts.contradicted),
                    signed(counts.unproven),
                    signed(counts.intact),
                    signed(counts.verified),
                    signed(counts.unchecked)
                ])?;
            }
            if self.buckets.len() <= 1 || self.level >= 63 {
                return Ok(());
            }
            let most = self.buckets.len() / 2;
            self.halve_to(most);
        }
    }
}

/// The number of a verdict that is asked for, as a bit.
pub(crate) fn word_bit(word: Word) -> u8 {
    1 << word_number(word)
}
