//! What must hold for any bytes of an object.

use proptest::prelude::*;

use crate::generated::events::event;

/// The damage that unpacking some bytes meets.
fn damage(bytes: Vec<u8>) -> Option<backtrail::internals::container::Damage> {
    let mut damage = None;
    backtrail::internals::container::unpack(bytes, &Default::default(), &mut |part| {
        damage = part.damage.clone().or(damage.take())
    });
    damage
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_content_makes_the_walk_panic(
        text in "\\PC{0,60}",
        json in "[ {}\\[\\]\",:0-9eE.nulltrefasRcodv\\\\-]{0,60}",
        event in event(),
    ) {
        let cut = event.char_indices().map(|(place, _)| place).nth(event.len() / 2).unwrap_or(0);
        let wrapped = format!("{{\"Records\":[{event},{event}");
        for text in [&text, &json, &event, &event[..cut], &wrapped] {
            let mut found = 0;
            let content = backtrail::internals::container::walk(text, &Default::default(), &mut |_| found += 1);
            prop_assert!(text.trim().is_empty() || found > 0 || content != Default::default());
        }
    }

    #[test]
    fn no_bytes_make_the_decompression_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let gzip = [&[0x1f, 0x8b, 8, 0], bytes.as_slice()].concat();
        let magics: [&[u8]; 5] =
            [b"\x28\xb5\x2f\xfd", b"BZh9", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"{"];
        prop_assert!(damage(gzip).is_some());
        for magic in magics {
            let found = damage([magic, bytes.as_slice()].concat());
            let is_packed = magic != b"{";
            prop_assert!(is_packed || found.is_none());
        }
    }
}
