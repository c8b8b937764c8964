//! From the files of a PATH to what is read of them: containers opened, kinds recognised, records
//! cut. Everything is handed on piece by piece; nothing is held whole.

use crate::progress::Progress;
use crate::walk::Found;
use evidence::batch::Rejected;
use evidence::container::{self, Trailing, Unwrapped, Visitor, Wrapping};
use evidence::cut::{BATCH_BYTES, Cutter};
use evidence::digest::Hasher;
use evidence::kind::{HEAD_BYTES, recognise};
use evidence::{Batch, Digest, Kind, Limits};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::rc::Rc;

/// A piece of what is read, in order.
#[derive(Debug)]
pub(crate) enum Item {
    /// The files that follow belong to this PATH.
    Path(String),
    /// A file begins. `container`: the archive that it lies in; empty where in none.
    Start {
        container: String,
        path: String,
        kind: Kind,
        wrapping: Wrapping,
    },
    /// Its next bytes, with the records in them.
    Batch(Batch),
    /// The next bytes of the file as it lay there, where these are kept too.
    Wrapped(Vec<u8>),
    /// The file ends.
    End(End),
    /// Bytes after the end of an archive.
    Trailing { path: String, message: String },
    /// Something that was not opened, or not to its end.
    Refused { path: String, why: String },
}

/// What is known of a file at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub sha256: Digest,
    pub sha256_as_found: Digest,
    pub bytes: u64,
    pub trailing: Trailing,
}

/// Where the pieces go. An `Err` ends the reading.
pub(crate) type Send<'a> = dyn FnMut(Item) -> io::Result<()> + 'a;

pub(crate) struct Intake<'a> {
    pub limits: &'a Limits,
    pub progress: &'a Progress,
    pub send: &'a mut Send<'a>,
    /// The archive being read.
    pub container: String,
    /// Whether compressed files are also kept as they lie: a bundle's manifest hashes those bytes.
    pub keep_wrapped: bool,
    /// How many more archive entries this PATH may hold.
    pub entries_left: u64,
}

