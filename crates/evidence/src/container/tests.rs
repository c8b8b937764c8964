use super::*;
use crate::Digest;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use tar::{Builder, EntryType, Header};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Notes all that it is told.
#[derive(Debug, Default, PartialEq)]
struct Notes {
    files: Vec<(String, Vec<u8>)>,
    refused: Vec<(String, String)>,
    trailing: Vec<(Wrapping, Trailing)>,
}

impl Visitor for Notes {
    fn file(&mut self, path: &str, bytes: &mut dyn Read) -> io::Result<()> {
        let mut content = Vec::new();
        bytes.read_to_end(&mut content)?;
        self.files.push((path.into(), content));
        Ok(())
    }
    fn refused(&mut self, path: &str, why: &str) -> io::Result<()> {
        self.refused.push((path.into(), why.into()));
        Ok(())
    }
    fn trailing(&mut self, after: Wrapping, trailing: Trailing) -> io::Result<()> {
        self.trailing.push((after, trailing));
        Ok(())
    }
}

impl Notes {
    fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|(path, _)| path.as_str()).collect()
    }
    fn refusals(&self) -> Vec<(&str, &str)> {
        self.refused
            .iter()
            .map(|(path, why)| (path.as_str(), why.as_str()))
            .collect()
    }
}

fn visited_within(wrapping: Wrapping, archive: &[u8], limits: &Limits) -> Notes {
    let mut notes = Notes::default();
    visit(wrapping, &mut Cursor::new(archive), limits, &mut notes).expect("no reader fails here");
    notes
}

fn visited(archive: &[u8]) -> Notes {
    visited_within(recognise(archive), archive, &Limits::default())
}

