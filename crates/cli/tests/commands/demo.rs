//! `exhibit demo`

use crate::program::run;
use insta::assert_snapshot;

#[test]
fn the_demonstration_is_written_and_does_what_its_own_words_say() {
    let dir = tempfile::tempdir().unwrap();
    let said = run(dir.path(), &["demo", "story"]).ended(0);
    assert_snapshot!(said.out, @"FILL");
    // The lines that it proposes, as they stand there.
    for (line, status) in said.out.lines().filter_map(|line| line.trim().strip_prefix("exhibit ")).zip([0, 1]) {
        run(dir.path(), &line.split(' ').collect::<Vec<_>>()).ended(status);
    }
    let counts = |case: &str| run(dir.path(), &["verify", case, "--json"]).json()["records"].to_string();
    assert_snapshot!([counts("sound.exhibit"), counts("tampered.exhibit")].join("\n"), @"FILL");
}

#[test]
fn a_folder_that_is_in_use_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine"), "").unwrap();
    assert_snapshot!(run(dir.path(), &["demo", "."]).refused(2), @"FILL");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    let json = run(dir.path(), &["demo", "new", "--json"]).ended(0).json();
    assert_eq!(json["keys"], serde_json::json!(["new/keys/trusted.keys", "new/keys/cloudtrail-keys.json"]));
}
