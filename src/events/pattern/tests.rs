use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Pattern, validate};

fn matches(pattern: Value, event: Value) -> bool {
    Pattern::parse(&pattern).expect("a valid pattern").matches(&event)
}

fn field(operator: Value, value: Value) -> bool {
    matches(json!({"a": [operator]}), json!({"a": value}))
}

#[test]
fn scalars_match_by_value_and_by_type() {
    for (expected, value, result) in [
        (json!("x"), json!("x"), true),
        (json!("x"), json!("X"), false),
        (json!("0"), json!(0), false),
        (json!(0), json!("0"), false),
        (json!(0), json!(0), true),
        (json!(300), json!(300.0), true),
        (json!(111122223333_u64), json!(111122223333_u64), true),
        (json!(true), json!(true), true),
        (json!(true), json!("true"), false),
        (json!(null), json!(null), true),
        (json!(null), json!("null"), false),
        (json!(""), json!(""), true),
    ] {
        assert_eq!(field(expected.clone(), value.clone()), result, "{expected} on {value}");
    }
}

#[test]
fn text_operators_work_on_strings_only() {
    for (operator, value, result) in [
        (json!({"prefix": "ab"}), json!("abc"), true),
        (json!({"prefix": "ab"}), json!("ABC"), false),
        (json!({"prefix": {"equals-ignore-case": "ab"}}), json!("ABC"), true),
        (json!({"prefix": ""}), json!("anything"), true),
        (json!({"prefix": "1"}), json!(12), false),
        (json!({"suffix": "bc"}), json!("abc"), true),
        (json!({"suffix": "BC"}), json!("abc"), false),
        (json!({"suffix": {"equals-ignore-case": "BC"}}), json!("abc"), true),
        (json!({"equals-ignore-case": "ABC"}), json!("abc"), true),
        (json!({"equals-ignore-case": "ABC"}), json!("abcd"), false),
        (json!({"exact": "abc"}), json!("abc"), true),
        (json!({"wildcard": "a*c"}), json!("abbc"), true),
        (json!({"wildcard": "a*c"}), json!("ac"), true),
        (json!({"wildcard": "a*c"}), json!("acd"), false),
        (json!({"wildcard": "*/prod-*/web"}), json!("service/prod-eu/web"), true),
        (json!({"wildcard": "ab*ba"}), json!("aba"), false),
        (json!({"wildcard": "a\\*c"}), json!("a*c"), true),
        (json!({"wildcard": "a\\*c"}), json!("abc"), false),
        (json!({"wildcard": "*"}), json!(""), true),
        (json!({"cidr": "10.0.0.0/24"}), json!("10.0.0.255"), true),
        (json!({"cidr": "10.0.0.0/24"}), json!("10.0.1.0"), false),
        (json!({"cidr": "0.0.0.0/0"}), json!("10.0.1.0"), true),
        (json!({"cidr": "2001:db8::/32"}), json!("2001:db8::7"), true),
        (json!({"cidr": "2001:db8::/32"}), json!("10.0.0.1"), false),
        (json!({"cidr": "10.0.0.0/24"}), json!("not an address"), false),
    ] {
        assert_eq!(field(operator.clone(), value.clone()), result, "{operator} on {value}");
    }
}

#[test]
fn numeric_ranges_hold_their_ends_as_written() {
    for (terms, value, result) in [
        (json!(["=", 5]), json!(5.0), true),
        (json!([">", 0]), json!(0), false),
        (json!([">=", 0]), json!(0), true),
        (json!(["<", 10]), json!(-1), true),
        (json!(["<=", 10]), json!(10), true),
        (json!([">", 0, "<=", 5]), json!(5), true),
        (json!([">", 0, "<", 5]), json!(5), false),
        (json!([">", 0]), json!("1"), false),
        (json!([">", 0]), json!(5_000_000_001_i64), false),
    ] {
        assert_eq!(field(json!({"numeric": terms.clone()}), value.clone()), result, "{terms} on {value}");
    }
}

