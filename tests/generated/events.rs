//! Events that are nearly JSON.

use proptest::prelude::*;

pub fn event() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "-?[0-3](\\.[05])?(e0)?",
        "(-1e309|1e309|1e-999|900719925474099[23](\\.0)?|1e3|\"1e309\"|\"1e-999\")",
        "\"[ab1*. é-]{0,4}\"",
        Just("\"\\u0061\"".to_owned()),
        Just("\"\\u0061\\ud83d\"".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
    ];
    let node = scalar.prop_recursive(3, 24, 4, |inner| {
        let member = (
            prop_oneof!["[abc]", Just("\\u0061".to_owned())],
            inner.clone(),
        );
        prop_oneof![
            proptest::collection::vec(inner, 0..4)
                .prop_map(|elements| format!("[{}]", elements.join(", "))),
            proptest::collection::vec(member, 0..4).prop_map(object),
        ]
    });
    prop_oneof![
        8 => proptest::collection::vec(("[abc]", node.clone()), 0..4).prop_map(object),
        1 => node,
        1 => "[{}\\[\\]\",:a1 ]{0,8}",
    ]
}

pub fn object(members: Vec<(String, String)>) -> String {
    let members: Vec<String> = members
        .into_iter()
        .map(|(key, value)| format!("\"{key}\" :{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}
