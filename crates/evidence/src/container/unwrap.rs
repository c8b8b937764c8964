//! One file inside one gzip or zstd stream.

use super::inflate::Inflate;
use super::{Trailing, Wrapping, bomb_words, is_bomb};
use crate::{Digest, Limits};
use std::io::{self, Read};

/// The bytes inside one gzip or zstd stream. Reads up to the end of the *first* member or frame;
/// what follows it is trailing data.
pub struct Unwrapped<R: Read> {
    stream: Inflate<R>,
    out: u64,
    limits: Limits,
}

/// What is known of a wrapped file once it has been read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwrapping {
    /// SHA-256 of the file as it lay there, trailing data included.
    pub sha256_as_found: Digest,
    /// How many bytes those are.
    pub bytes_as_found: u64,
    /// Bytes after the compressed stream. Where there is a fault, its end is not known, and there
    /// are none.
    pub trailing: Trailing,
    /// Why decompression ended early, if it did: damage, or a bomb.
    pub fault: Option<String>,
}

impl<R: Read> Unwrapped<R> {
    /// Starts reading; `wrapping` is `Gzip` or `Zstd`, and anything else is passed through as it
    /// is. A damaged stream gives what could be read, then ends; [`Unwrapped::finish`] says why.
    pub fn new(wrapping: Wrapping, reader: R, limits: &Limits) -> Unwrapped<R> {
        Unwrapped {
            stream: Inflate::new(wrapping, reader, true),
            out: 0,
            limits: limits.clone(),
        }
    }

    /// What is known after the last byte has been read; reads what is left. `Err` only where the
    /// reader fails.
    pub fn finish(mut self) -> io::Result<Unwrapping> {
        io::copy(&mut self, &mut io::sink())?;
        let end = self.stream.finish()?;
        Ok(Unwrapping {
            sha256_as_found: end.digest.expect("asked for in `new`"),
            bytes_as_found: end.taken,
            trailing: end.trailing,
            fault: end.fault,
        })
    }
}

impl<R: Read> Read for Unwrapped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.out += count as u64;
        if self
            .stream
            .taken()
            .is_some_and(|taken| is_bomb(self.out, taken, &self.limits))
        {
            self.stream.stop(bomb_words(&self.limits));
        }
        Ok(count)
    }
}