#[test]
fn anything_but_needs_the_field_and_excludes_every_listed_value() {
    for (excluded, value, result) in [
        (json!("x"), json!("y"), true),
        (json!("x"), json!("x"), false),
        (json!("x"), json!(null), true),
        (json!(0), json!(137), true),
        (json!(0), json!(0), false),
        (json!(0), json!("0"), true),
        (json!(["a", "b"]), json!("b"), false),
        (json!([1, 2]), json!(3), true),
        (json!({"prefix": "init"}), json!("initializing"), false),
        (json!({"prefix": ["a", "b"]}), json!("cat"), true),
        (json!({"suffix": ".png"}), json!("a.png"), false),
        (json!({"wildcard": ["*/x/*", "*/y/*"]}), json!("/y/1"), false),
        (json!({"equals-ignore-case": ["A", "B"]}), json!("b"), false),
        (json!({"equals-ignore-case": "A"}), json!("c"), true),
    ] {
        assert_eq!(
            field(json!({"anything-but": excluded.clone()}), value.clone()),
            result,
            "{excluded} on {value}"
        );
    }
    assert!(!matches(json!({"a": [{"anything-but": 0}]}), json!({"b": 1})));
}

#[test]
fn exists_sees_leaves_only() {
    let exists = |wanted: bool, event: Value| matches(json!({"a": {"b": [{"exists": wanted}]}}), event);
    assert!(exists(true, json!({"a": {"b": null}})));
    assert!(exists(false, json!({"a": {"c": 1}})));
    assert!(exists(false, json!({})));
    assert!(exists(false, json!({"a": {"b": {"c": 1}}})));
    assert!(exists(false, json!({"a": {"b": []}})));
    assert!(!exists(true, json!({"a": {"b": {"c": 1}}})));
    assert!(!exists(false, json!({"a": [{"b": 1}, {"c": 1}]})));
}

#[test]
fn an_array_in_the_event_matches_by_any_of_its_elements() {
    assert!(matches(json!({"resources": ["b"]}), json!({"resources": ["a", "b"]})));
    assert!(!matches(json!({"resources": ["c"]}), json!({"resources": ["a", "b"]})));
    assert!(matches(json!({"a": ["x"]}), json!({"a": [["y"], ["x"]]})));
    assert!(!matches(json!({"a": ["x"]}), json!({"a": []})));
}

#[test]
fn fields_of_one_array_must_come_from_the_same_element() {
    let pattern = json!({"containers": {"name": ["app"], "exitCode": [{"anything-but": 0}]}});
    let failed_app =
        json!({"containers": [{"name": "app", "exitCode": 137}, {"name": "side", "exitCode": 0}]});
    let failed_sidecar =
        json!({"containers": [{"name": "app", "exitCode": 0}, {"name": "side", "exitCode": 1}]});
    assert!(matches(pattern.clone(), failed_app));
    assert!(!matches(pattern, failed_sidecar));
}

#[test]
fn different_arrays_do_not_constrain_each_other() {
    let pattern = json!({"a": {"x": [1]}, "b": {"y": [2]}});
    assert!(matches(pattern, json!({"a": [{"x": 1}, {"x": 0}], "b": [{"y": 0}, {"y": 2}]})));
}

#[test]
fn nested_arrays_are_consistent_at_every_level() {
    let pattern = json!({"a": {"name": ["n"], "b": {"x": [1], "y": [2]}}});
    let apart = json!({"a": [{"name": "n", "b": [{"x": 1, "y": 0}, {"x": 0, "y": 2}]}]});
    let wrong_parent = json!({"a": [{"name": "n", "b": []}, {"name": "m", "b": [{"x": 1, "y": 2}]}]});
    let together = json!({"a": [{"name": "m"}, {"name": "n", "b": [{"x": 0}, {"x": 1, "y": 2}]}]});
    assert!(!matches(pattern.clone(), apart));
    assert!(!matches(pattern.clone(), wrong_parent));
    assert!(matches(pattern, together));
}

