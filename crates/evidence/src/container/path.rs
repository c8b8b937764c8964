//! Paths of archive entries: which are opened, and how those that are not are shown.

use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fmt::Write as _;

/// The paths met so far in one archive.
#[derive(Default)]
pub(super) struct Paths {
    /// The first half of the SHA-256 of each lower-cased path: a million long paths take 16 MB. Two
    /// that collide would only have the later one refused, and said.
    seen: HashSet<[u8; 16]>,
}

impl Paths {
    /// The path of an entry as it is opened, or why it is not. A folder may be met again.
    pub(super) fn admit(&mut self, raw: &[u8], is_folder: bool) -> Result<String, &'static str> {
        let path = checked(raw)?;
        if path.is_empty() {
            return if is_folder {
                Ok(path)
            } else {
                Err("it has no name")
            };
        }
        let digest = Sha256::digest(path.to_lowercase());
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        if !self.seen.insert(half) && !is_folder {
            return Err("its path equals an earlier entry's but for upper and lower case");
        }
        Ok(path)
    }
}

/// The path without `.` and empty parts, its bytes that are not UTF-8 written `%FF`.
fn checked(raw: &[u8]) -> Result<String, &'static str> {
    if raw.contains(&0) {
        return Err("its path holds a NUL");
    }
    if raw.contains(&b'\\') {
        return Err("its path holds a backslash");
    }
    let has_drive = matches!(raw, [drive, b':', b'/', ..] if drive.is_ascii_alphabetic());
    if raw.starts_with(b"/") || has_drive {
        return Err("its path is absolute");
    }
    let mut path = String::with_capacity(raw.len());
    for part in raw.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => continue,
            b".." => return Err("its path holds `..`"),
            _ => {}
        }
        if !path.is_empty() {
            path.push('/');
        }
        for chunk in part.utf8_chunks() {
            path.push_str(chunk.valid());
            for byte in chunk.invalid() {
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    Ok(path)
}

/// A path for people: control, invisible and direction-changing characters and bytes that are not
/// UTF-8 are written as escapes; past 1,000 characters it is cut.
pub(super) fn printable(raw: &[u8]) -> String {
    const LONGEST: usize = 1000;
    let mut out = String::with_capacity(raw.len().min(LONGEST));
    let mut count = 0;
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            if count == LONGEST {
                out.push('…');
                return out;
            }
            count += 1;
            if is_hidden(c) {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            } else {
                out.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
        count += chunk.invalid().len();
    }
    out
}

/// Characters that show as nothing or change how others show (Unicode categories Cc, and those of
/// Cf, Zl and Zp that occur in tricks).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_that_lead_out_of_the_folder_are_refused() {
        for (raw, why) in [
            (&b"/etc/passwd"[..], "its path is absolute"),
            (b"C:/windows", "its path is absolute"),
            (b"../x", "its path holds `..`"),
            (b"a/../../x", "its path holds `..`"),
            (b"a/..", "its path holds `..`"),
            (b"a\\..\\x", "its path holds a backslash"),
            (b"a\0.json", "its path holds a NUL"),
            (b"", "it has no name"),
            (b"./", "it has no name"),
        ] {
            assert_eq!(Paths::default().admit(raw, false), Err(why), "{raw:?}");
        }
    }

    #[test]
    fn paths_are_one_way_of_writing() {
        for (raw, path) in [
            (&b"./streams/x.jsonl"[..], "streams/x.jsonl"),
            (b"a//b/./c", "a/b/c"),
            (b"a..b/...", "a..b/..."),
            (b"nai\xcc\x88ve", "nai\u{308}ve"),
            (b"caf\xe9/\xff", "caf%E9/%FF"),
        ] {
            assert_eq!(Paths::default().admit(raw, false).as_deref(), Ok(path));
        }
    }

    #[test]
    fn two_entries_that_differ_by_case_are_not_both_opened() {
        let mut paths = Paths::default();
        assert!(paths.admit("Ärger.JSON".as_bytes(), false).is_ok());
        assert!(paths.admit("ärger.json".as_bytes(), false).is_err());
        assert!(paths.admit(b"dir/", true).is_ok());
        assert!(
            paths.admit(b"DIR/", true).is_ok(),
            "a folder met again is nothing"
        );
        assert!(
            paths.admit(b"Dir", false).is_err(),
            "a file in a folder's place"
        );
    }

    #[test]
    fn a_right_to_left_override_in_a_name_is_shown() {
        assert_eq!(
            printable("gnp\u{202e}.exe\u{1b}[2J".as_bytes()),
            "gnp\\u{202e}.exe\\u{1b}[2J"
        );
        assert_eq!(printable(b"a\\b\xff"), "a\\b\\xff");
    }

    proptest! {
        #[test]
        fn an_admitted_path_stays_in_its_folder(raw in proptest::collection::vec(
            prop_oneof![Just(b'.'), Just(b'/'), Just(b'\\'), Just(0), Just(b'a'), any::<u8>()], 0..12)) {
            if let Ok(path) = Paths::default().admit(&raw, false) {
                prop_assert!(!path.is_empty() && !path.contains(['\\', '\0']));
                prop_assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
            }
        }

        #[test]
        fn what_is_printable_has_no_control_characters(raw: Vec<u8>) {
            prop_assert!(printable(&raw).chars().all(|c| !is_hidden(c)));
        }
    }
}
