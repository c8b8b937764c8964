//! The one rule, held against published vectors, against another verifier, and against itself
//! however the signatures are grouped.

use super::*;
use crate::keys::samples::{self, hex};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

/// A key, a message, a signature.
type Case = ([u8; 32], Vec<u8>, [u8; 64]);

fn hex_array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().expect("the right length")
}

/// What [`verify`] says of each, once [`Prepared`] has said the same of each: alone, all together,
/// in reverse, and in several threads.
fn checks(cases: &[Case]) -> Vec<Check> {
    let single: Vec<Check> = cases
        .iter()
        .map(|(key, message, signature)| verify(key, message, signature))
        .collect();
    let mut keys: Vec<[u8; 32]> = cases.iter().map(|(key, ..)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let prepared = Prepared::new(&key);
        assert_eq!(prepared.key(), &key);
        let (jobs, expected): (Vec<_>, Vec<_>) = cases
            .iter()
            .zip(&single)
            .filter(|((of, ..), _)| *of == key)
            .map(|((_, message, signature), check)| ((&message[..], signature), *check))
            .unzip();
        for (job, check) in jobs.iter().zip(&expected) {
            assert_eq!(prepared.verify_many(&[*job]), [*check]);
        }
        assert_eq!(prepared.verify_many(&jobs), expected);
        let reversed: Vec<_> = jobs.iter().rev().copied().collect();
        let mut found = prepared.verify_many(&reversed);
        found.reverse();
        assert_eq!(found, expected);
        std::thread::scope(|scope| {
            for part in [2, 5] {
                let (prepared, jobs, expected) = (&prepared, &jobs, &expected);
                scope.spawn(move || {
                    let found: Vec<_> = jobs
                        .chunks(part)
                        .flat_map(|jobs| prepared.verify_many(jobs))
                        .collect();
                    assert_eq!(&found, expected);
                });
            }
        });
    }
    single
}

#[test]
fn nothing_to_check_is_nothing() {
    assert_eq!(Prepared::new(&[0; 32]).verify_many(&[]), []);
    let key = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
    assert_eq!(Prepared::new(&key).verify_many(&[]), []);
}

#[test]
fn the_example_of_rfc_8032_is_valid() {
    // RFC 8032, 7.1, TEST 2.
    let key = hex_array("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    let signature = hex_array(concat!(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ));
    let right = (key, vec![0x72], signature);
    let wrong = (key, vec![0x73], signature);
    assert_eq!(checks(&[right, wrong]), [Check::Valid, Check::Invalid]);
}

/// The twelve cases of "Taming the many EdDSAs" (eprint 2020/1244), from
/// github.com/novifinancial/ed25519-speccheck, cases.json: message, key, signature, and what
/// follows from the results printed there. *Dalek strict* passes only case 3; *Zebra* (ZIP 215)
/// passes all but 6, 7 and 8.
const SPECCHECK: [(&str, &str, &str, Check); 12] = [
    (
        "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        concat!(
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        Check::Weak,
    ),
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        concat!(
            "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
            "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"
        ),
        Check::Weak,
    ),
    (
        "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        concat!(
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e"
        ),
        Check::Weak,
    ),
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        concat!(
            "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f",
            "87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"
        ),
        Check::Valid,
    ),
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        concat!(
            "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512",
            "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"
        ),
        Check::Weak,
    ),
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        concat!(
            "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7",
            "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405"
        ),
        Check::Weak,
    ),
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        concat!(
            "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e",
            "547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514"
        ),
        Check::Invalid,
    ),
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        concat!(
            "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942",
            "7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22"
        ),
        Check::Invalid,
    ),
    (
        "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        concat!(
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f"
        ),
        Check::Invalid,
    ),
    (
        "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        concat!(
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "ca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908"
        ),
        Check::Weak,
    ),
    (
        "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        concat!(
            "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc",
            "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"
        ),
        Check::Weak,
    ),
    (
        "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        concat!(
            "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc",
            "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"
        ),
        Check::Weak,
    ),
];

#[test]
fn the_twelve_cases_of_taming_the_many_eddsas() {
    let cases: Vec<Case> = SPECCHECK
        .iter()
        .map(|(message, key, signature, _)| (hex_array(key), hex(message), hex_array(signature)))
        .collect();
    assert_eq!(checks(&cases), SPECCHECK.map(|case| case.3));
}

