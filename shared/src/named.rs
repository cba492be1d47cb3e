//! Enums whose variants have one stable name in the API, the database and the code.

/// The text is not one of the names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName(pub String);

impl std::fmt::Display for UnknownName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} is not a known name", self.0)
    }
}

impl std::error::Error for UnknownName {}

/// Gives an enum `ALL`, `as_str`, `parse` and the conversions that rows of the database need.
macro_rules! named {
    ($type:ty { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.as_str() == text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = $crate::named::UnknownName;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or($crate::named::UnknownName(text))
            }
        }
    };
}
pub(crate) use named;