fn tight() -> Limits {
    Limits {
        bomb_bytes: 100_000,
        bomb_ratio: 100,
        ..Limits::default()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A header with any name at all, which the builder would refuse.
fn header(name: &[u8], kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_cksum();
    header
}

fn tarball(entries: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for &(name, kind, content) in entries {
        builder
            .append(&header(name, kind, content.len()), content)
            .unwrap();
    }
    builder.into_inner().unwrap()
}

const FILE: EntryType = EntryType::Regular;

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        if let Some(folder) = name.strip_suffix('/') {
            writer
                .add_directory(folder, SimpleFileOptions::default())
                .unwrap();
        } else {
            writer
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// Puts other bytes where a name of the same length stands, in the local and the central header.
fn renamed(mut archive: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = archive
        .windows(from.len())
        .enumerate()
        .filter(|(_, w)| *w == from)
        .map(|(at, _)| at)
        .collect();
    assert!(places.len() >= 2);
    for at in places {
        archive[at..at + to.len()].copy_from_slice(to);
    }
    archive
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn unwrapped(wrapping: Wrapping, bytes: &[u8], limits: &Limits) -> (Vec<u8>, Unwrapping) {
    let mut reader = Unwrapped::new(wrapping, bytes, limits);
    let mut out = Vec::new();
    reader.read_to_end(&mut out).unwrap();
    (out, reader.finish().unwrap())
}

// Pseudorandom bytes, which do not compress.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    })
    .take(len)
    .collect()
}

#[test]
fn every_wrapping_is_told_from_its_first_bytes() {
    let tar = tarball(&[(b"a.json", FILE, b"{}")]);
    for (bytes, wrapping) in [
        (b"{}".to_vec(), Wrapping::Plain),
        (Vec::new(), Wrapping::Plain),
        (vec![0; 2048], Wrapping::Plain),
        (gzip(b"{}"), Wrapping::Gzip),
        (zstd(b"{}"), Wrapping::Zstd),
        (gzip(&vec![b' '; 5000]), Wrapping::Gzip),
        (zipped(&[("a", b"b")]), Wrapping::Zip),
        (zipped(&[]), Wrapping::Zip),
        (tar.clone(), Wrapping::Tar),
        (gzip(&tar), Wrapping::TarGzip),
        (zstd(&tar), Wrapping::TarZstd),
        (gzip(&zipped(&[("a", b"b")])), Wrapping::Gzip),
    ] {
        assert_eq!(recognise(&bytes), wrapping);
    }
}

#[test]
fn a_compressed_tar_is_told_from_a_cut_head() {
    let tar = tarball(&[(b"noise", FILE, &noise(1 << 20))]);
    assert_eq!(recognise(&gzip(&tar)[..HEAD_BYTES]), Wrapping::TarGzip);
    assert_eq!(recognise(&zstd(&tar)[..HEAD_BYTES]), Wrapping::TarZstd);
}

#[test]
fn a_tar_of_the_old_form_is_told_by_its_checksum() {
    let mut old = Header::new_old();
    old.set_path("a.json").unwrap();
    old.set_size(0);
    old.set_cksum();
    let mut bytes = old.as_bytes().to_vec();
    assert_eq!(recognise(&bytes), Wrapping::Tar);
    bytes[0] = b'b';
    assert_eq!(recognise(&bytes), Wrapping::Plain);
}

#[test]
fn the_files_of_each_archive_come_out_as_they_lie() {
    let wrapped = gzip(b"[]");
    let tar = tarball(&[
        (b"./", EntryType::Directory, b""),
        (b"./streams/", EntryType::Directory, b""),
        (b"./streams/a.jsonl", FILE, b"{}\n"),
        (b"./b.json.gz", FILE, &wrapped),
    ]);
    let zip = zipped(&[
        ("streams/", b""),
        ("streams/a.jsonl", b"{}\n"),
        ("b.json.gz", &wrapped),
    ]);
    let expected = Notes {
        files: vec![
            ("streams/a.jsonl".into(), b"{}\n".to_vec()),
            ("b.json.gz".into(), wrapped),
        ],
        ..Notes::default()
    };
    for archive in [gzip(&tar), zstd(&tar), tar, zip] {
        assert_eq!(visited(&archive), expected);
    }
}

#[test]
fn an_entry_that_the_visitor_leaves_alone_is_skipped() {
    struct Names(Vec<String>);
    impl Visitor for Names {
        fn file(&mut self, path: &str, _: &mut dyn Read) -> io::Result<()> {
            self.0.push(path.into());
            Ok(())
        }
        fn refused(&mut self, path: &str, why: &str) -> io::Result<()> {
            panic!("{path}: {why}")
        }
        fn trailing(&mut self, _: Wrapping, _: Trailing) -> io::Result<()> {
            panic!()
        }
    }
    let content = noise(3000);
    let tar = tarball(&[(b"a", FILE, &content), (b"b", FILE, &content)]);
    for archive in [gzip(&tar), tar, zipped(&[("a", &content), ("b", &content)])] {
        let mut names = Names(Vec::new());
        visit(
            recognise(&archive),
            &mut Cursor::new(&archive),
            &Limits::default(),
            &mut names,
        )
        .unwrap();
        assert_eq!(names.0, ["a", "b"]);
    }
}

#[test]
fn a_gzip_of_1_to_1032_does_not_fill_the_memory() {
    let bomb = gzip(&vec![0; 20_000_000]);
    let (out, end) = unwrapped(Wrapping::Gzip, &bomb, &tight());
    assert!(out.len() < 200_000, "{}", out.len());
    assert_eq!(
        end.fault.as_deref(),
        Some("it has grown past 100000 bytes at more than 100 to 1")
    );
    assert_eq!(end.sha256_as_found, Digest::of(&bomb));
    assert_eq!(end.trailing, Trailing::default());
}

#[test]
fn a_bomb_in_an_archive_is_refused_and_the_rest_is_read() {
    let zeros = vec![0; 20_000_000];
    let tar = tarball(&[
        (b"a", FILE, b"1"),
        (b"bomb", FILE, &zeros),
        (b"c", FILE, b"2"),
    ]);
    let zip = zipped(&[("a", b"1"), ("bomb", &zeros), ("c", b"2")]);
    for archive in [gzip(&tar), zstd(&tar), zip] {
        let notes = visited_within(recognise(&archive), &archive, &tight());
        assert_eq!(notes.paths(), ["a", "bomb", "c"]);
        // One read may overshoot by its buffer, and zip reads 8 KiB of the archive at a time.
        assert!(
            notes.files[1].1.len() < 2_000_000,
            "{}",
            notes.files[1].1.len()
        );
        assert_eq!(
            notes.refusals(),
            [(
                "bomb",
                "it has grown past 100000 bytes at more than 100 to 1"
            )]
        );
    }
}

#[test]
fn what_is_large_but_honest_is_no_bomb() {
    let content = noise(300_000);
    let tar = tarball(&[(b"a", FILE, &content)]);
    for archive in [gzip(&tar), zstd(&tar), tar, zipped(&[("a", &content)])] {
        let notes = visited_within(recognise(&archive), &archive, &tight());
        assert_eq!(notes.refusals(), []);
        assert_eq!(notes.files[0].1, content);
    }
}

#[test]
fn a_second_gzip_member_is_hashed_and_not_parsed() {
    // printf 'first\n' | gzip -n; printf 'second\n' | gzip -n; sha256sum of both together.
    let both = from_hex(
        "1f8b08000000000000034bcb2c2a2ee102002ab34ac706000000\
         1f8b08000000000000032b4e4dcecf4be102007ec00f0607000000",
    );
    let (out, end) = unwrapped(Wrapping::Gzip, &both, &Limits::default());
    assert_eq!(out, b"first\n");
    assert_eq!(
        end.sha256_as_found.to_string(),
        "99afe74475e5385ec57260b7a86bda60adbc888a5afcb09b1d4183e6991a1673"
    );
    assert_eq!(end.bytes_as_found, 53);
    assert_eq!(
        end.trailing,
        Trailing {
            len: 27,
            kept: both[26..].to_vec()
        }
    );
    assert_eq!(end.fault, None);
}

#[test]
fn bytes_after_a_zstd_frame_are_trailing() {
    // printf 'first\n' | zstd -q, then the four letters; sha256sum of both together.
    let bytes = from_hex("28b52ffd045831000066697273740ac316ad2c7461696c");
    let (out, end) = unwrapped(Wrapping::Zstd, &bytes, &Limits::default());
    assert_eq!(out, b"first\n");
    assert_eq!(
        end.sha256_as_found.to_string(),
        "ebe76cd8ef870ed26e3d35a69035006d7896fe3e8de0a20e5f2a5477fa25892f"
    );
    assert_eq!(
        end.trailing,
        Trailing {
            len: 4,
            kept: b"tail".to_vec()
        }
    );
}

#[test]
fn a_long_tail_is_counted_and_not_kept_whole() {
    let mut bytes = gzip(b"{}");
    let stream = bytes.len();
    bytes.extend(noise(3 << 20));
    let (_, end) = unwrapped(Wrapping::Gzip, &bytes, &Limits::default());
    assert_eq!(end.trailing.len, 3 << 20);
    assert_eq!(
        end.trailing.kept,
        bytes[stream..stream + Trailing::KEPT_BYTES]
    );
    assert_eq!(end.sha256_as_found, Digest::of(&bytes));
}

#[test]
fn finishing_early_still_finds_the_end() {
    let mut bytes = gzip(&noise(100_000));
    bytes.extend(b"tail");
    let reader = Unwrapped::new(Wrapping::Gzip, &bytes[..], &Limits::default());
    let end = reader.finish().unwrap();
    assert_eq!(end.trailing.kept, b"tail");
    assert_eq!(end.sha256_as_found, Digest::of(&bytes));
}

#[test]
fn a_damaged_stream_gives_what_could_be_read() {
    let content = noise(200_000);
    for wrapping in [Wrapping::Gzip, Wrapping::Zstd] {
        let whole = if wrapping == Wrapping::Gzip {
            gzip(&content)
        } else {
            zstd(&content)
        };
        let (out, end) = unwrapped(wrapping, &whole[..150_000], &Limits::default());
        assert!(
            out.len() > 50_000 && content.starts_with(&out),
            "{wrapping:?}: {}",
            out.len()
        );
        assert_eq!(
            end.fault.as_deref(),
            Some("the compressed stream is cut off")
        );
        assert_eq!(end.sha256_as_found, Digest::of(&whole[..150_000]));

        let mut flipped = whole.clone();
        let last = flipped.len() - 6; // in gzip's checksum; zstd's encoder writes none by default
        flipped[last] ^= 1;
        if wrapping == Wrapping::Gzip {
            let (out, end) = unwrapped(wrapping, &flipped, &Limits::default());
            assert_eq!(out, content);
            assert!(
                end.fault
                    .unwrap()
                    .starts_with("the compressed stream is damaged: ")
            );
            assert_eq!(end.trailing.len, 0);
        }
    }
}

#[test]
fn an_archive_entry_outside_its_folder_is_refused_and_the_rest_is_read() {
    let names: [(&[u8], &str); 6] = [
        (b"../x.json", "its path holds `..`"),
        (b"/xx.json", "its path is absolute"),
        (b"a\\x.json", "its path holds a backslash"),
        (b"C:/x.json", "its path is absolute"),
        (b"a/../x.js", "its path holds `..`"),
        (b"a/..//...", "its path holds `..`"),
    ];
    for (name, why) in names {
        let shown = path::printable(name);
        let tar = tarball(&[(name, FILE, b"evil"), (b"good.json", FILE, b"{}")]);
        let hold = "#".repeat(name.len());
        let zip = renamed(
            zipped(&[(&hold, b"evil"), ("good.json", b"{}")]),
            hold.as_bytes(),
            name,
        );
        for archive in [tar, zip] {
            let notes = visited(&archive);
            assert_eq!(notes.paths(), ["good.json"]);
            assert_eq!(notes.refusals(), [(shown.as_str(), why)]);
        }
    }
}

#[test]
fn a_nul_in_a_path_is_refused() {
    let zip = renamed(zipped(&[("x#y", b"evil"), ("b", b"{}")]), b"x#y", b"x\0y");
    let notes = visited(&zip);
    assert_eq!(
        (notes.paths(), notes.refusals()),
        (vec!["b"], vec![("x\\u{0}y", "its path holds a NUL")])
    );

    let mut builder = Builder::new(Vec::new());
    builder
        .append_pax_extensions([("path", &b"x\0y"[..])])
        .unwrap();
    builder
        .append(&header(b"short", FILE, 4), &b"evil"[..])
        .unwrap();
    let notes = visited(&builder.into_inner().unwrap());
    assert_eq!(
        (notes.paths(), notes.refusals()),
        (vec![], vec![("x\\u{0}y", "its path holds a NUL")])
    );
}

#[test]
fn two_entries_that_differ_by_case_do_not_overwrite_one_another() {
    let tar = tarball(&[
        ("Ä.json".as_bytes(), FILE, b"first"),
        ("ä.JSON".as_bytes(), FILE, b"second"),
        ("./ä.json".as_bytes(), FILE, b"third"),
    ]);
    let notes = visited(&tar);
    assert_eq!(notes.files, [("Ä.json".into(), b"first".to_vec())]);
    let why = "its path equals an earlier entry's but for upper and lower case";
    assert_eq!(notes.refusals(), [("ä.JSON", why), ("./ä.json", why)]);
}

#[test]
fn two_zip_entries_of_one_name_are_both_seen() {
    let zip = renamed(
        zipped(&[("same", b"first"), ("####", b"second")]),
        b"####",
        b"same",
    );
    let notes = visited(&zip);
    assert_eq!(notes.files, [("same".into(), b"first".to_vec())]);
    assert_eq!(notes.refused.len(), 1);
}

#[test]
fn file_names_that_are_not_utf_8_do_not_abort_the_run() {
    let tar = tarball(&[(b"caf\xe9.json", FILE, b"1"), (b"b", FILE, b"2")]);
    let zip = renamed(
        zipped(&[("caf#.json", b"1"), ("b", b"2")]),
        b"caf#.json",
        b"caf\xe9.json",
    );
    for archive in [tar, zip] {
        let notes = visited(&archive);
        assert_eq!(
            (notes.paths(), notes.refusals()),
            (vec!["caf%E9.json", "b"], vec![])
        );
    }
}

#[test]
fn links_devices_and_sparse_files_are_refused() {
    let kinds = [
        (EntryType::Symlink, "it is a symbolic link"),
        (EntryType::Link, "it is a hard link"),
        (EntryType::Char, "it is a device"),
        (EntryType::Block, "it is a device"),
        (EntryType::Fifo, "it is a pipe"),
        (EntryType::GNUSparse, "it is a sparse file"),
        (
            EntryType::new(b'Q'),
            "it is neither a plain file nor a folder",
        ),
    ];
    for (kind, why) in kinds {
        let notes = visited(&tarball(&[(b"odd", kind, b""), (b"b", FILE, b"{}")]));
        assert_eq!(
            (notes.paths(), notes.refusals()),
            (vec!["b"], vec![("odd", why)])
        );
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("odd", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    writer
        .start_file("b", SimpleFileOptions::default())
        .unwrap();
    let notes = visited(&writer.finish().unwrap().into_inner());
    assert_eq!(
        (notes.paths(), notes.refusals()),
        (vec!["b"], vec![("odd", "it is a symbolic link")])
    );
}

#[test]
fn a_pax_sparse_file_is_refused() {
    let mut builder = Builder::new(Vec::new());
    builder
        .append_pax_extensions([("GNU.sparse.major", &b"1"[..]), ("path", b"s")])
        .unwrap();
    builder
        .append(&header(b"short", FILE, 4), &b"1\n0\n"[..])
        .unwrap();
    let notes = visited(&builder.into_inner().unwrap());
    assert_eq!(
        (notes.paths(), notes.refusals()),
        (vec![], vec![("s", "it is a sparse file")])
    );
}

#[test]
fn an_encrypted_zip_entry_is_refused() {
    let mut zip = zipped(&[("a", b"secret"), ("b", b"{}")]);
    let central = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    zip[6] |= 1; // the flags of the first local header …
    zip[central + 8] |= 1; // … and of the first central one
    let notes = visited(&zip);
    assert_eq!(
        (notes.paths(), notes.refusals()),
        (vec!["b"], vec![("a", "it is encrypted")])
    );
}

#[test]
fn a_zip_entry_whose_checksum_differs_is_said() {
    let mut zip = zipped(&[("a", b"x"), ("b", b"{}")]);
    let central = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    zip[central + 16] ^= 1;
    let notes = visited(&zip);
    assert_eq!(notes.paths(), ["a", "b"]);
    assert_eq!(notes.refusals(), [("a", "it is damaged: Invalid checksum")]);
}

#[test]
fn a_zip_that_counts_fewer_entries_than_it_has_is_said() {
    let mut zip = zipped(&[("a", b"1"), ("b", b"2")]);
    let end = zip.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    zip[end + 8] = 1;
    zip[end + 10] = 1;
    let notes = visited(&zip);
    assert_eq!(notes.paths(), ["a"]);
    assert_eq!(
        notes.refusals(),
        [(
            "",
            "its directory has more entries than its end record counts"
        )]
    );
}

#[test]
fn a_truncated_archive_is_refused_from_there_on() {
    let content = noise(5000);
    let tar = tarball(&[
        (b"a", FILE, b"1"),
        (b"b", FILE, &content),
        (b"c", FILE, b"2"),
    ]);
    let inside = visited(&tar[..1024 + 512 + 2000]);
    assert_eq!(inside.paths(), ["a", "b"]);
    assert_eq!(inside.files[1].1, content[..2000]);
    assert_eq!(
        inside.refusals(),
        [
            ("b", "the archive ends inside it"),
            ("", "it ends in the middle of an entry")
        ]
    );
    let between = visited(&tar[..1024]);
    assert_eq!(between.paths(), ["a"]);
    assert_eq!(
        between.refusals(),
        [(
            "",
            "it ends without a mark of its end: entries may be missing"
        )]
    );
    let header = visited(&tar[..1024 + 100]);
    assert_eq!(
        header.refusals(),
        [("", "it ends in the middle of a header")]
    );

    let packed = gzip(&tar);
    let cut = visited(&packed[..packed.len() - 3000]);
    assert_eq!(cut.paths(), ["a", "b"]);
    assert_eq!(
        cut.refusals(),
        [
            ("b", "the archive ends inside it"),
            ("", "it ends in the middle of an entry"),
            ("", "the compressed stream is cut off")
        ]
    );

    let zip = zipped(&[("a", b"1")]);
    let notes = visited(&zip[..zip.len() - 10]);
    assert_eq!(notes.files, []);
    assert!(matches!(notes.refusals()[..], [("", _)]), "{notes:?}");
}

#[test]
fn a_damaged_header_ends_a_tar() {
    let mut tar = tarball(&[(b"a", FILE, b"1"), (b"b", FILE, b"2")]);
    tar[1024] = b'B';
    let notes = visited(&tar);
    assert_eq!(notes.paths(), ["a"]);
    assert_eq!(
        notes.refusals(),
        [("", "a header's checksum does not match")]
    );
}

#[test]
fn long_names_of_gnu_and_pax_are_read() {
    let long = format!("{}/{}.json", "x".repeat(150), "é".repeat(60));
    let mut gnu = Builder::new(Vec::new());
    gnu.append_data(&mut header(b"", FILE, 3), &long, &b"gnu"[..])
        .unwrap();
    assert_eq!(
        visited(&gnu.into_inner().unwrap()).files,
        [(long.clone(), b"gnu".to_vec())]
    );

    let mut pax = Builder::new(Vec::new());
    pax.append_pax_extensions([("comment", &b"two\nlines"[..]), ("path", long.as_bytes())])
        .unwrap();
    pax.append(&header(b"short", FILE, 3), &b"pax"[..]).unwrap();
    assert_eq!(
        visited(&pax.into_inner().unwrap()).files,
        [(long, b"pax".to_vec())]
    );
}

#[test]
fn the_size_in_a_pax_header_counts() {
    let mut builder = Builder::new(Vec::new());
    builder
        .append_pax_extensions([("size", &b"600"[..])])
        .unwrap();
    let mut tar = builder.into_inner().unwrap();
    tar.truncate(1024);
    tar.extend(header(b"a", FILE, 0).as_bytes());
    tar.extend([b'x'; 600]);
    tar.extend([0; 424]);
    tar.extend(header(b"b", FILE, 0).as_bytes());
    tar.extend([0; 1024]);
    let notes = visited(&tar);
    assert_eq!(
        notes.files,
        [("a".into(), vec![b'x'; 600]), ("b".into(), vec![])]
    );
    assert_eq!(notes.refused, []);
}

#[test]
fn a_long_name_without_end_does_not_fill_the_memory() {
    let name = header(b"././@LongLink", EntryType::GNULongName, 1 << 31);
    let mut tar = name.as_bytes().to_vec();
    tar.extend([b'x'; 4096]);
    assert_eq!(
        visited(&tar).refusals(),
        [("", "a header of 2147483648 bytes is longer than 1048576")]
    );
}

#[test]
fn bytes_after_a_tars_end_are_trailing() {
    let tar = tarball(&[(b"a", FILE, b"1")]);
    let mut hidden = tar.clone();
    hidden.extend([0; 8192]);
    assert_eq!(visited(&hidden).trailing, [], "zeros are padding");
    let second = tarball(&[(b"hidden", FILE, b"2")]);
    hidden.extend(&second);
    let expected = (
        Wrapping::Tar,
        Trailing {
            len: second.len() as u64,
            kept: second,
        },
    );
    assert_eq!(visited(&hidden).trailing, [expected]);

    let mut packed = gzip(&tar);
    packed.extend(b"tail");
    let notes = visited(&packed);
    assert_eq!(notes.paths(), ["a"]);
    assert_eq!(
        notes.trailing,
        [(
            Wrapping::Gzip,
            Trailing {
                len: 4,
                kept: b"tail".to_vec()
            }
        )]
    );
}

#[test]
fn entries_past_the_limit_are_said() {
    let limits = Limits {
        archive_entries: 2,
        ..Limits::default()
    };
    let names: [&[u8]; 3] = [b"a", b"b", b"c"];
    let tar = tarball(&names.map(|name| (name, FILE, &b"1"[..])));
    let zip = zipped(&[("a", b"1"), ("b", b"1"), ("c", b"1")]);
    for archive in [tar, zip] {
        let notes = visited_within(recognise(&archive), &archive, &limits);
        assert_eq!(notes.paths(), ["a", "b"]);
        assert_eq!(notes.refusals(), [("", "it has more than 2 entries")]);
    }
}

/// Fails at a byte, as a disk does.
struct Failing<'a>(Cursor<&'a [u8]>, u64);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.1.saturating_sub(self.0.position()) as usize;
        if left == 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the disk is gone",
            ));
        }
        let count = buffer.len().min(left);
        self.0.read(&mut buffer[..count])
    }
}