#[test]
fn published_wycheproof_cases() {
    let Some(file) = samples::json("vectors/wycheproof.tar.gz", "wycheproof/ed25519_test.json")
    else {
        return;
    };
    let (mut valid, mut invalid) = (0, 0);
    let mut weak: Vec<u64> = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        let key = hex_array(group["publicKey"]["pk"].as_str().unwrap());
        let mut cases = Vec::new();
        let mut expected = Vec::new();
        for test in group["tests"].as_array().unwrap() {
            let text = |name: &str| test[name].as_str().unwrap();
            let is_valid = text("result") == "valid";
            *(if is_valid { &mut valid } else { &mut invalid }) += 1;
            // A signature of another length does not get past this crate's types.
            if let Ok(signature) = <[u8; 64]>::try_from(hex(text("sig"))) {
                cases.push((key, hex(text("msg")), signature));
                expected.push((test["tcId"].as_u64().unwrap(), is_valid));
            } else {
                assert!(!is_valid);
            }
        }
        for (check, (number, is_valid)) in checks(&cases).into_iter().zip(expected) {
            assert_eq!(check == Check::Valid, is_valid, "{number}");
            if check == Check::Weak {
                weak.push(number);
            }
        }
    }
    // "R encodes y = 1 with the sign bit of x set […] Accepted only by verifiers that ignore the
    // sign of x": lenient ones, as ZIP 215 is.
    assert_eq!(weak, [151]);
    assert_eq!((valid, invalid), (88, 63));
}

#[test]
fn keys_are_refused_for_what_is_wrong_with_them() {
    // y = 2 is on no point (RFC 8032 decoding, reckoned with python).
    let mut two = [0; 32];
    two[0] = 2;
    assert_eq!(check_key(&two), Err(KeyFault::NotAPoint));
    for point in EIGHT_TORSION {
        assert_eq!(check_key(&point.compress().0), Err(KeyFault::SmallOrder));
    }
    // p + 3: the point with y = 3 in an encoding that is not reduced (p = 2^255 − 19).
    let mut unreduced = [0xff; 32];
    unreduced[0] = 0xf0;
    unreduced[31] = 0x7f;
    assert_eq!(check_key(&unreduced), Err(KeyFault::NotCanonical));
    let mut reduced = [0; 32];
    reduced[0] = 3;
    assert_eq!(check_key(&reduced), Ok(()));
    // x = 0 with the sign of a negative x.
    let mut negative_zero = [0; 32];
    negative_zero[0] = 1;
    negative_zero[31] = 0x80;
    assert_eq!(check_key(&negative_zero), Err(KeyFault::NotCanonical));
    let key = SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
    assert_eq!(check_key(&key), Ok(()));
}

/// S + n·L, where that fits 32 bytes.
fn with_s_raised(signature: &[u8; 64], times: u32) -> Option<[u8; 64]> {
    // L, RFC 8032, 5.1, little-endian.
    let l: [u8; 32] = hex_array("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut out = *signature;
    for _ in 0..times {
        let mut carry = 0u16;
        for (byte, add) in out[32..].iter_mut().zip(l) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = sum as u8;
            carry = sum >> 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(out)
}

#[test]
fn s_at_or_past_l_is_invalid() {
    let signer = SigningKey::from_bytes(&[2; 32]);
    let key = signer.verifying_key().to_bytes();
    let signature = signer.sign(b"message").to_bytes();
    let mut cases: Vec<Case> = vec![(key, b"message".to_vec(), signature)];
    for times in 1..16 {
        if let Some(raised) = with_s_raised(&signature, times) {
            cases.push((key, b"message".to_vec(), raised));
        }
    }
    assert!(cases.len() > 10);
    let found = checks(&cases);
    assert_eq!(found[0], Check::Valid);
    assert!(found[1..].iter().all(|check| *check == Check::Invalid));
}

/// A signature by someone who holds the key and adds points of small order to A and R.
fn sign_with_small_order(a: &Scalar, key: [u8; 32], r_part: EdwardsPoint, message: &[u8]) -> Case {
    let nonce = Scalar::from_bytes_mod_order_wide(
        &Sha512::new()
            .chain_update(a.as_bytes())
            .chain_update(message)
            .finalize()
            .into(),
    );
    let r = (ED25519_BASEPOINT_POINT * nonce + r_part).compress().0;
    let s = nonce + challenge(&r, &key, message) * a;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(s.as_bytes());
    (key, message.to_vec(), signature)
}

#[test]
fn mixed_keys_are_valid_where_the_strict_equation_holds_and_weak_where_only_the_lenient_does() {
    let a = Scalar::from(0x1234_5678_9abc_u64);
    let mut cases = Vec::new();
    let mut expected = Vec::new();
    for (a_part, a_point) in EIGHT_TORSION.iter().enumerate() {
        let key = (ED25519_BASEPOINT_POINT * a + a_point).compress().0;
        for (r_part, r_point) in EIGHT_TORSION.into_iter().enumerate() {
            for n in 0..24u32 {
                let message = [b"message ".as_slice(), &n.to_be_bytes()].concat();
                let case = sign_with_small_order(&a, key, r_point, &message);
                // sB − kA − R = −(k·a_part + r_part)·T for the generator T of the eight points,
                // with k as the integer below L.
                let k = challenge(&halves(&case.2).0, &key, &message);
                let left = (usize::from(k.as_bytes()[0]) * a_part + r_part) % 8;
                expected.push(if left == 0 { Check::Valid } else { Check::Weak });
                cases.push(case);
            }
        }
    }
    assert_eq!(checks(&cases), expected);
    let weak = expected
        .iter()
        .filter(|check| **check == Check::Weak)
        .count();
    assert!(
        weak > 800 && weak < cases.len() - 100,
        "both kinds are there: {weak}"
    );
}

#[test]
fn under_a_key_of_small_order_nothing_is_valid() {
    let mut cases = Vec::new();
    for (i, key) in EIGHT_TORSION.iter().enumerate() {
        for r in EIGHT_TORSION {
            // S = 0: [8](0 − kA − R) is the identity whatever k is.
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&r.compress().0);
            cases.push((key.compress().0, vec![i as u8], signature));
        }
    }
    assert!(checks(&cases).iter().all(|check| *check == Check::Weak));
}

#[test]
fn an_r_of_small_order_is_weak_even_where_the_strict_equation_holds() {
    let a = Scalar::from(99u64);
    let key = (ED25519_BASEPOINT_POINT * a).compress().0;
    let mut cases = Vec::new();
    for r in EIGHT_TORSION {
        let r = r.compress().0;
        let s = challenge(&r, &key, b"m") * a;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&r);
        signature[32..].copy_from_slice(s.as_bytes());
        cases.push((key, b"m".to_vec(), signature));
    }
    // Of these the identity, r[0], makes sB = R + kA hold as it stands.
    assert!(checks(&cases).iter().all(|check| *check == Check::Weak));
}

