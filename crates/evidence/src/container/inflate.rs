//! One decompressed stream that ends where its first member or frame ends, and knows how much it
//! took for it.

use super::{Trailing, Wrapping};
use crate::digest::{Digest, Hasher};
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Read};

/// A reader that counts and hashes what is consumed of it, and keeps its own failures apart from
/// those of the decompressor above it.
pub(super) struct Measured<R: Read> {
    reader: BufReader<R>,
    /// How many bytes were consumed.
    taken: u64,
    /// Their SHA-256, where it is asked for.
    hasher: Option<Hasher>,
    /// Why `reader` failed.
    failure: Option<io::Error>,
}

impl<R: Read> BufRead for Measured<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(failure) = &self.failure {
            return Err(failure.kind().into());
        }
        if self.reader.buffer().is_empty() {
            while let Err(error) = self.reader.fill_buf() {
                if error.kind() != io::ErrorKind::Interrupted {
                    let kind = error.kind();
                    self.failure = Some(error);
                    return Err(kind.into());
                }
            }
        }
        Ok(self.reader.buffer())
    }

    fn consume(&mut self, count: usize) {
        let buffer = self.reader.buffer();
        let count = count.min(buffer.len());
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&buffer[..count]);
        }
        self.taken += count as u64;
        self.reader.consume(count);
    }
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// A stream, decompressed. After damage it stays at its end.
pub(super) struct Inflate<R: Read> {
    decoder: Decoder<R>,
    fault: Option<String>,
}

enum Decoder<R: Read> {
    Plain(Measured<R>),
    Gzip(Box<GzDecoder<Measured<R>>>),
    Zstd(Box<zstd::Decoder<'static, Measured<R>>>),
}

/// What is known at the end of a stream.
pub(super) struct End {
    /// How many bytes lay there, those after the end included.
    pub(super) taken: u64,
    /// Their SHA-256, where it was asked for.
    pub(super) digest: Option<Digest>,
    /// What came after the member or frame; nothing where that is damaged.
    pub(super) trailing: Trailing,
    /// Why decompression ended early.
    pub(super) fault: Option<String>,
}

impl<R: Read> Inflate<R> {
    /// Starts on `reader`. Anything but gzip and zstd is passed through as it is.
    pub(super) fn new(wrapping: Wrapping, reader: R, hashed: bool) -> Inflate<R> {
        let measured = Measured {
            reader: BufReader::with_capacity(64 << 10, reader),
            taken: 0,
            hasher: hashed.then(Hasher::default),
            failure: None,
        };
        let decoder = match wrapping {
            Wrapping::Gzip | Wrapping::TarGzip => Decoder::Gzip(Box::new(GzDecoder::new(measured))),
            // A frame may ask for a window of up to 128 MiB (the library's own limit).
            Wrapping::Zstd | Wrapping::TarZstd => {
                match zstd::Decoder::try_with_buffer(measured) {
                    Ok(decoder) => Decoder::Zstd(Box::new(decoder.single_frame())),
                    // No memory for a context: our failure, met at the first read.
                    Err((mut measured, error)) => {
                        measured.failure = Some(error);
                        Decoder::Plain(measured)
                    }
                }
            }
            Wrapping::Plain | Wrapping::Zip | Wrapping::Tar => Decoder::Plain(measured),
        };
        Inflate {
            decoder,
            fault: None,
        }
    }

    fn measured(&self) -> &Measured<R> {
        match &self.decoder {
            Decoder::Plain(measured) => measured,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zstd(decoder) => decoder.get_ref(),
        }
    }

    fn measured_mut(&mut self) -> &mut Measured<R> {
        match &mut self.decoder {
            Decoder::Plain(measured) => measured,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
        }
    }

    /// How many compressed bytes were consumed so far; `None` where nothing is compressed.
    pub(super) fn taken(&self) -> Option<u64> {
        match &self.decoder {
            Decoder::Plain(_) => None,
            _ => Some(self.measured().taken),
        }
    }

    /// Ends the stream here, for a reason.
    pub(super) fn stop(&mut self, why: String) {
        self.fault.get_or_insert(why);
    }

    /// Reads what is left: of the member or frame, then of what follows it.
    pub(super) fn finish(mut self) -> io::Result<End> {
        let mut buffer = vec![0; 64 << 10];
        while self.read(&mut buffer)? > 0 {}
        let mut trailing = Trailing::default();
        let ended = self.fault.is_none();
        let measured = self.measured_mut();
        loop {
            let rest = match measured.fill_buf() {
                Ok(rest) => rest,
                Err(error) => return Err(measured.failure.take().unwrap_or(error)),
            };
            if rest.is_empty() {
                break;
            }
            if ended {
                trailing.push(rest);
            }
            let count = rest.len();
            measured.consume(count);
        }
        let (taken, hasher) = (measured.taken, measured.hasher.take());
        Ok(End {
            taken,
            digest: hasher.map(Hasher::finish),
            trailing,
            fault: self.fault,
        })
    }
}

/// `Err` only where the reader underneath fails; damage ends the stream, and [`Inflate::finish`]
/// says so.
impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.fault.is_some() || buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.decoder {
            Decoder::Plain(measured) => measured.read(buffer),
            Decoder::Gzip(decoder) => decoder.read(buffer),
            Decoder::Zstd(decoder) => decoder.read(buffer),
        };
        match read {
            Ok(count) => Ok(count),
            Err(error) => match self.measured_mut().failure.take() {
                Some(failure) => Err(failure),
                None => {
                    self.fault = Some(match error.kind() {
                        io::ErrorKind::UnexpectedEof => "the compressed stream is cut off".into(),
                        _ => format!("the compressed stream is damaged: {error}"),
                    });
                    Ok(0)
                }
            },
        }
    }
}
