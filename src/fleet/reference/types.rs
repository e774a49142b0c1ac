//! The types of the fleet file, as its JSON Schema has them.

use std::collections::BTreeMap;

use serde_json::Value;

/// The name of the type of the whole file, which the schema gives none.
pub(super) const ROOT: &str = "Fleet";

/// Every type by its name.
pub(super) type Types = BTreeMap<String, Type>;

/// A type that has a name.
pub(super) struct Type {
    pub name: String,
    pub meaning: String,
    pub example: Option<Value>,
    pub shape: Shape,
}

/// How values of a type look.
pub(super) enum Shape {
    /// A mapping with these fields. Of `choice`, unless it is empty, exactly
    /// one stands in it.
    Mapping { choice: Vec<Field>, fields: Vec<Field> },
    /// A value in one of these forms.
    Forms(Vec<Form>),
    /// One of these words.
    Words(Vec<Word>),
    /// A value without a structure of its own.
    Plain(Written),
}

/// A field of a mapping.
pub(super) struct Field {
    pub name: String,
    pub meaning: String,
    pub written: Written,
    pub is_required: bool,
    pub default: Option<Value>,
    pub example: Option<Value>,
}

/// One of several forms of a value.
pub(super) struct Form {
    pub meaning: String,
    pub written: Written,
}

/// A word that a value may be.
pub(super) struct Word {
    pub text: String,
    pub meaning: String,
}

/// How a value is written.
pub(super) enum Written {
    /// As a type of this name is.
    Named(String),
    /// A list.
    List(Box<Written>),
    /// A mapping of names that are the user's own.
    Names(Box<Written>),
    /// A text, of this pattern.
    Text(Option<String>),
    /// A day, `2027-03-31` say.
    Day,
    /// A whole number within these bounds.
    Number { least: Option<u64>, most: Option<u64> },
    /// True or false.
    Switch,
    /// Anything that JSON has.
    Anything,
}

/// Reads all types of a schema.
pub(super) fn read(schema: &Value) -> Types {
    let named = schema["$defs"].as_object().into_iter().flatten();
    let types = named.map(|(name, schema)| (name.clone(), Type::read(name, schema)));
    types.chain([(ROOT.to_owned(), Type::read(ROOT, schema))]).collect()
}

impl Type {
    fn read(name: &str, schema: &Value) -> Self {
        let shape = Shape::read(schema);
        Self { name: name.to_owned(), meaning: meaning(schema), example: example(schema), shape }
    }

    /// The one value that it can have, if there is but one.
    pub fn only_word(&self) -> Option<&str> {
        match &self.shape {
            Shape::Words(words) if words.len() == 1 => words.first().map(|word| word.text.as_str()),
            _ => None,
        }
    }

    /// Its fields, if it is a mapping: those of a choice first.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let parts: [&[Field]; 2] = match &self.shape {
            Shape::Mapping { choice, fields } => [choice, fields],
            _ => [&[], &[]],
        };
        parts.into_iter().flatten()
    }
}

impl Shape {
    fn read(schema: &Value) -> Self {
        let list = |member: &str| schema[member].as_array().map(Vec::as_slice).unwrap_or_default();
        let (one_of, any_of, words) = (list("oneOf"), list("anyOf"), list("enum"));
        if one_of.iter().any(|one| one.get("const").is_some()) {
            Self::Words(one_of.iter().map(|one| Word::read(&one["const"], meaning(one))).collect())
        } else if !one_of.is_empty() || schema.get("properties").is_some() {
            Self::Mapping { choice: one_of.iter().flat_map(choices).collect(), fields: fields(schema) }
        } else if !any_of.is_empty() {
            let form = |one: &Value| Form { meaning: meaning(one), written: Written::read(one) };
            Self::Forms(any_of.iter().map(form).collect())
        } else if !words.is_empty() {
            Self::Words(words.iter().map(|word| Word::read(word, String::new())).collect())
        } else {
            Self::Plain(Written::read(schema))
        }
    }
}

impl Word {
    fn read(word: &Value, meaning: String) -> Self {
        Self { text: word.as_str().unwrap_or_default().to_owned(), meaning }
    }
}

/// The fields of one alternative of a choice. What they mean, the alternative
/// says.
fn choices(schema: &Value) -> Vec<Field> {
    let own = |field: Field| {
        let example = field.example.or_else(|| Some(example(schema)?[&field.name].clone()));
        Field { meaning: meaning(schema), example, ..field }
    };
    fields(schema).into_iter().map(own).collect()
}

/// The fields of a mapping: those that are required, as the type declares them,
/// and then the others by name, for a schema keeps no other order.
fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object();
    let names = properties.into_iter().flatten().map(|(name, _)| name.as_str());
    let others = names.filter(|name| !required.contains(name));
    let field = |name: &str, is_required| Field::read(name, &schema["properties"][name], is_required);
    let first = required.iter().map(|name| field(name, true));
    first.chain(others.map(|name| field(name, false))).collect()
}

impl Field {
    fn read(name: &str, schema: &Value, is_required: bool) -> Self {
        Self {
            name: name.to_owned(),
            meaning: meaning(schema),
            written: Written::read(schema),
            is_required,
            default: schema.get("default").filter(|value| !value.is_null()).cloned(),
            example: example(schema),
        }
    }
}

impl Written {
    fn read(schema: &Value) -> Self {
        if let Some(reference) = schema["$ref"].as_str() {
            return Self::Named(reference.rsplit('/').next().unwrap_or_default().to_owned());
        }
        // An optional value may also be null, which nobody writes.
        let some = schema["anyOf"].as_array().and_then(|forms| forms.first());
        if let Some(some) = some {
            return Self::read(some);
        }
        let text = || schema["pattern"].as_str().map(str::to_owned);
        match kind(schema) {
            "string" if schema["format"] == "date" => Self::Day,
            "string" => Self::Text(text()),
            "integer" => Self::Number { least: schema["minimum"].as_u64(), most: schema["maximum"].as_u64() },
            "boolean" => Self::Switch,
            "array" => Self::List(Box::new(Self::read(&schema["items"]))),
            "object" => Self::Names(Box::new(Self::read(&schema["additionalProperties"]))),
            _ => Self::Anything,
        }
    }

    /// The type that the value is of, or that its elements are of.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(inner) | Self::Names(inner) => inner.named(),
            _ => None,
        }
    }
}

/// The kind of JSON value, be it optional or not.
fn kind(schema: &Value) -> &str {
    let kind = &schema["type"];
    kind.as_str().or_else(|| kind[0].as_str()).unwrap_or_default()
}

/// What a type or field means, in one line.
fn meaning(schema: &Value) -> String {
    let lines = schema["description"].as_str().unwrap_or_default().lines();
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn example(schema: &Value) -> Option<Value> {
    schema["examples"].get(0).cloned()
}