#[test]
fn encodings_that_are_not_canonical_are_never_valid() {
    // y from p to 2^255 − 1, both signs: those that decode pass for A and for R only leniently.
    let a = Scalar::from(5u64);
    let key = (ED25519_BASEPOINT_POINT * a).compress().0;
    let mut decodable = 0;
    for low in 0xed..=0xff_u8 {
        for sign in [0x7f, 0xff] {
            let mut encoding = [0xff; 32];
            (encoding[0], encoding[31]) = (low, sign);
            let mut as_r = [0; 64];
            as_r[..32].copy_from_slice(&encoding);
            let mut as_key = [0; 64];
            as_key[0] = 1;
            let found = checks(&[(key, vec![], as_r), (encoding, vec![], as_key)]);
            assert!(
                !found.contains(&Check::Valid),
                "{low:x} {sign:x}: {found:?}"
            );
            if CompressedEdwardsY(encoding).decompress().is_some() {
                decodable += 1;
            } else {
                assert_eq!(found, [Check::Invalid, Check::Invalid]);
            }
        }
    }
    assert!(decodable > 10, "{decodable}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_valid_is_what_another_strict_verifier_passes(
        seed in any::<[u8; 32]>(),
        message in proptest::collection::vec(any::<u8>(), 0..300),
        flip in proptest::option::of((0usize..64, 0u8..8)),
        small in 0usize..8,
    ) {
        let signer = SigningKey::from_bytes(&seed);
        let key = signer.verifying_key();
        let mut cases = vec![(key.to_bytes(), message.clone(), signer.sign(&message).to_bytes())];
        if let Some((byte, bit)) = flip {
            cases[0].2[byte] ^= 1 << bit;
        }
        let a = Scalar::from_bytes_mod_order(seed);
        let mixed = (ED25519_BASEPOINT_POINT * a + EIGHT_TORSION[small]).compress().0;
        for r_part in EIGHT_TORSION {
            cases.push(sign_with_small_order(&a, mixed, r_part, &message));
        }
        for ((key, message, signature), check) in cases.iter().zip(checks(&cases)) {
            let passes = ed25519_dalek::VerifyingKey::from_bytes(key).is_ok_and(|key| {
                let signature = ed25519_dalek::Signature::from_bytes(signature);
                key.verify_strict(message, &signature).is_ok()
            });
            // All points here are encoded canonically, which is all that the other leaves out.
            prop_assert_eq!(check == Check::Valid, passes);
        }
    }

    #[test]
    fn any_bytes_are_checked_without_panic_and_alike(
        key in any::<[u8; 32]>(),
        jobs in proptest::collection::vec(
            (proptest::collection::vec(any::<u8>(), 0..20), any::<[u8; 32]>(), any::<[u8; 32]>()),
            0..4,
        ),
    ) {
        let cases: Vec<Case> = jobs
            .into_iter()
            .map(|(message, r, s)| (key, message, [r, s].concat().try_into().unwrap()))
            .collect();
        prop_assert!(!checks(&cases).contains(&Check::Valid));
    }
}