impl Intake<'_> {
    /// Reads a file of the file system.
    pub fn file(&mut self, found: &Found) -> io::Result<()> {
        self.progress.at(&found.path);
        let mut file = File::open(&found.file)?;
        let mut head = Vec::new();
        (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(0))?;
        let wrapping = container::recognise(&head);
        let counted = Counted {
            inner: file,
            progress: self.progress,
        };
        if wrapping.is_archive() {
            return self.archive(&found.path, wrapping, counted, 1);
        }
        self.wrapped(&found.path, wrapping, counted)
    }

    /// Opens an archive. `path` is its own; its entries are known by theirs.
    fn archive(
        &mut self,
        path: &str,
        wrapping: Wrapping,
        mut archive: impl Read + Seek,
        depth: usize,
    ) -> io::Result<()> {
        if depth > self.limits.archive_depth {
            let why = format!(
                "an archive nested more than {} deep",
                self.limits.archive_depth
            );
            return self.refuse(path, why);
        }
        let limits = Limits {
            archive_entries: self.entries_left,
            ..self.limits.clone()
        };
        let outer = self.container.clone();
        self.container = if outer.is_empty() {
            path.to_owned()
        } else {
            format!("{outer}/{path}")
        };
        let mut entries = Entries {
            intake: self,
            depth,
            path,
        };
        let visited = container::visit(wrapping, &mut archive, &limits, &mut entries);
        self.container = outer;
        visited
    }

    fn refuse(&mut self, path: &str, why: String) -> io::Result<()> {
        (self.send)(Item::Refused {
            path: path.to_owned(),
            why,
        })
    }

    /// Reads a file that is no archive, perhaps compressed.
    fn wrapped(&mut self, path: &str, wrapping: Wrapping, reader: impl Read) -> io::Result<()> {
        if wrapping == Wrapping::Plain {
            let (sha256, bytes, kept) = self.contents(path, wrapping, reader, None)?;
            let sha256_as_found = kept.unwrap_or(sha256);
            return (self.send)(Item::End(End {
                sha256,
                sha256_as_found,
                bytes,
                trailing: Trailing::default(),
            }));
        }
        // What lies there is kept beside what is read, if asked for.
        let copy = Rc::new(RefCell::new(Vec::new()));
        let tee = Tee {
            inner: reader,
            copy: self.keep_wrapped.then(|| Rc::clone(&copy)),
        };
        let mut unwrapped = Unwrapped::new(wrapping, tee, self.limits);
        let (sha256, bytes, _) = self.contents(path, wrapping, &mut unwrapped, Some(&copy))?;
        let end = unwrapped.finish()?;
        self.send_copy(&copy, 1)?;
        if let Some(fault) = end.fault {
            self.refuse(path, fault)?;
        }
        (self.send)(Item::End(End {
            sha256,
            sha256_as_found: end.sha256_as_found,
            bytes,
            trailing: end.trailing,
        }))
    }

    /// Starts a file, and reads its bytes to the end: their digest, their number, and the digest of
    /// the file as it lay there where its contents had to be taken out of it.
    fn contents(
        &mut self,
        path: &str,
        wrapping: Wrapping,
        mut reader: impl Read,
        copy: Option<&Copy>,
    ) -> io::Result<(Digest, u64, Option<Digest>)> {
        let mut head = Vec::new();
        (&mut reader)
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)?;
        let kind = recognise(path, &head);
        let reader = io::Cursor::new(head).chain(reader);
        if kind == Kind::ReceiptsDatabase {
            return self.database(path, wrapping, reader);
        }
        (self.send)(Item::Start {
            container: self.container.clone(),
            path: path.to_owned(),
            kind,
            wrapping,
        })?;
        let mut hashed = Hashed {
            inner: reader,
            hasher: Hasher::default(),
            bytes: 0,
        };
        if kind.has_records() {
            let mut cutter = Cutter::new(kind, &mut hashed, self.limits);
            while let Some(batch) = cutter.next_batch()? {
                (self.send)(Item::Batch(batch))?;
                if let Some(copy) = copy {
                    self.send_copy(copy, BATCH_BYTES)?;
                }
            }
        } else {
            let mut offset = 0;
            while let Some(batch) = plain_batch(&mut hashed, &mut offset)? {
                (self.send)(Item::Batch(batch))?;
                if let Some(copy) = copy {
                    self.send_copy(copy, BATCH_BYTES)?;
                }
            }
        }
        Ok((hashed.hasher.finish(), hashed.bytes, None))
    }

    fn send_copy(&mut self, copy: &Copy, at_least: usize) -> io::Result<()> {
        if copy.borrow().len() < at_least {
            return Ok(());
        }
        (self.send)(Item::Wrapped(copy.take()))
    }

    /// A receipts daemon's SQLite file: its contents are the texts of its receipts, a line each, in
    /// the order they were written; the file itself is kept beside them.
    fn database(
        &mut self,
        path: &str,
        wrapping: Wrapping,
        mut reader: impl Read,
    ) -> io::Result<(Digest, u64, Option<Digest>)> {
        let mut spool = tempfile::NamedTempFile::new()?;
        io::copy(&mut reader, &mut spool)?;
        spool.flush()?;
        let receipts = match store::foreign::receipts(spool.path()) {
            Ok(receipts) => receipts,
            Err(why) => {
                // Not the daemon's: kept as it is.
                self.refuse(
                    path,
                    format!("no receipts can be read from this SQLite file: {why}"),
                )?;
                (self.send)(Item::Start {
                    container: self.container.clone(),
                    path: path.to_owned(),
                    kind: Kind::Unknown,
                    wrapping,
                })?;
                let mut hashed = Hashed {
                    inner: spool.reopen()?,
                    hasher: Hasher::default(),
                    bytes: 0,
                };
                let mut offset = 0;
                while let Some(batch) = plain_batch(&mut hashed, &mut offset)? {
                    (self.send)(Item::Batch(batch))?;
                }
                return Ok((hashed.hasher.finish(), hashed.bytes, None));
            }
        };
        (self.send)(Item::Start {
            container: self.container.clone(),
            path: path.to_owned(),
            kind: Kind::ReceiptsDatabase,
            wrapping,
        })?;
        let mut as_found = Hasher::default();
        let mut file = spool.reopen()?;
        loop {
            let mut piece = Vec::with_capacity(BATCH_BYTES);
            if (&mut file)
                .take(BATCH_BYTES as u64)
                .read_to_end(&mut piece)?
                == 0
            {
                break;
            }
            as_found.update(&piece);
            (self.send)(Item::Wrapped(piece))?;
        }
        let (mut hasher, mut bytes) = (Hasher::default(), 0_u64);
        let mut batch = Batch::default();
        let mut fault = None;
        receipts.each(&mut |receipt| {
            let text = match receipt {
                Ok(text) => text,
                Err(why) => {
                    fault = Some(why);
                    return Ok(());
                }
            };
            let (start, len) = (batch.bytes.len() as u32, text.len() as u32);
            batch.bytes.extend_from_slice(&text);
            batch.bytes.push(b'\n');
            if text.len() > self.limits.record_bytes {
                let reason = format!("a record over {} bytes", self.limits.record_bytes);
                batch.rejected.push(Rejected { start, len, reason });
            } else {
                batch.records.push((start, len));
            }
            if batch.bytes.len() >= BATCH_BYTES {
                let next = Batch {
                    offset: batch.offset + batch.bytes.len() as u64,
                    first_ordinal: batch.first_ordinal + batch.records.len() as u64,
                    ..Batch::default()
                };
                let full = std::mem::replace(&mut batch, next);
                hasher.update(&full.bytes);
                bytes += full.bytes.len() as u64;
                (self.send)(Item::Batch(full))?;
            }
            Ok(())
        })?;
        hasher.update(&batch.bytes);
        bytes += batch.bytes.len() as u64;
        (self.send)(Item::Batch(batch))?;
        if let Some(why) = fault {
            self.refuse(
                path,
                format!("the SQLite file could not be read to its end: {why}"),
            )?;
        }
        Ok((hasher.finish(), bytes, Some(as_found.finish())))
    }

    /// A file inside an archive: an archive of its own, or a file to read.
    fn entry(&mut self, path: &str, reader: &mut dyn Read, depth: usize) -> io::Result<()> {
        self.progress.at(path);
        let mut head = Vec::new();
        (&mut *reader)
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)?;
        let wrapping = container::recognise(&head);
        let reader = io::Cursor::new(head).chain(reader);
        if !wrapping.is_archive() {
            return self.wrapped(path, wrapping, reader);
        }
        if depth >= self.limits.archive_depth {
            return self.archive(path, wrapping, io::Cursor::new(Vec::new()), depth + 1);
        }
        let mut spool = tempfile::tempfile()?;
        let mut hashed = Hashed {
            inner: reader,
            hasher: Hasher::default(),
            bytes: 0,
        };
        io::copy(&mut hashed, &mut spool)?;
        if self.keep_wrapped {
            // The manifest names the archive: it is a file of the case too, without contents of
            // its own.
            (self.send)(Item::Start {
                container: self.container.clone(),
                path: path.to_owned(),
                kind: Kind::Unknown,
                wrapping,
            })?;
            spool.seek(SeekFrom::Start(0))?;
            let mut offset = 0;
            while let Some(batch) = plain_batch(&mut spool, &mut offset)? {
                (self.send)(Item::Wrapped(batch.bytes))?;
            }
            let sha256_as_found = hashed.hasher.finish();
            (self.send)(Item::End(End {
                sha256: Digest::of(b""),
                sha256_as_found,
                bytes: 0,
                trailing: Trailing::default(),
            }))?;
        }
        spool.seek(SeekFrom::Start(0))?;
        self.archive(path, wrapping, spool, depth + 1)
    }
}