#[test]
fn or_may_stand_at_any_level() {
    let failed = json!({
        "source": ["aws.ecs"],
        "detail": {"$or": [{"stopCode": ["TaskFailedToStart"]}, {"containers": {"exitCode": [{"anything-but": 0}]}}]}
    });
    let event = |detail: Value| json!({"source": "aws.ecs", "detail": detail});
    assert!(matches(
        failed.clone(),
        event(json!({"stopCode": "TaskFailedToStart", "containers": [{"name": "a"}]}))
    ));
    assert!(matches(failed.clone(), event(json!({"stopCode": "Other", "containers": [{"exitCode": 1}]}))));
    assert!(!matches(failed, event(json!({"stopCode": "Other", "containers": [{"exitCode": 0}]}))));
    let nested = json!({"$or": [{"a": [1]}, {"b": {"$or": [{"c": [2]}, {"d": [3]}]}}]});
    assert!(matches(nested.clone(), json!({"b": {"d": 3}})));
    assert!(!matches(nested, json!({"b": {"d": 2}})));
}

#[test]
fn a_list_of_values_is_an_or() {
    let pattern = json!({"exitCode": [{"exists": false}, {"anything-but": 0}]});
    assert!(matches(pattern.clone(), json!({})));
    assert!(matches(pattern.clone(), json!({"exitCode": 1})));
    assert!(!matches(pattern, json!({"exitCode": 0})));
}

#[test]
fn steps_of_a_path_may_be_joined_with_dots_on_either_side() {
    assert!(matches(json!({"a.b": [1]}), json!({"a": {"b": 1}})));
    assert!(matches(json!({"a": {"b": [1]}}), json!({"a.b": 1})));
}

#[test]
fn what_eventbridge_refuses_is_refused_in_its_words() {
    for (pattern, reason) in [
        (json!([]), "Filter is not an object"),
        (json!({}), "Empty objects are not allowed"),
        (json!({"a": {}}), "Empty objects are not allowed"),
        (json!({"a": []}), "Empty arrays are not allowed"),
        (json!({"a": 42}), "\"a\" must be an object or an array"),
        (json!({"a": "x"}), "\"a\" must be an object or an array"),
        (json!({"a": [["x"]]}), "Match value must be String, number, true, false, or null"),
        (json!({"a": [{}]}), "Match expression name not found"),
        (json!({"a": [{"EXISTS": true}]}), "Unrecognized match type EXISTS"),
        (json!({"a": [{"exists": "yes"}]}), "exists match pattern must be either true or false."),
        (json!({"a": [{"prefix": 1}]}), "prefix match pattern must be a string"),
        (json!({"a": [{"prefix": "a", "suffix": "b"}]}), "Only one key allowed in match expression"),
        (json!({"a": [{"suffix": {"wildcard": "x"}}]}), "Unsupported suffix pattern: wildcard"),
        (json!({"a": [{"equals-ignore-case": ["x"]}]}), "equals-ignore-case match pattern must be a string"),
        (json!({"a": [{"wildcard": "a**b"}]}), "Consecutive wildcard characters at pos 2"),
        (json!({"a": [{"wildcard": "a\\b"}]}), "Invalid escape character at pos 2"),
        (json!({"a": [{"cidr": "10.0.0.0"}]}), "Malformed CIDR, one '/' required"),
        (json!({"a": [{"cidr": "10.0.0.0/33"}]}), "Malformed CIDR, mask bits must be at most 32"),
        (json!({"a": [{"numeric": 5}]}), "Value of numeric must be an array."),
        (json!({"a": [{"numeric": []}]}), "Invalid member in numeric match: ]"),
        (json!({"a": [{"numeric": ["!", 5]}]}), "Unrecognized numeric range operator: !"),
        (json!({"a": [{"numeric": [">", "5"]}]}), "Value of > must be numeric"),
        (json!({"a": [{"numeric": [">", 0, ">", 0]}]}), "Bad numeric range operator: >"),
        (json!({"a": [{"numeric": [">", 0, "<"]}]}), "Value of < must be numeric"),
        (json!({"a": [{"numeric": [">", 5, "<", 5]}]}), "Bottom must be less than top"),
        (json!({"a": [{"numeric": ["=", 1, 2]}]}), "Too many elements in numeric expression"),
        (json!({"a": [{"numeric": ["=", 6e9]}]}), "Value must be between -5.0E9 and 5.0E9, inclusive"),
        (
            json!({"a": [{"anything-but": true}]}),
            "Value of anything-but must be an array or single string/number value.",
        ),
        (
            json!({"a": [{"anything-but": [null]}]}),
            "Inside anything but list, start|null|boolean is not supported.",
        ),
        (
            json!({"a": [{"anything-but": ["x", 1]}]}),
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        ),
        (
            json!({"a": [{"anything-but": []}]}),
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        ),
        (json!({"a": [{"anything-but": {"prefix": ""}}]}), "Null prefix/suffix not allowed"),
        (json!({"a": [{"anything-but": {"numeric": [1]}}]}), "Unsupported anything-but pattern: numeric"),
        (
            json!({"a": [{"anything-but": {"equals-ignore-case": 123}}]}),
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
        ),
        (json!({"$or": {"a": [1]}}), "It must be an Array followed with $or."),
        (json!({"$or": [{"a": [1]}]}), "There must have at least 2 Objects in $or relationship."),
        (json!({"$or": [{"a": [1]}, 2]}), "Only JSON object is allowed in array of $or relationship."),
        (
            json!({"$or": [{"prefix": ["a"]}, {"b": [1]}]}),
            "prefix is Ruler reserved fieldName which cannot be used inside $or.",
        ),
    ] {
        let error = validate(&pattern).expect_err(&format!("{pattern} should be refused"));
        assert_eq!(error.reason(), reason, "{pattern}");
    }
}

