use super::*;

fn term(on: On, how: How, text: &str, negated: bool) -> Term {
    Term {
        on,
        how,
        text: text.into(),
        negated,
    }
}

#[test]
fn words_fields_quotes_and_not() {
    let query = parse(
        r#"jti:7f0c type:token.* -actor:"system:node a" *stray secret:*pay* arn:aws:iam::1:role/x"#,
    )
    .unwrap();
    assert_eq!(
        query.terms,
        [
            term(On::Any, How::Contains, "jti:7f0c", false),
            term(On::Column(Column::Type), How::Begins, "token.", false),
            term(On::Column(Column::Actor), How::Is, "system:node a", true),
            term(On::Any, How::Contains, "*stray", false),
            term(On::Column(Column::Secret), How::Contains, "pay", false),
            term(On::Any, How::Contains, "arn:aws:iam::1:role/x", false),
        ]
    );
}

#[test]
fn a_malformed_time_filter_matched_nothing_in_silence() {
    let failure = parse("actor:x time>=2026-13-01T00:00:00Z").unwrap_err();
    assert_eq!(failure.code, "query");
    assert!(
        failure.message.contains("character 9"),
        "{}",
        failure.message
    );
    let query = parse("time>=2026-06-12T00:00:00Z time<2026-06-12T00:00:01Z").unwrap();
    assert_eq!(query.until.unwrap().0 - query.from.unwrap().0, 1_000_000);
}

#[test]
fn mistakes_point_at_their_place() {
    for (text, column) in [
        (r#"a "b"#, 3),
        ("x who:me", 3),
        ("verdict:good", 9),
        ("type: x", 1),
        ("a -status:200", 3),
        ("actor:/(/", 7),
        ("ä /[/", 3),
        ("id:/x/", 4),
        ("seq:-1", 5),
        ("seq>=1.5", 6),
        ("type>=x", 1),
        ("-time:2026-06-12T00:00:00Z", 1),
        (
            "-verdict:verified -verdict:intact -verdict:unproven -verdict:contradicted -verdict:unchecked",
            75,
        ),
    ] {
        let failure = parse(text).unwrap_err();
        assert!(
            failure.message.contains(&format!("character {column}:")),
            "{text}: {}",
            failure.message
        );
    }
}

#[test]
fn regular_expressions_stand_between_slashes_and_paths_do_not() {
    let query =
        parse(r#"actor:/^ci-\d+ x\/y$/ -/stray/ source:/var/log/a resource:/x raw:/a|b/ "/q/""#);
    assert_eq!(
        query.unwrap().terms,
        [
            term(
                On::Column(Column::Actor),
                How::Fits,
                r"^ci-\d+ x\/y$",
                false
            ),
            term(On::Any, How::Fits, "stray", true),
            term(On::Path, How::Is, "/var/log/a", false),
            term(On::Column(Column::Resource), How::Is, "/x", false),
            term(On::Raw, How::Fits, "a|b", false),
            term(On::Any, How::Contains, "/q/", false),
        ]
    );
}

#[test]
fn numbers_and_times_compare_and_a_minus_turns_them_round() {
    let range = |text: &str| match parse(text).unwrap().terms[..] {
        [
            Term {
                on: On::Seq(first, last),
                negated: false,
                ..
            },
        ] => (first, last),
        ref other => panic!("{other:?}"),
    };
    assert_eq!(range("seq:907"), (907, 907));
    assert_eq!(range("seq>=900"), (900, u64::MAX));
    assert_eq!(range("seq>900"), (901, u64::MAX));
    assert_eq!(range("seq<=900"), (0, 900));
    assert_eq!(range("seq<900"), (0, 899));
    assert_eq!(range("seq<0"), (1, 0));
    assert_eq!(range("seq>18446744073709551615"), (1, 0));
    let window = |text: &str| {
        let query = parse(text).unwrap();
        (
            query.from.map(|time| time.0),
            query.until.map(|time| time.0),
        )
    };
    let t = "1970-01-01T00:00:01Z";
    let second = 1_000_000;
    assert_eq!(
        window(&format!("time:{t}")),
        (Some(second), Some(second + 1))
    );
    assert_eq!(window(&format!("time>={t}")), (Some(second), None));
    assert_eq!(window(&format!("time>{t}")), (Some(second + 1), None));
    assert_eq!(window(&format!("time<={t}")), (None, Some(second + 1)));
    assert_eq!(window(&format!("-time<{t}")), (Some(second), None));
    assert_eq!(window(&format!("-time>={t}")), (None, Some(second)));
}

#[test]
fn ids_and_bytes_have_fields_of_their_own() {
    let query =
        parse(r#"id:dc9c9f74*x raw:"a b" raw:*part* -raw:word kind:agent event:AssumeRole"#);
    assert_eq!(
        query.unwrap().terms,
        [
            term(On::NativeId, How::Is, "dc9c9f74*x", false),
            term(On::Raw, How::Contains, "a b", false),
            term(On::Raw, How::Contains, "part", false),
            term(On::Raw, How::Contains, "word", true),
            term(On::Column(Column::ActorKind), How::Is, "agent", false),
            term(On::Column(Column::NativeType), How::Is, "AssumeRole", false),
        ]
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_query_fail_but_with_a_place(text in "[-a-z:<>=/\"\\\\ *é]{0,24}|.{0,24}") {
        if let Err(failure) = parse(&text) {
            proptest::prop_assert_eq!(failure.code, "query");
            proptest::prop_assert!(failure.message.contains("at character "));
        }
    }
}
