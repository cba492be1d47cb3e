//! Building blocks without any knowledge of the product: they take values and callbacks and hold the looks.

pub mod badge;
pub mod button;
pub mod card;
pub mod copy;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod icon;
pub mod notice;
pub mod skeleton;
pub mod switch;
pub mod time;
pub mod toasts;
