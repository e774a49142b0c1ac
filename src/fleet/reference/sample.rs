//! Examples of the fleet file's types, put together from those of their fields.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::types::{Field, Form, Shape, Type, Types, Written};

/// A value of some type, its fields in the order in which they are explained.
pub(super) enum Sample {
    Value(Value),
    List(Vec<Sample>),
    Mapping(Vec<(String, Sample)>),
}

impl Serialize for Sample {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::List(elements) => serializer.collect_seq(elements),
            Self::Mapping(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl Sample {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Mapping(fields) if fields.is_empty())
    }
}

/// Examples of a type: one of every form, the first with every field.
pub(super) fn samples(types: &Types, one: &Type) -> Vec<Sample> {
    match &one.shape {
        Shape::Mapping { choice, fields } if choice.is_empty() => vec![mapping(types, fields, |_| true)],
        Shape::Mapping { choice, fields } => {
            let others = |is_first: bool| fields.iter().filter(move |field| is_first || field.is_required);
            let of =
                |(index, chosen)| mapping(types, [chosen].into_iter().chain(others(index == 0)), |_| true);
            choice.iter().enumerate().map(of).collect()
        }
        Shape::Forms(forms) => forms.iter().map(|form| of_form(types, one, form)).collect(),
        Shape::Words(_) | Shape::Plain(_) => Vec::new(),
    }
}

/// A form that is a type has that type's example, and any other the type's own.
fn of_form(types: &Types, one: &Type, form: &Form) -> Sample {
    match (&form.written, &one.example) {
        (Written::Named(_), _) | (_, None) => written(types, &form.written),
        (_, Some(example)) => Sample::Value(example.clone()),
    }
}

/// A value as a sample, the fields of mappings in the order of their types.
fn ordered(types: &Types, written: &Written, value: &Value) -> Sample {
    match (written, value) {
        (Written::List(inner), Value::Array(elements)) => {
            Sample::List(elements.iter().map(|element| ordered(types, inner, element)).collect())
        }
        (Written::Named(name), Value::Object(_)) => {
            types.get(name).map_or_else(|| Sample::Value(value.clone()), |one| fields_of(types, one, value))
        }
        _ => Sample::Value(value.clone()),
    }
}

/// A value of a type that is a mapping, its fields in order.
fn fields_of(types: &Types, one: &Type, value: &Value) -> Sample {
    let known: Vec<(String, Sample)> = one
        .fields()
        .filter_map(|field| {
            let value = value.get(&field.name)?;
            Some((field.name.clone(), ordered(types, &field.written, value)))
        })
        .collect();
    let is_whole = value.as_object().is_some_and(|fields| fields.len() == known.len());
    if is_whole { Sample::Mapping(known) } else { Sample::Value(value.clone()) }
}

fn mapping<'a>(
    types: &Types,
    fields: impl IntoIterator<Item = &'a Field>,
    is_shown: impl Fn(&Field) -> bool,
) -> Sample {
    let shown = fields.into_iter().filter(|field| is_shown(field));
    Sample::Mapping(shown.map(|field| (field.name.clone(), of_field(types, field))).collect())
}

fn of_field(types: &Types, field: &Field) -> Sample {
    match (&field.example, &field.default) {
        (Some(value), _) | (None, Some(value)) => ordered(types, &field.written, value),
        (None, None) => written(types, &field.written),
    }
}

/// An example of a value. Where no type has one, the value is null, which is an
/// example of nothing.
fn written(types: &Types, value: &Written) -> Sample {
    match value {
        Written::Named(name) => types.get(name).map_or(Sample::Value(Value::Null), |one| brief(types, one)),
        Written::List(inner) => Sample::List(vec![written(types, inner)]),
        _ => Sample::Value(Value::Null),
    }
}

/// An example of a type within another: without the fields that are best left
/// out at first.
fn brief(types: &Types, one: &Type) -> Sample {
    if let Some(example) = &one.example {
        return fields_of(types, one, example);
    }
    let null = || Sample::Value(Value::Null);
    match &one.shape {
        Shape::Mapping { choice, fields } => {
            let all = || choice.first().into_iter().chain(fields);
            let is_telling = |field: &Field| field.is_required || field.example.is_some();
            let some = mapping(types, all(), is_telling);
            if some.is_empty() { mapping(types, all(), |_| true) } else { some }
        }
        Shape::Forms(forms) => forms.first().map_or_else(null, |form| of_form(types, one, form)),
        Shape::Words(words) => {
            words.first().map_or_else(null, |word| Sample::Value(word.text.clone().into()))
        }
        Shape::Plain(_) => null(),
    }
}
