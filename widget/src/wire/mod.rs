//! Values between JavaScript and the types of the wire, field by field. What serde generates for them weighed 15 KB compressed,
//! an eighth of the panel; a field that is added to a type still has to be named here, or this does not compile.

mod read;
mod write;

pub use read::{
    chat_event, config, escalation, event, field, history, host_message, parse, session, text,
    unsent,
};
pub use write::{ToObject, to_json};
