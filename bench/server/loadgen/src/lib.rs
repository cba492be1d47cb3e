//! What the three programs share: the scripted answer, process figures, and the two kinds of load.

pub mod connection;
pub mod figures;
pub mod hold;
pub mod listen;
pub mod processes;
pub mod turns;
pub mod words;
