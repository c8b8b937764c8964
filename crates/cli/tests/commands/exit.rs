//! How a call ends, whatever the command.

use crate::program::{exhibit, imported, run, tampered};

#[test]
fn status_0_is_nothing_contradicted_and_1_something() {
    let (sound, tampered) = (imported(), tampered());
    for command in [
        "verify case.exhibit",
        "trust case.exhibit add keys/trusted.keys",
        "import case.exhibit evidence",
    ] {
        for json in ["", " --json"] {
            let line = format!("{command}{json}");
            assert_eq!(
                (
                    exhibit(&sound, &line).status,
                    exhibit(&tampered, &line).status
                ),
                (Some(0), Some(1)),
                "{line}"
            );
        }
    }
    // These show, and do not judge.
    for command in [
        "timeline case.exhibit",
        "custody case.exhibit",
        "trust case.exhibit list",
    ] {
        assert_eq!(exhibit(&tampered, command).status, Some(0), "{command}");
    }
}

#[test]
fn json_prints_exactly_one_document() {
    let site = tampered();
    std::fs::write(
        site.at("collector"),
        tests::openssh_key(&scenario::keys::Keys::from_seed(7).collector),
    )
    .unwrap();
    for command in [
        "import case.exhibit evidence",
        "import new.exhibit evidence",
        "verify case.exhibit",
        "trust case.exhibit list",
        "trust case.exhibit add keys/trusted.keys",
        "timeline case.exhibit",
        "timeline case.exhibit --format csv",
        "timeline case.exhibit --format jsonl",
        "timeline case.exhibit actor:nobody",
        "record case.exhibit example.com/payments:1",
        "custody case.exhibit",
        "seal sealed evidence --sign-with collector",
        "demo story",
    ] {
        let said = exhibit(&site, &format!("{command} --json"));
        assert!(
            matches!(said.status, Some(0 | 1)),
            "{command}: {}",
            said.err
        );
        assert!(said.json().is_object(), "{command}");
        assert!(said.out.ends_with("}\n"), "{command}");
    }
}

#[test]
fn at_2_and_3_nothing_is_on_standard_output() {
    let site = imported();
    std::fs::write(site.at("no-case"), vec![7; 9_000]).unwrap();
    for command in [
        "verify",
        "timeline",
        "custody",
        "trust list",
        "record x:1",
        "import evidence",
    ] {
        let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
        for (case, code) in [
            ("missing.exhibit", "[no-such-case]"),
            ("no-case", "[not-a-case]"),
            ("evidence", ""),
        ] {
            if name == "import" && case == "missing.exhibit" {
                continue;
            }
            for json in ["", " --json"] {
                let line = format!("{name} {case} {rest}{json}").replace("  ", " ");
                let said = exhibit(&site, line.trim_end()).refused(2);
                assert!(said.contains(code), "{line}: {said}");
            }
        }
    }
    for nonsense in [
        "",
        "nonsense",
        "verify",
        "timeline case.exhibit --limit x",
        "timeline case.exhibit --format xml",
        "verify case.exhibit --nonsense",
    ] {
        run(
            &site.at(""),
            &nonsense.split_whitespace().collect::<Vec<_>>(),
        )
        .refused(2);
    }
    assert_eq!(
        std::fs::read(site.at("no-case")).unwrap(),
        vec![7; 9_000],
        "what is no case is not touched"
    );
}

#[test]
fn evidence_however_bad_is_never_2_or_3() {
    let dir = tempfile::tempdir().unwrap();
    let bad: [(&str, &[u8]); 8] = [
        ("empty.jsonl", b""),
        ("zeros", &[0; 70_000]),
        ("half.json", b"{\"Records\":[{"),
        ("streams/x.jsonl", b"\xff\xfe\n\n{}\n[1"),
        ("manifest.dsse.json", b"{\"payload\":7}"),
        ("checkpoints/x/000000000001", b"x\n"),
        ("a.gz", b"\x1f\x8b\x08\0\0"),
        ("a.zip", b"PK\x03\x04nothing"),
    ];
    for (name, bytes) in bad {
        let path = dir.path().join("evidence").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let said = run(
        dir.path(),
        &["import", "case.exhibit", "evidence", "--json"],
    );
    assert!(matches!(said.status, Some(0 | 1)), "{said:?}");
    assert_eq!(said.json()["ledger"]["balanced"], true);
    for entry in std::fs::read_dir(dir.path().join("evidence")).unwrap() {
        let path = entry.unwrap().path();
        let case = dir
            .path()
            .join(format!("{}.exhibit", path.file_name().unwrap().display()));
        let said = run(
            dir.path(),
            &[
                std::ffi::OsStr::new("import"),
                case.as_os_str(),
                path.as_os_str(),
                std::ffi::OsStr::new("--json"),
            ],
        );
        assert!(
            matches!(said.status, Some(0 | 1)),
            "{}: {said:?}",
            path.display()
        );
        assert_eq!(said.json()["ledger"]["balanced"], true);
    }
}