/// The next bytes of a file without records.
fn plain_batch(reader: &mut impl Read, offset: &mut u64) -> io::Result<Option<Batch>> {
    let mut bytes = Vec::new();
    reader.take(BATCH_BYTES as u64).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let batch = Batch {
        offset: *offset,
        bytes,
        ..Batch::default()
    };
    *offset += batch.bytes.len() as u64;
    Ok(Some(batch))
}

/// The entries of one archive.
struct Entries<'a, 'b> {
    intake: &'a mut Intake<'b>,
    depth: usize,
    path: &'a str,
}

impl Visitor for Entries<'_, '_> {
    fn file(&mut self, path: &str, bytes: &mut dyn Read) -> io::Result<()> {
        self.intake.entries_left = self.intake.entries_left.saturating_sub(1);
        self.intake.entry(path, bytes, self.depth)
    }

    fn refused(&mut self, path: &str, why: &str) -> io::Result<()> {
        // Without a path the archive itself cannot be read on.
        let path = if path.is_empty() { self.path } else { path };
        self.intake.refuse(path, why.to_owned())
    }

    fn trailing(&mut self, after: Wrapping, trailing: Trailing) -> io::Result<()> {
        let what = match after {
            Wrapping::Tar => "the end of the tar archive",
            _ => "the end of the compressed stream",
        };
        let message = format!(
            "{} bytes stand after {what}; they were not read",
            trailing.len
        );
        (self.intake.send)(Item::Trailing {
            path: self.path.to_owned(),
            message,
        })
    }
}

type Copy = RefCell<Vec<u8>>;

/// Hashes and counts what is read through it.
struct Hashed<R> {
    inner: R,
    hasher: Hasher,
    bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Copies what is read through it, where a copy is wanted.
struct Tee<R> {
    inner: R,
    copy: Option<Rc<Copy>>,
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(copy) = &self.copy {
            copy.borrow_mut().extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}

/// Tells the progress how much of a file was read, and ends early when asked to stop.
struct Counted<'a> {
    inner: File,
    progress: &'a Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.progress.is_stopped() {
            return Err(io::Error::other(Stopped));
        }
        let count = self.inner.read(buffer)?;
        self.progress.add_bytes(count as u64);
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Why reading ended: it was asked to.
#[derive(Debug)]
pub(crate) struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}
