//! One value of a form, of a visitor's attributes or of an event's properties.

use serde::{Deserialize, Serialize};

/// What a field may hold. It is kept as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}

impl std::fmt::Display for FieldValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(value) => value.fmt(formatter),
            Self::Whole(value) => value.fmt(formatter),
            Self::Number(value) => value.fmt(formatter),
            Self::Text(value) => value.fmt(formatter),
        }
    }
}

/// How the API's description names a [`FieldValue`] that may be null, which takes a value away or leaves it as it is.
#[cfg(feature = "openapi")]
pub struct OptionalFieldValue;

/// The two as JSON Schema. A derived one would say that 1 is a whole number, a number, and so neither: exactly one may hold.
#[cfg(feature = "openapi")]
mod schema {
    use super::{FieldValue, OptionalFieldValue};
    use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
    use utoipa::openapi::{RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    fn any_of(types: impl IntoIterator<Item = Type>, description: &str) -> RefOr<Schema> {
        let types = SchemaType::from_iter(types);
        let schema = ObjectBuilder::new()
            .schema_type(types)
            .description(Some(description));
        Schema::Object(schema.build()).into()
    }

    impl PartialSchema for FieldValue {
        fn schema() -> RefOr<Schema> {
            any_of(
                [Type::Boolean, Type::Number, Type::String],
                "What a field may hold. It is kept as text.",
            )
        }
    }

    impl ToSchema for FieldValue {}

    impl PartialSchema for OptionalFieldValue {
        fn schema() -> RefOr<Schema> {
            any_of(
                [Type::Boolean, Type::Number, Type::String, Type::Null],
                "What a field may hold, or null.",
            )
        }
    }

    impl ToSchema for OptionalFieldValue {}
}