#[test]
fn alternatives_that_multiply_beyond_the_limit_are_refused() {
    let either = || json!({"$or": [{"x": [1]}, {"y": [1]}]});
    let many = |count: usize| Value::Object((0..count).map(|n| (format!("f{n}"), either())).collect());
    assert!(validate(&many(9)).is_ok());
    assert!(validate(&many(10)).is_err());
}

#[test]
fn text_that_is_not_json_is_refused() {
    assert!(Pattern::parse_text("{'a': [1]}").is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "a",
        "b",
        "a.b",
        "$or",
        "prefix",
        "exists",
        "numeric",
        "anything-but",
        "wildcard",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-c*\\\\<>=]{0,4}".prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 48, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An event made only of objects and scalars.
fn plain_event() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<i32>().prop_map(Value::from), "[a-z]{0,4}".prop_map(Value::String)];
    let object = |inner| {
        prop::collection::btree_map("[a-c]", inner, 1..4)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
    };
    object(leaf.prop_recursive(3, 16, 3, move |inner| object(inner).boxed()).boxed())
}

/// The pattern that asks for every leaf of an event as it is.
fn exact_pattern(event: &Value) -> Value {
    match event {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), exact_pattern(value))).collect()
        }
        leaf => json!([leaf]),
    }
}

proptest! {
    #[test]
    fn no_json_makes_the_parser_or_the_matcher_panic(pattern in any_json(), event in any_json()) {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let _ = pattern.matches(&event);
        }
    }

    #[test]
    fn an_event_matches_the_pattern_that_lists_its_own_leaves(event in plain_event()) {
        prop_assert!(matches(exact_pattern(&event), event));
    }

    #[test]
    fn adding_fields_to_an_event_never_unmatches_a_pattern_without_exists_false(
        event in plain_event(), extra in any_json(),
    ) {
        let pattern = exact_pattern(&event);
        let mut larger = event;
        larger["added"] = extra;
        prop_assert!(matches(pattern, larger));
    }
}
