//! `exhibit demo`

use crate::program::run;
use insta::assert_snapshot;

#[test]
fn the_demonstration_is_written_and_does_what_its_own_words_say() {
    let dir = tempfile::tempdir().unwrap();
    let said = run(dir.path(), &["demo", "story"]).ended(0);
    assert_snapshot!(said.out, @r"
    sound     story/evidence
    tampered  story/tampered
    keys      story/keys/trusted.keys story/keys/cloudtrail-keys.json

    Next:
      exhibit import sound.exhibit story/evidence --keys story/keys/trusted.keys --keys story/keys/cloudtrail-keys.json
      exhibit import tampered.exhibit story/tampered --keys story/keys/trusted.keys --keys story/keys/cloudtrail-keys.json
    ");
    // The lines that it proposes, as they stand there.
    for (line, status) in said
        .out
        .lines()
        .filter_map(|line| line.trim().strip_prefix("exhibit "))
        .zip([0, 1])
    {
        run(dir.path(), &line.split(' ').collect::<Vec<_>>()).ended(status);
    }
    let counts =
        |case: &str| run(dir.path(), &["verify", case, "--json"]).json()["records"].to_string();
    assert_snapshot!([counts("sound.exhibit"), counts("tampered.exhibit")].join("\n"), @r#"
    {"contradicted":0,"intact":336,"total":5070,"unproven":1086,"verified":3648}
    {"contradicted":55,"intact":336,"total":5056,"unproven":1085,"verified":3580}
    "#);
}

#[test]
fn a_folder_that_is_in_use_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine"), "").unwrap();
    assert_snapshot!(run(dir.path(), &["demo", "."]).refused(2), @r"
    exhibit: . is there already and is no empty folder. [folder-in-use]
             Give a new folder.
    ");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    let json = run(dir.path(), &["demo", "new", "--json"]).ended(0).json();
    assert_eq!(
        json["keys"],
        serde_json::json!(["new/keys/trusted.keys", "new/keys/cloudtrail-keys.json"])
    );
}
