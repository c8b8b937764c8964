//! Hazards of the whole process: a crash, Ctrl-C, a full disk.

#![cfg(unix)]

use crate::program::{Said, exhibit, imported, program, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tests::Site;

/// Enough that reading it takes seconds.
const MANY: u64 = 120_000;

/// A case with a bundle in it, and more evidence beside it.
fn site() -> Site {
    let site = imported();
    scenario::site::vault(&site.at("more/audit.log"), MANY).unwrap();
    site
}

fn start(site: &Site) -> Child {
    program(&site.at(""))
        .args(["import", "case.exhibit", "more", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the import has written a good deal of what it reads.
fn until_it_writes(child: &mut Child, case: &Path) {
    let wal = PathBuf::from(format!("{}-wal", case.display()));
    let (before, end) = (
        fs::metadata(case).unwrap().len(),
        Instant::now() + Duration::from_secs(60),
    );
    let grown = || {
        fs::metadata(case)
            .map_or(0, |meta| meta.len())
            .saturating_sub(before)
            + fs::metadata(&wal).map_or(0, |meta| meta.len())
    };
    while grown() < 2 << 20 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was interrupted"
        );
        assert!(Instant::now() < end, "it writes nothing");
        thread::sleep(Duration::from_millis(2));
    }
}

/// What the case says of its evidence.
fn standing(site: &Site) -> String {
    let said = exhibit(site, "timeline case.exhibit --format jsonl").ended(0);
    said.out
}

fn imports_again(site: &Site) {
    let again = exhibit(site, "import case.exhibit more --json")
        .ended(0)
        .json();
    assert_eq!(again["records"]["total"], 790 + MANY);
    assert_eq!(again["ledger"]["balanced"], true);
    assert_eq!(
        exhibit(site, "verify case.exhibit --json").ended(0).json()["records"],
        again["records"]
    );
}

#[test]
fn a_crash_in_the_middle_of_an_import_left_half_of_a_file_that_counted_as_the_whole() {
    let site = site();
    let before = standing(&site);
    let mut child = start(&site);
    until_it_writes(&mut child, &site.at("case.exhibit"));
    child.kill().unwrap();
    child.wait().unwrap();

    // Who only looks does not see it; who opens the case to write is told what happened.
    assert_eq!(standing(&site), before);
    let verified = exhibit(&site, "verify case.exhibit --json");
    assert_eq!(verified.status, Some(0));
    assert!(
        verified
            .err
            .starts_with("exhibit: An import of more that began at 20")
            && verified
                .err
                .contains(" was cut off before its end. What it had written (files: 1, records: ")
            && verified.err.ends_with(") was removed; import it again.\n"),
        "{}",
        verified.err
    );
    assert_eq!(verified.json()["records"]["total"], 790);
    assert_eq!(standing(&site), before);
    let custody = exhibit(&site, "custody case.exhibit --json")
        .ended(0)
        .json();
    let acts: Vec<_> = custody["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        acts,
        [
            "create",
            "trust-add",
            "import",
            "import-interrupted",
            "verify"
        ]
    );
    imports_again(&site);
}

#[test]
fn ctrl_c_leaves_a_sound_case() {
    let site = site();
    let before = standing(&site);
    let mut child = start(&site);
    until_it_writes(&mut child, &site.at("case.exhibit"));
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let said: Said = child.wait_with_output().unwrap().into();
    assert_eq!((said.status, said.out.as_str()), (Some(130), ""));
    assert_eq!(
        said.err,
        "exhibit: Stopped on request. The case is as it was before. [stopped]\n         Start it again whenever you like.\n"
    );

    assert_eq!(standing(&site), before);
    let left: Vec<_> = fs::read_dir(site.at(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("case."))
        .collect();
    assert_eq!(left, ["case.exhibit"], "one file again");
    exhibit(&site, "verify case.exhibit").ended(0);
    imports_again(&site);
}

#[test]
fn ctrl_c_in_the_first_import_leaves_no_case() {
    let site = Site::lay(scenario::Size::none());
    scenario::site::vault(&site.at("more/audit.log"), MANY).unwrap();
    let mut child = start(&site);
    let end = Instant::now() + Duration::from_secs(60);
    while !site.at("case.exhibit").exists() {
        assert!(Instant::now() < end);
        thread::sleep(Duration::from_millis(2));
    }
    until_it_writes(&mut child, &site.at("case.exhibit"));
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let said: Said = child.wait_with_output().unwrap().into();
    assert_eq!((said.status, said.out.as_str()), (Some(130), ""));
    let left: Vec<_> = fs::read_dir(site.at(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("case."))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A small disk of its own, seen by the script alone: `$1` the program, `$2` the mount point, `$3`
/// the case, `$4` the evidence.
#[cfg(target_os = "linux")]
const FULL: &str = r#"
mount -t tmpfs -o size=4m none "$2" 2>/dev/null || exit 77
cp "$3" "$2/case.exhibit"
cd "$2"
"$1" timeline case.exhibit --format jsonl > "$2.before" || exit 70
"$1" import case.exhibit "$4" --json > "$2.out" 2> "$2.err"
status=$?
"$1" timeline case.exhibit --format jsonl > "$2.after" || exit 71
mount -o remount,size=64m "$2" || exit 72
"$1" verify case.exhibit --json > "$2.verified" 2> "$2.verified.err" || exit 73
"$1" timeline case.exhibit --format jsonl >> "$2.after" || exit 74
"$1" custody case.exhibit > /dev/null || exit 75
exit $status
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_status_3_and_the_case_opens_again() {
    let site = site();
    let mount = site.at("disk");
    fs::create_dir(&mount).unwrap();
    let tried = Command::new("unshare")
        .args([
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            FULL,
            "sh",
            env!("CARGO_BIN_EXE_exhibit"),
        ])
        .args([&mount, &site.at("case.exhibit"), &site.at("more")])
        .stderr(Stdio::null())
        .status();
    let text =
        |end: &str| fs::read_to_string(format!("{}.{end}", mount.display())).unwrap_or_default();
    match tried.ok().and_then(|status| status.code()) {
        Some(3) => {}
        // 1: `unshare` itself was refused, and the script did not begin.
        None | Some(77 | 127) => {
            return eprintln!("skipped: a small disk of its own cannot be mounted here");
        }
        Some(1) if text("before").is_empty() => {
            return eprintln!("skipped: a small disk of its own cannot be mounted here");
        }
        Some(other) => panic!("{other}: {} {}", text("err"), text("verified.err")),
    }
    assert_eq!(text("out"), "");
    assert_eq!(
        text("err"),
        "exhibit: The disk is full. Nothing of this was kept; the case is as it was before. [disk-full]\n         Make room where the case lies, and start again.\n"
    );
    // As it was at once, and after room was made.
    assert_eq!(text("after"), text("before").repeat(2));
    assert!(
        text("verified").contains("\"total\": 790"),
        "{}",
        text("verified")
    );
}

#[test]
fn a_case_that_is_open_for_writing_elsewhere_is_said_so() {
    let site = site();
    let mut child = start(&site);
    until_it_writes(&mut child, &site.at("case.exhibit"));
    assert!(
        exhibit(&site, "verify case.exhibit --json")
            .refused(2)
            .contains("[case-in-use]")
    );
    // Reading goes on beside it.
    run(&site.at(""), &["timeline", "case.exhibit", "--limit", "1"]).ended(0);
    child.kill().unwrap();
    child.wait().unwrap();
}
