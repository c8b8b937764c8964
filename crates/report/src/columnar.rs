//! Parquet: events and edges as columns, for DuckDB, ClickHouse, Spark and whatever else holds a
//! fleet's logs. (<https://parquet.apache.org/docs/file-format/>)
//!
//! Rows are taken one by one and written in groups, so that memory stays bounded however many there
//! are. Texts stand as the evidence has them: who shows them makes them harmless.

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::io::{self, Write};
use std::sync::Arc;

/// What the files leave out, in a sentence.
pub const LEAVES_OUT: &str = "Parquet has places for what events say and where they lie: bytes, proofs, findings and custody are left out, and edges claim nothing of acts that were refused.";

/// A group of rows is written when it holds so many …
const MOST_ROWS: usize = 1 << 16;
/// … or when its cells take so many bytes of memory.
const MOST_BYTES: usize = 48 << 20;
/// What a cell takes besides its text.
const CELL_BYTES: usize = 48;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// UTF-8.
    Text,
    /// Microseconds since 1970-01-01T00:00:00Z: `TIMESTAMP(MICROS, UTC)`.
    Time,
    /// A whole number of 64 bits.
    Number,
}

/// A column: its name, what it holds, and whether every row has it.
pub type Column = (&'static str, Holds, bool);

/// The columns of `events.parquet`: one row an event, in time's order, undated ones last.
pub const EVENTS: [Column; 36] = [
    ("event", Holds::Text, true),
    ("time", Holds::Time, false),
    ("type", Holds::Text, false),
    ("native_type", Holds::Text, false),
    ("actor", Holds::Text, false),
    ("actor_kind", Holds::Text, false),
    ("subject", Holds::Text, false),
    ("credential", Holds::Text, false),
    ("token", Holds::Text, false),
    ("token_parent", Holds::Text, false),
    ("secret", Holds::Text, false),
    ("resource", Holds::Text, false),
    ("tool", Holds::Text, false),
    ("decision", Holds::Text, false),
    ("outcome", Holds::Text, false),
    ("source_ip", Holds::Text, false),
    ("trace", Holds::Text, false),
    ("scope", Holds::Text, false),
    ("agent", Holds::Text, false),
    ("environment", Holds::Text, false),
    ("policy", Holds::Text, false),
    ("approval", Holds::Text, false),
    ("verdict", Holds::Text, true),
    ("record_verdict", Holds::Text, true),
    ("stream", Holds::Text, false),
    ("seq", Holds::Number, false),
    ("format", Holds::Text, true),
    ("import", Holds::Number, true),
    ("container", Holds::Text, false),
    ("source", Holds::Text, true),
    ("source_sha256", Holds::Text, false),
    ("source_number", Holds::Number, true),
    ("ordinal", Holds::Number, true),
    ("offset", Holds::Number, true),
    ("length", Holds::Number, true),
    ("other_records", Holds::Text, false),
];

/// The columns of `edges.parquet`: one row for each thing that an act says of two others, in time's
/// order, undated ones last.
pub const EDGES: [Column; 9] = [
    ("event", Holds::Text, true),
    ("time", Holds::Time, false),
    ("from_id", Holds::Text, true),
    ("from_kind", Holds::Text, true),
    ("kind", Holds::Text, true),
    ("to_id", Holds::Text, true),
    ("to_kind", Holds::Text, true),
    ("join", Holds::Text, true),
    ("verdict", Holds::Text, true),
];

/// What stands in a row for a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Nothing,
    /// A text.
    Text(&'a str),
    /// A time, or a number.
    Number(i64),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Cell<'a> {
        text.map_or(Cell::Nothing, Cell::Text)
    }
}

impl From<Option<i64>> for Cell<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Cell::Nothing, Cell::Number)
    }
}

/// The cells of one column that were taken and not yet written.
enum Held {
    Texts(Vec<ByteArray>),
    Numbers(Vec<i64>),
}

/// A file that is being written.
pub struct Table<W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: &'static [Column],
    held: Vec<(Held, Vec<i16>)>,
    rows: usize,
    bytes: usize,
}

