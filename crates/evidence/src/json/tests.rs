//! The reader and the canonical form against published vectors, another reader, and chance.

use super::samples::archive;
use super::*;
use crate::Limits;
use proptest::prelude::*;
use std::borrow::Cow;

fn depth() -> usize {
    Limits::default().json_depth
}

fn root(text: &str) -> Value<'_> {
    read(text.as_bytes(), depth()).expect("JSON").root
}

fn lapse(text: &str) -> Option<Lapse> {
    read(text.as_bytes(), depth()).expect("JSON").lapse
}

fn error(bytes: &[u8]) -> JsonError {
    read(bytes, depth()).expect_err("not JSON")
}

fn syntax(offset: usize, expected: &'static str) -> JsonError {
    JsonError::Syntax { offset, expected }
}

fn canonical_text(value: &Value<'_>) -> Result<String, CanonicalError> {
    let mut out = Vec::new();
    canonical(value, &mut out)?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

#[test]
fn values_keep_their_order_their_numbers_and_their_repeated_members() {
    let text = r#" {"b":[1.50,-0,1e2,true,false,null,"x",[],{}],"a":"","b":{"c":"d"}} "#;
    let number = |text| Value::Number(Number(text));
    let string = |text: &'static str| Value::String(Cow::Borrowed(text));
    assert_eq!(
        root(text),
        Value::Object(Object(vec![
            (
                "b".into(),
                Value::Array(vec![
                    number("1.50"),
                    number("-0"),
                    number("1e2"),
                    Value::Bool(true),
                    Value::Bool(false),
                    Value::Null,
                    string("x"),
                    Value::Array(vec![]),
                    Value::Object(Object::default()),
                ])
            ),
            ("a".into(), string("")),
            (
                "b".into(),
                Value::Object(Object(vec![("c".into(), string("d"))]))
            ),
        ]))
    );
}

#[test]
fn a_string_is_borrowed_unless_it_has_escapes() {
    let value = root(r#"["plain ünï", "tab\t\"\\\/\b\f\n\r\u00e9\ud83d\ude02.","\u0041"]"#);
    let strings: Vec<_> = value.as_array().expect("an array").iter().collect();
    assert!(matches!(
        strings[0],
        Value::String(Cow::Borrowed("plain ünï"))
    ));
    assert_eq!(
        strings[1].as_str(),
        Some("tab\t\"\\/\u{8}\u{c}\n\r\u{e9}\u{1f602}.")
    );
    assert_eq!(strings[2].as_str(), Some("A"));
}

#[test]
fn what_is_not_json_is_refused_where_it_goes_wrong() {
    for (text, expected) in [
        ("", syntax(0, "a value")),
        ("  ", syntax(2, "a value")),
        ("\u{feff}{}", syntax(0, "a value without a byte order mark")),
        ("{\"a\":1}x", syntax(7, "the end")),
        ("{} {}", syntax(3, "the end")),
        ("[1,]", syntax(3, "a value")),
        ("[1 2]", syntax(3, "',' or ']'")),
        ("[1}", syntax(2, "',' or ']'")),
        ("{\"a\" 1}", syntax(5, "':'")),
        ("{\"a\":1,}", syntax(7, "a member name")),
        ("{\"a\":1]", syntax(6, "',' or '}'")),
        ("{a:1}", syntax(1, "a member name")),
        ("[01]", syntax(2, "no digit after a leading zero")),
        ("-", syntax(1, "a digit")),
        ("1.", syntax(2, "a digit")),
        ("1e+", syntax(3, "a digit")),
        ("+1", syntax(0, "a value")),
        ("NaN", syntax(0, "a value")),
        ("tru", syntax(0, "a value")),
        ("truee", syntax(4, "the end")),
        ("\"a", syntax(2, "the end of the string")),
        ("\"a\nb\"", syntax(2, "no bare control character")),
        ("\"\\x\"", syntax(2, "an escape")),
        ("\"\\u00g0\"", syntax(3, "four hexadecimal digits")),
        ("\"\\u+123\"", syntax(3, "four hexadecimal digits")),
        ("\"\\", syntax(2, "an escape")),
        ("'a'", syntax(0, "a value")),
        ("[1]\u{a0}", syntax(3, "the end")),
        ("[1]\0", syntax(3, "the end")),
        ("// c\n1", syntax(0, "a value")),
    ] {
        assert_eq!(error(text.as_bytes()), expected, "{text:?}");
    }
    assert_eq!(error(b"[\"a\xff\"]"), JsonError::Utf8 { offset: 3 });
    assert_eq!(error(b"[\"\xc3"), JsonError::Utf8 { offset: 2 });
    assert_eq!(error(b"\"\xed\xa0\x80\""), JsonError::Utf8 { offset: 1 });
}

#[test]
fn the_depth_is_bounded_and_reached() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(read(&nested(128), 128).is_ok());
    assert_eq!(
        read(&nested(129), 128),
        Err(JsonError::Depth { limit: 128 })
    );
    assert_eq!(read(b"1", 0).map(|document| document.lapse), Ok(None));
    assert_eq!(read(b"{}", 0), Err(JsonError::Depth { limit: 0 }));
    assert!(read(&nested(DEEPEST), usize::MAX).is_ok());
    assert_eq!(
        read(&nested(DEEPEST + 1), usize::MAX),
        Err(JsonError::Depth { limit: DEEPEST })
    );
}

#[test]
fn a_document_nested_100_000_deep_is_refused_whatever_the_limit() {
    let arrays = vec![b'['; 100_000];
    let objects = b"{\"a\":".repeat(100_000);
    for bytes in [arrays, objects] {
        assert_eq!(read(&bytes, 128), Err(JsonError::Depth { limit: 128 }));
        assert_eq!(
            read(&bytes, 1_000_000),
            Err(JsonError::Depth { limit: DEEPEST })
        );
    }
}

#[test]
fn the_deepest_value_is_copied_compared_and_written_on_a_small_stack() {
    let text = [
        b"{\"a\":".repeat(DEEPEST),
        b"1".to_vec(),
        b"}".repeat(DEEPEST),
    ]
    .concat();
    let work = move || {
        let value = read(&text, DEEPEST).expect("JSON").root;
        let copy = value.clone();
        assert!(copy == value);
        assert_eq!(canonical_text(&value).expect("canonical").as_bytes(), text);
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work);
    thread.expect("a thread").join().expect("no overflow");
}

#[test]
fn members_that_stand_twice_are_told_at_any_depth_and_by_their_unescaped_name() {
    let twice = |name: &str| {
        Some(Lapse::DuplicateMember {
            name: name.to_string(),
        })
    };
    assert_eq!(lapse(r#"{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}"#), None);
    assert_eq!(lapse(r#"{"a":1,"b":2,"a":3}"#), twice("a"));
    assert_eq!(lapse(r#"[[{"x":{"a":1,"\u0061":1}}]]"#), twice("a"));
    assert_eq!(lapse(r#"{"":1,"":2}"#), twice(""));
    assert_eq!(lapse("{\"\u{e9}\":1,\"e\u{301}\":2}"), None);
    let many = |last: &str| {
        let members: Vec<_> = (0..1000).map(|i| format!("\"k{i}\":0")).collect();
        format!("{{{},\"{last}\":0}}", members.join(","))
    };
    assert_eq!(lapse(&many("k1000")), None);
    assert_eq!(lapse(&many("k\\u0037")), twice("k7"));
}

#[test]
fn lone_surrogates_are_told_and_read_as_replacement_characters() {
    for (text, read_as, told) in [
        (r#""\ud83d\ude02""#, "\u{1f602}", false),
        (r#""\uDBFF\uDFFF""#, "\u{10ffff}", false),
        (r#""\ud800\udc00""#, "\u{10000}", false),
        (r#""\ufffd""#, "\u{fffd}", false),
        (r#""\ud800""#, "\u{fffd}", true),
        (r#""\udc00x""#, "\u{fffd}x", true),
        (r#""\ud800\ud83d\ude02""#, "\u{fffd}\u{1f602}", true),
        (r#""\ud800\n""#, "\u{fffd}\n", true),
        (r#""\ude02\ud83d""#, "\u{fffd}\u{fffd}", true),
        (r#""\ud800\u0041""#, "\u{fffd}A", true),
    ] {
        let document = read(text.as_bytes(), depth()).expect("JSON");
        assert_eq!(document.root.as_str(), Some(read_as), "{text}");
        assert_eq!(
            document.lapse,
            told.then_some(Lapse::LoneSurrogate),
            "{text}"
        );
    }
    assert_eq!(
        error(br#""\ud800\u12""#),
        syntax(9, "four hexadecimal digits")
    );
    assert_eq!(lapse(r#"{"\udc00":1}"#), Some(Lapse::LoneSurrogate));
}

#[test]
fn integers_above_2_to_53_are_told_and_not_read_as_floats() {
    let big = |text: &str| {
        Some(Lapse::BigInteger {
            text: text.to_string(),
        })
    };
    for text in [
        "9007199254740991",
        "-9007199254740991",
        "1e300",
        "9007199254740993.0",
        "0.1",
    ] {
        assert_eq!(lapse(text), None, "{text}");
    }
    for text in [
        "9007199254740992",
        "-9007199254740992",
        "9007199254740993",
        "10000000000000000",
        "18446744073709551616",
        "123456789012345678901234567890",
    ] {
        assert_eq!(lapse(text), big(text), "{text}");
    }
    assert_eq!(
        root("9007199254740993").as_u64(),
        Some(9_007_199_254_740_993)
    );
}

#[test]
fn the_first_lapse_is_the_one_told() {
    assert_eq!(
        lapse(r#"["\ud800", 9007199254740993, {"a":1,"a":2}]"#),
        Some(Lapse::LoneSurrogate)
    );
    assert_eq!(
        lapse(r#"[{"a":1,"a":2}, "\ud800"]"#),
        Some(Lapse::DuplicateMember {
            name: "a".to_string()
        })
    );
}

#[test]
fn a_big_integer_hides_no_other_lapse() {
    assert_eq!(
        lapse(r#"[9007199254740993, "\ud800"]"#),
        Some(Lapse::LoneSurrogate)
    );
    assert_eq!(
        lapse(r#"[9007199254740993, {"a":1,"a":2}, 9007199254740995]"#),
        Some(Lapse::DuplicateMember {
            name: "a".to_string()
        })
    );
    assert_eq!(
        lapse("[9007199254740993, 9007199254740995]"),
        Some(Lapse::BigInteger {
            text: "9007199254740993".to_string()
        }),
    );
}

#[test]
fn json_test_suite() {
    let Some(files) = archive("vectors/json-test-suite.tar.gz") else {
        return;
    };
    let mut counts = [0; 3];
    for (path, bytes) in &files {
        let Some(name) = path.strip_prefix("json-test-suite/test_parsing/") else {
            continue;
        };
        let result = read(bytes, depth());
        match name.as_bytes()[0] {
            b'y' => {
                assert!(result.is_ok(), "{name}: {result:?}");
                counts[0] += 1;
            }
            b'n' => {
                assert!(result.is_err(), "{name}: {result:?}");
                counts[1] += 1;
            }
            _ => counts[2] += 1,
        }
    }
    assert_eq!(counts, [95, 188, 35]);
}

#[test]
fn rfc_8785_vectors() {
    let Some(files) = archive("vectors/jcs.tar.gz") else {
        return;
    };
    let mut count = 0;
    for (path, input) in &files {
        let Some(name) = path.strip_prefix("jcs/input/") else {
            continue;
        };
        let output = format!("jcs/output/{name}");
        let (_, output) = files
            .iter()
            .find(|(path, _)| *path == output)
            .expect("its output");
        let document = read(input, depth()).expect("JSON");
        assert_eq!(document.lapse, None, "{name}");
        let mut out = Vec::new();
        assert_eq!(canonical(&document.root, &mut out), Ok(()));
        assert_eq!(
            String::from_utf8_lossy(&out),
            String::from_utf8_lossy(output),
            "{name}"
        );
        count += 1;
    }
    assert_eq!(count, 6);
}

/// The published test of doubles: a hash over the first 100,000 lines `bits,text`, as the README of
/// the RFC 8785 vectors describes and states it.
#[test]
fn rfc_8785_hundred_thousand_doubles() {
    use sha2::{Digest, Sha256};
    let Some(files) = archive("vectors/jcs.tar.gz") else {
        return;
    };
    let (_, script) = files
        .iter()
        .find(|(path, _)| path == "jcs/numgen.js")
        .expect("numgen.js");
    let script = String::from_utf8_lossy(script);
    let (_, list) = script
        .split_once("staticU64s = new BigUint64Array([")
        .expect("the list");
    let (list, _) = list.split_once(']').expect("its end");
    let listed = list
        .split([',', '\n'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            let digits = word
                .strip_prefix("0x")
                .and_then(|word| word.strip_suffix('n'));
            u64::from_str_radix(digits.expect("0x…n"), 16).expect("64 bits")
        });
    let serial = (0..2000).map(|i| 0x0010_0000_0000_0000 + i);
    let mut block = [0_u8; 32];
    let hashed = std::iter::repeat_with(|| {
        block = Sha256::digest(block).into();
        block
            .as_chunks::<8>()
            .0
            .iter()
            .map(|word| u64::from_le_bytes(*word))
            .collect::<Vec<_>>()
    })
    .flatten()
    .filter(|&bits| f64::from_bits(bits).is_finite() && f64::from_bits(bits) != 0.0);
    let mut hash = Sha256::new();
    for bits in listed.chain(serial).chain(hashed).take(100_000) {
        // More digits than any double needs, so the text that is read is that double.
        let text = format!("{:.770e}", f64::from_bits(bits));
        let written = canonical_text(&root(&text)).expect("finite");
        hash.update(format!("{bits:x},{written}\n"));
    }
    let expected = "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7";
    assert_eq!(crate::Digest(hash.finalize().into()).to_string(), expected);
}

/// Of the 32 published vectors one writes 2^53 without a fraction, which RFC 8785 takes and I-JSON,
/// and so Exhibit, does not: 2^53 + 1 has the same canonical form.
#[test]
fn agent_receipts_canonicalisation_vectors() {
    let Some(files) = archive("agent-receipts.tar.gz") else {
        return;
    };
    let path = "agent-receipts/canonicalization_vectors.json";
    let (_, bytes) = files
        .iter()
        .find(|(name, _)| name == path)
        .expect("the vectors");
    let document = read(bytes, depth()).expect("JSON");
    let vectors = document
        .root
        .get("canonicalization_vectors")
        .and_then(Value::as_array);
    let mut refused = Vec::new();
    let mut count = 0;
    for vector in vectors.expect("an array") {
        let name = vector.str_at(&["name"]).expect("a name");
        count += 1;
        match canonical_text(vector.get("input").expect("an input")) {
            Ok(text) => assert_eq!(Some(&*text), vector.str_at(&["canonical"]), "{name}"),
            Err(error) => refused.push((name, error)),
        }
    }
    let number = CanonicalError::Number("9007199254740992".to_string());
    assert_eq!((count, refused), (32, vec![("number_2_to_53", number)]));
}

#[test]
fn a_repeated_member_has_no_canonical_form() {
    assert_eq!(
        canonical_text(&root(r#"[{"a":{"b":1,"c":2,"b":1}}]"#)),
        Err(CanonicalError::DuplicateMember("b".to_string())),
    );
}

/// JSON values as text, with white space and escapes that a writer might choose.
fn json_text() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        "[a-c]{0,2}",
        "\\PC{0,6}".prop_map(|text: String| text.replace(['"', '\\'], "_")),
        "(\\\\u00[0-7][0-9a-fA-F]|\\\\[bfnrt/\"\\\\]|\\\\ud83d\\\\ude02|.){0,3}".prop_filter(
            "whole escapes",
            |text: &String| serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok()
        ),
    ]
    .prop_map(|text| format!("\"{text}\""));
    let leaf = prop_oneof![
        Just("null".to_string()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i32>().prop_map(|value| value.to_string()),
        any::<f64>()
            .prop_filter("finite", |v| v.is_finite())
            .prop_map(|v| format!("{v:?}")),
        any::<f32>()
            .prop_filter("finite", |v| v.is_finite())
            .prop_map(|v| format!("{v:e}")),
        string.clone(),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        let space = "[ \n\t\r]{0,2}";
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..6), space)
                .prop_map(|(values, s)| format!("[{s}{}{s}]", values.join(&format!("{s},")))),
            (prop::collection::vec((string.clone(), inner), 0..6), space).prop_map(
                |(members, s)| {
                    let members: Vec<_> = members
                        .iter()
                        .map(|(name, value)| format!("{name}{s}:{value}"))
                        .collect();
                    format!("{{{s}{}{s}}}", members.join(","))
                }
            ),
        ]
    })
}

/// A text with one byte of it removed, repeated or replaced.
fn damaged_text() -> impl Strategy<Value = Vec<u8>> {
    (
        json_text(),
        any::<prop::sample::Index>(),
        0..3,
        prop::sample::select(b"\"\\{}[],:0-.eE ntu\x00\x1f\xff".to_vec()),
    )
        .prop_map(|(text, place, how, byte)| {
            let mut bytes = text.into_bytes();
            let at = place.index(bytes.len());
            match how {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, byte),
                _ => bytes[at] = byte,
            }
            bytes
        })
}

/// Whether both trees say the same. serde_json keeps the last of two equal members.
fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        // Its floats are off by a unit in the last place at times.
        (Value::Number(a), serde_json::Value::Number(b)) => {
            let (a, b) = (
                a.0.parse::<f64>().unwrap_or(f64::NAN),
                b.as_f64().unwrap_or(f64::NAN),
            );
            a == b || ((a - b) / b).abs() < 1e-15
        }
        (Value::String(a), serde_json::Value::String(b)) => a == b,
        (Value::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.0.len() == b.len()
                && a.0
                    .iter()
                    .all(|(name, a)| b.get(&**name).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}

fn agrees_with_serde_json(bytes: &[u8]) -> Result<(), TestCaseError> {
    let theirs = serde_json::from_slice::<serde_json::Value>(bytes);
    match read(bytes, DEEPEST) {
        Ok(Document { root, lapse: None }) => match theirs {
            Ok(theirs) => prop_assert!(same(&root, &theirs), "{root:?} {theirs:?}"),
            // It refuses numbers that no double holds; JSON does not.
            Err(error) => prop_assert!(error.to_string().starts_with("number out of range")),
        },
        Ok(_) => {}
        Err(error) => prop_assert!(theirs.is_err(), "{error}"),
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, depth in 0_usize..200) {
        let _ = read(&bytes, depth);
    }

    #[test]
    fn serde_json_accepts_and_understands_the_same(text in json_text()) {
        agrees_with_serde_json(text.as_bytes())?;
    }

    #[test]
    fn serde_json_refuses_the_same(bytes in damaged_text()) {
        agrees_with_serde_json(&bytes)?;
    }

    #[test]
    fn serde_json_refuses_the_same_soup(text in "[\\[\\]{}\",:0-9eE.+\\-ntruefals\\\\ ]{0,24}") {
        agrees_with_serde_json(text.as_bytes())?;
    }

    #[test]
    fn the_canonical_form_is_its_own_and_means_the_same(text in json_text()) {
        let document = read(text.as_bytes(), depth()).expect("JSON");
        prop_assume!(document.lapse.is_none());
        let once = canonical_text(&document.root);
        prop_assume!(once.is_ok());
        let once = once.expect("canonical");
        let again = root(&once);
        // Doubles of 2^53 and more are written without a fraction, so they are refused again.
        match canonical_text(&again) {
            Ok(twice) => prop_assert_eq!(&twice, &once),
            Err(error) => prop_assert!(matches!(error, CanonicalError::Number(_))),
        }
        let theirs = serde_json::from_str(&text).expect("JSON");
        prop_assert!(same(&again, &theirs));
    }
}
