//! The strict reader: whatever it accepts has a canonical form that reads back as itself.
#![no_main]

use evidence::json::{DEEPEST, canonical, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = read(bytes, DEEPEST) else {
        return;
    };
    let mut form = Vec::new();
    if document.lapse.is_some() || canonical(&document.root, &mut form).is_err() {
        return;
    }
    let again = read(&form, DEEPEST).expect("a canonical form is JSON");
    // 7e19 is written as an integer beyond 2^53, which a reader may round.
    if again.lapse.is_some() {
        return;
    }
    let mut twice = Vec::new();
    canonical(&again.root, &mut twice).expect("and has a canonical form");
    assert_eq!(form, twice);
});
