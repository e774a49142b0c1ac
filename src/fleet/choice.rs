//! Mappings of which exactly one field is given.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};

/// The one that is given of several, which `names` lists.
pub(super) fn one<T, const N: usize>(names: &str, given: [Option<T>; N]) -> Result<T, String> {
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(format!("give exactly one of {names}: none is there")),
        (Some(_), Some(_)) => Err(format!("give exactly one of {names}: several are there")),
    }
}

/// Reads a mapping by its fields and makes a choice among them. The choice is
/// made from within the mapping, so that an error carries its position.
pub(super) struct Choice<F, C> {
    choose: C,
    no_text: Option<&'static str>,
    fields: PhantomData<F>,
}

impl<F, C> Choice<F, C> {
    /// Chooses among these fields.
    pub(super) fn of<T>(choose: C) -> Self
    where
        C: FnOnce(F) -> Result<T, String>,
    {
        Self { choose, no_text: None, fields: PhantomData }
    }

    /// Meets a text in the mapping's place with this alone: it may be a secret.
    pub(super) fn no_text(self, why: &'static str) -> Self {
        Self { no_text: Some(why), ..self }
    }
}

impl<'de, F, C, T> Visitor<'de> for Choice<F, C>
where
    F: Deserialize<'de>,
    C: FnOnce(F) -> Result<T, String>,
{
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a mapping")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Err(match self.no_text {
            Some(why) => E::custom(why),
            None => E::invalid_type(Unexpected::Str(text), &self),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let fields = F::deserialize(MapAccessDeserializer::new(map))?;
        (self.choose)(fields).map_err(A::Error::custom)
    }
}