impl<W: Write + Send> Table<W> {
    /// Begins a file of these columns. `said` goes into the file's own metadata, by name.
    pub fn begin(
        out: W,
        columns: &'static [Column],
        said: &[(&str, &str)],
    ) -> io::Result<Table<W>> {
        let said = said
            .iter()
            .map(|(name, value)| KeyValue::new((*name).to_owned(), (*value).to_owned()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(said.collect()))
            .build();
        let schema = schema(columns).map_err(plain)?;
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(plain)?;
        Ok(Table {
            file,
            columns,
            held: columns.iter().map(empty).collect(),
            rows: 0,
            bytes: 0,
        })
    }

    /// Takes a row: a cell for each column, in their order.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if cells.len() != self.columns.len() {
            return Err(io::Error::other("a row has another number of cells"));
        }
        for ((cell, (held, there)), column) in cells.iter().zip(&mut self.held).zip(self.columns) {
            self.bytes += CELL_BYTES;
            match (held, cell) {
                (Held::Texts(texts), Cell::Text(text)) => {
                    self.bytes += text.len();
                    texts.push(ByteArray::from(*text));
                    there.push(1);
                }
                (Held::Numbers(numbers), Cell::Number(number)) => {
                    numbers.push(*number);
                    there.push(1);
                }
                (_, Cell::Nothing) if !column.2 => there.push(0),
                _ => {
                    return Err(io::Error::other(format!(
                        "a cell does not fit {}",
                        column.0
                    )));
                }
            }
        }
        self.rows += 1;
        if self.rows == MOST_ROWS || self.bytes >= MOST_BYTES {
            self.write_group()?;
        }
        Ok(())
    }

    /// Ends the file; all of it has been written then.
    pub fn end(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.file.finish().map(drop).map_err(plain)
    }

    fn write_group(&mut self) -> io::Result<()> {
        let held = std::mem::replace(&mut self.held, self.columns.iter().map(empty).collect());
        (self.rows, self.bytes) = (0, 0);
        let mut group = self.file.next_row_group().map_err(plain)?;
        for ((held, there), column) in held.into_iter().zip(self.columns) {
            let writer = group.next_column().map_err(plain)?;
            let writer = writer.ok_or_else(|| io::Error::other("a column is missing"))?;
            let levels = (!column.2).then_some(&there[..]);
            write_column(writer, &held, levels).map_err(plain)?;
        }
        group.close().map_err(plain)?;
        Ok(())
    }
}

fn write_column(
    mut writer: SerializedColumnWriter<'_>,
    held: &Held,
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    match held {
        Held::Texts(texts) => writer
            .typed::<ByteArrayType>()
            .write_batch(texts, levels, None)?,
        Held::Numbers(numbers) => writer
            .typed::<Int64Type>()
            .write_batch(numbers, levels, None)?,
    };
    writer.close()
}

fn empty(column: &Column) -> (Held, Vec<i16>) {
    let held = match column.1 {
        Holds::Text => Held::Texts(Vec::new()),
        Holds::Time | Holds::Number => Held::Numbers(Vec::new()),
    };
    (held, Vec::new())
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields = columns.iter().map(|(name, holds, always)| {
        let (physical, logical) = match holds {
            Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Holds::Time => (
                Physical::INT64,
                Some(LogicalType::timestamp(true, TimeUnit::MICROS)),
            ),
            Holds::Number => (Physical::INT64, None),
        };
        let repetition = if *always {
            Repetition::REQUIRED
        } else {
            Repetition::OPTIONAL
        };
        let field = Type::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()?;
        Ok(Arc::new(field))
    });
    let fields = fields.collect::<Result<Vec<_>, ParquetError>>()?;
    let schema = Type::group_type_builder("exhibit").with_fields(fields);
    Ok(Arc::new(schema.build()?))
}

/// What the disk said, where it was the disk.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        ("name", Holds::Text, true),
        ("time", Holds::Time, false),
        ("note", Holds::Text, false),
    ];

    fn written(rows: usize) -> Vec<u8> {
        let mut file = Vec::new();
        let mut table = Table::begin(&mut file, COLUMNS, &[("by", "a test")]).unwrap();
        for row in 0..rows {
            let name = format!("E1:{row}");
            let time = (row % 2 == 0).then_some(row as i64);
            table
                .row(&[Cell::Text(&name), time.into(), Cell::Nothing])
                .unwrap();
        }
        table.end().unwrap();
        file
    }

    #[test]
    fn a_file_begins_and_ends_as_parquet_and_is_the_same_twice() {
        let file = written(100);
        assert_eq!(
            (&file[..4], &file[file.len() - 4..]),
            (&b"PAR1"[..], &b"PAR1"[..])
        );
        assert_eq!(file, written(100));
        let empty = written(0);
        assert_eq!(&empty[empty.len() - 4..], b"PAR1");
    }

    #[test]
    fn a_cell_that_a_row_must_have_is_not_left_out_in_silence() {
        let mut table = Table::begin(Vec::new(), COLUMNS, &[]).unwrap();
        let error = table
            .row(&[Cell::Nothing, Cell::Nothing, Cell::Nothing])
            .unwrap_err();
        assert_eq!(error.to_string(), "a cell does not fit name");
        let error = table.row(&[Cell::Number(1)]).unwrap_err();
        assert_eq!(error.to_string(), "a row has another number of cells");
    }

    #[test]
    fn a_full_disk_is_the_disks_fault() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let ended = Table::begin(Full, COLUMNS, &[]).and_then(Table::end);
        assert_eq!(ended.err().unwrap().kind(), io::ErrorKind::StorageFull);
    }
}