impl Seek for Failing<'_> {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(position)
    }
}

#[test]
fn a_reader_that_fails_is_not_called_damage() {
    let content = noise(5000);
    let tar = tarball(&[(b"a", FILE, &content)]);
    let zip = zipped(&[("a", &content)]);
    for archive in [gzip(&tar), zstd(&tar), tar, zip] {
        let wrapping = recognise(&archive);
        let mut failing = Failing(Cursor::new(&archive), 3000);
        let error = visit(
            wrapping,
            &mut failing,
            &Limits::default(),
            &mut Notes::default(),
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "the disk is gone",
            "{wrapping:?}"
        );
    }
    let packed = gzip(&content);
    let mut reader = Unwrapped::new(
        Wrapping::Gzip,
        Failing(Cursor::new(&packed), 3000),
        &Limits::default(),
    );
    let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}

#[test]
fn what_is_no_archive_is_our_mistake() {
    let mut notes = Notes::default();
    let result = visit(
        Wrapping::Gzip,
        &mut Cursor::new(b""),
        &Limits::default(),
        &mut notes,
    );
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_anywhere_is_a_value_and_never_a_panic(at in 0usize..4000, byte: u8, cut in 0usize..4000) {
        let content = noise(1200);
        let tar = tarball(&[(b"a", FILE, &content), (b"b/c", FILE, b"{}")]);
        for mut archive in [gzip(&tar), zstd(&tar), tar, zipped(&[("a", &content), ("b", b"{}")])] {
            let wrapping = recognise(&archive);
            let at = at % archive.len();
            archive[at] = byte;
            archive.truncate(archive.len() - cut % archive.len() / 2 * (cut % 2));
            let mut notes = Notes::default();
            prop_assert!(visit(wrapping, &mut Cursor::new(&archive), &tight(), &mut notes).is_ok());
        }
    }

    #[test]
    fn any_bytes_can_be_unwrapped(bytes: Vec<u8>) {
        for magic in [&b"\x1f\x8b\x08\0"[..], b"\x28\xb5\x2f\xfd", b""] {
            let bytes = [magic, &bytes].concat();
            let (_, end) = unwrapped(recognise(&bytes), &bytes, &tight());
            prop_assert_eq!(end.sha256_as_found, Digest::of(&bytes));
        }
    }
}
