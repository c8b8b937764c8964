//! Any bytes as each kind of archive: no path that leaves, no more than the limits allow.
#![no_main]

use evidence::Limits;
use evidence::container::{Trailing, Visitor, Wrapping, visit};
use libfuzzer_sys::fuzz_target;
use std::io::{self, Cursor, Read};

const WRAPPINGS: [Wrapping; 4] = [
    Wrapping::Zip,
    Wrapping::Tar,
    Wrapping::TarGzip,
    Wrapping::TarZstd,
];

struct Look;

impl Visitor for Look {
    fn file(&mut self, path: &str, bytes: &mut dyn Read) -> io::Result<()> {
        assert!(!path.starts_with('/') && !path.contains(['\\', '\0']));
        assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
        io::copy(bytes, &mut io::sink()).map(drop)
    }

    fn refused(&mut self, path: &str, why: &str) -> io::Result<()> {
        assert!(!why.is_empty() && !path.contains('\0'));
        Ok(())
    }

    fn trailing(&mut self, _: Wrapping, trailing: Trailing) -> io::Result<()> {
        assert!(trailing.kept.len() <= Trailing::KEPT_BYTES);
        Ok(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, bytes)) = bytes.split_first() else {
        return;
    };
    let limits = Limits {
        bomb_bytes: 1 << 16,
        archive_entries: 100,
        ..Limits::default()
    };
    let wrapping = WRAPPINGS[usize::from(first) % WRAPPINGS.len()];
    visit(wrapping, &mut Cursor::new(bytes), &limits, &mut Look).expect("a slice can be read");
});
